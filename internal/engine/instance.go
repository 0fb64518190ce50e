package engine

import (
	"cmp"
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// NewInstance is what an instance is made with.
type NewInstance struct {
	Region, Account string
	Alias           string
	Identity        directory.Identity
	Directory       string // of [directory.ExistingDirectory]
	Inbound         bool   // calls; told, and without an effect
	Outbound        bool
	Tags            map[string]string
	Token           string `json:"-"`
}

// check fails with [fault.Invalid] for members that do not go together
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateInstance.html).
func (in *NewInstance) check() error {
	existing := in.Identity == directory.ExistingDirectory
	switch {
	case !existing && in.Alias == "":
		return fault.New(fault.Invalid, "InstanceAlias is required where IdentityManagementType is %s", in.Identity)
	case !existing && in.Directory != "":
		return fault.New(fault.Invalid, "DirectoryId is only for an IdentityManagementType of %s", directory.ExistingDirectory)
	case existing && in.Directory == "":
		return fault.New(fault.Invalid, "DirectoryId is required where IdentityManagementType is %s", directory.ExistingDirectory)
	}
	return nil
}

// CreateInstanceToken is the operation of the idempotency tokens of [Engine.CreateInstance].
const CreateInstanceToken = "CreateInstance"

// CreateInstance makes an instance with its stock resources, in one commit. It has no users. A request that was
// answered before finds the instance of then by its token.
// It fails with [fault.Invalid] for members that do not go together, with [fault.Duplicate] when the alias is taken,
// with [fault.Quota], and with [fault.Reused] when the token was used with other parameters.
func (e *Engine) CreateInstance(ctx context.Context, in NewInstance) (directory.Instance, error) {
	if err := in.check(); err != nil {
		return directory.Instance{}, err
	}
	digest, err := digest(in)
	if err != nil {
		return directory.Instance{}, err
	}
	if e.quotas[QuotaInstances] > 0 { // who comes next counts this one, too
		done, err := e.accounts.take(ctx, in.Account)
		if err != nil {
			return directory.Instance{}, err
		}
		defer done()
	}
	made := directory.Instance{
		Instance: arn.Instance{Region: in.Region, Account: in.Account, ID: e.newID()}, Alias: in.Alias,
	}
	claim := Token{Account: in.Account, Operation: CreateInstanceToken, Token: in.Token, Digest: digest, Result: made.ID}
	err = e.store.Update(ctx, made.ID, func(tx Tx) error {
		seen, err := tokenSeen(reading{ctx, e.store, in.Account}, claim.Operation, claim.Token, claim.Digest)
		if seen != "" || err != nil {
			made.ID = cmp.Or(seen, made.ID)
			return err
		}
		if err := e.room(ctx, in); err != nil {
			return err
		}
		if in.Token != "" {
			claim.Expires = tx.Now().Add(tokenLife)
			tx.PutToken(claim)
		}
		return e.furnish(tx, in, made)
	})
	if err != nil {
		if made.ID, err = e.earlier(ctx, in.Account, claim, err); err != nil {
			return directory.Instance{}, err
		}
	}
	return e.known(ctx, made.ID)
}

// known finds an instance, also one that was made a moment ago and that this node has not heard of yet.
func (e *Engine) known(ctx context.Context, id string) (directory.Instance, error) {
	if i, err := e.Instance(id); err == nil {
		return i, nil
	}
	i, ok, err := e.store.Instance(ctx, id)
	if err != nil {
		return i, err
	}
	if !ok {
		return i, fault.New(fault.NotFound, "Instance %s does not exist", id)
	}
	return i, e.adopt(ctx, i)
}

// room fails with [fault.Quota] when the account has as many instances as it may, and with [fault.Duplicate] when the
// alias is taken.
func (e *Engine) room(ctx context.Context, in NewInstance) error {
	if quota := e.quotas[QuotaInstances]; quota > 0 {
		n := 0
		for _, i := range e.Instances() {
			if i.Account == in.Account {
				n++
			}
		}
		if n >= quota {
			return fault.New(fault.Quota, "The account has %d of at most %d instances", n, quota)
		}
	}
	_, taken, err := e.store.InstanceNamed(ctx, in.Alias)
	if taken {
		return fault.New(fault.Duplicate, "An instance with the alias %s exists already", in.Alias)
	}
	return err
}

// furnish writes an instance and what it has from the start.
func (e *Engine) furnish(tx Tx, in NewInstance, made directory.Instance) error {
	made.Created = tx.Now()
	tx.PutInstance(made)
	b := builder{
		tx: tx, t: &tenant{idSource: e.idSource, Instance: made, catalog: newCatalog()},
		first: First{Instance: made, NewID: func(arn.Kind, string) string { return e.newID() }},
	}
	b.build()
	settings := directory.Settings{Identity: in.Identity, Directory: in.Directory, Tags: in.Tags}
	settings.SetAttribute(directory.InboundCalls, in.Inbound)
	settings.SetAttribute(directory.OutboundCalls, in.Outbound)
	b.add(arn.InstanceSettings, settingsName, &settings)
	return b.err
}

// DeleteInstance deletes an instance. From then on there is neither the instance nor anything in it; whoever is signed
// in to it is signed out. It fails with [fault.NotFound].
func (e *Engine) DeleteInstance(ctx context.Context, instance string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		i, ok, err := e.store.Instance(ctx, t.ID)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "Instance %s does not exist", instance)
		}
		tx.DeleteInstance(i)
		return nil
	})
}

// newTenant is the memory of an instance with its configuration.
func (e *Engine) newTenant(i directory.Instance, resources []Resource, open int) (*tenant, error) {
	t := &tenant{idSource: e.idSource, Instance: i, quotas: e.quotas, strictResources: e.strict, catalog: newCatalog()}
	if err := t.stock(); err != nil {
		return nil, err
	}
	e.take(t, resources)
	t.generation.since = e.Now() // or a little before; see overlap
	t.open.set(open)
	return t, nil
}

// created remembers an instance that a commit has made.
func (e *Engine) created(c Commit) {
	t, err := e.newTenant(*c.Created, c.Resources, c.Open)
	if err != nil {
		return // what is in the stock of every instance can be read
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tenants[t.ID] = t
	delete(e.gone, t.ID)
}

// adopt remembers an instance that another node has made, and tells the watchers, unless it was deleted meanwhile.
func (e *Engine) adopt(ctx context.Context, i directory.Instance) error {
	resources, err := e.store.Resources(ctx, i.ID, time.Time{})
	if err != nil {
		return err
	}
	open, err := e.store.CountOpen(ctx, i.ID)
	if err != nil {
		return err
	}
	t, err := e.newTenant(i, resources, open)
	if err != nil {
		return err
	}
	e.mu.Lock()
	old, gone := e.tenants[t.ID], e.gone[t.ID]
	if old == nil && !gone {
		e.tenants[t.ID] = t
	}
	e.mu.Unlock()
	if old == nil && !gone {
		e.tell(Commit{Instance: i.ID, Created: &i, Resources: resources, Open: open})
	}
	return nil
}

// forget forgets an instance that is gone.
func (e *Engine) forget(instance string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.tenants, instance)
	e.gone[instance] = true
}
