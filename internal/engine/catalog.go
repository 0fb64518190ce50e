package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/template"
)

// catalog is an instance's configuration, decoded and in memory. Its values are never changed: a change puts
// a new value in their place.
type catalog struct {
	mu    sync.RWMutex // guards kinds
	kinds map[arn.Kind]*shelf
}

// shelf holds the objects of one kind.
type shelf struct {
	byID   map[string]object
	byName map[string]string
	byKey  map[string]string // by [directory.NameKey]
}

// nameKey is what the names of two objects of a kind must not share.
func nameKey(kind arn.Kind, name string) string { return directory.NameKey(name, kind == arn.User) }

// object is one configuration object.
type object struct {
	Resource
	value any
}

func newCatalog() *catalog { return &catalog{kinds: map[arn.Kind]*shelf{}} }

// decoders know the type of each kind.
var decoders = map[arn.Kind]func(Resource) (any, error){
	arn.Queue: decoder(func(v *routing.Queue, r Resource) { v.ID, v.Name = r.ID, r.Name }),
	arn.RoutingProfile: decoder(func(v *routing.Profile, r Resource) {
		v.ID, v.Name = r.ID, r.Name
	}),
	arn.QuickConnect: decoder(func(v *routing.QuickConnect, r Resource) { v.ID, v.Name = r.ID, r.Name }),
	arn.AgentStatus:  decoder(func(v *agent.Status, r Resource) { v.ID, v.Name = r.ID, r.Name }),
	arn.User:         decoder(func(v *directory.User, r Resource) { v.ID, v.Username = r.ID, r.Name }),
	arn.SecurityProfile: decoder(func(v *directory.SecurityProfile, r Resource) {
		v.ID, v.Name = r.ID, r.Name
	}),
	arn.HierarchyGroup:     decoder(func(v *directory.Group, r Resource) { v.ID, v.Name = r.ID, r.Name }),
	arn.HierarchyStructure: decoder(func(*directory.Hierarchy, Resource) {}),
	arn.InstanceSettings:   decoder(func(*directory.Settings, Resource) {}),

	arn.Hours:        decoder(func(v *hours.Hours, r Resource) { v.ID, v.Name = r.ID, r.Name }),
	arn.TaskTemplate: decoder(func(v *template.Template, r Resource) { v.ID, v.Name = r.ID, r.Name }),
	arn.Flow:         decodeFlow,
	arn.FlowVersion:  decoder(func(*Version, Resource) {}),
	arn.Module:       decodeModule,
	arn.ModuleAlias:  decoder(func(v *Alias, r Resource) { v.ID, v.Name = r.ID, strings.TrimPrefix(r.Name, v.Module+":") }),
	// Of a version of a module, in contrast to one of a flow, the text is run.
	arn.ModuleVersion: decodeModuleVersion,
	arn.PredefinedAttribute: decoder(func(v *routing.PredefinedAttribute, r Resource) {
		v.ID, v.Name = r.ID, r.Name
	}),
	// A storage is named after its resource type, so that an instance has one of each at most.
	arn.StorageConfig:  decoder(func(v *attachment.Storage, r Resource) { v.Resource = r.Name }),
	arn.Prompt:         decoder(func(*Prompt, Resource) {}),
	arn.LambdaFunction: decoder(func(*LambdaFunction, Resource) {}),
	arn.ApprovedOrigin: decoder(func(*ApprovedOrigin, Resource) {}),
}

// decoder makes the decoder of a type out of what sets its id and name.
func decoder[T any](name func(*T, Resource)) func(Resource) (any, error) {
	return func(r Resource) (any, error) {
		v := new(T)
		if err := json.Unmarshal(r.Body, v); err != nil {
			return nil, fmt.Errorf("decode %s %s: %w", r.Kind.Noun(), r.ID, err)
		}
		name(v, r)
		return v, nil
	}
}

func (r Resource) decode() (any, error) {
	decode, ok := decoders[r.Kind]
	if !ok {
		return nil, fmt.Errorf("resource %s is of unknown kind %s", r.ID, r.Kind)
	}
	return decode(r)
}

// Check fails when the engine cannot read the resource.
func (r Resource) Check() error {
	_, err := r.decode()
	return err
}

// put adds an object or replaces it, unless it is older than what is there.
func (c *catalog) put(r Resource) error {
	v, err := r.decode()
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.kinds[r.Kind]
	if s == nil {
		s = &shelf{byID: map[string]object{}, byName: map[string]string{}, byKey: map[string]string{}}
		c.kinds[r.Kind] = s
	}
	old, ok := s.byID[r.ID]
	if ok && old.Version > r.Version {
		return nil
	}
	s.forget(old.Name, r)
	s.byID[r.ID], s.byName[r.Name], s.byKey[nameKey(r.Kind, r.Name)] = object{r, v}, r.ID, r.ID
	return nil
}

// holds reports whether the catalog has an object in this version or a later one.
func (c *catalog) holds(r Resource) bool {
	o, ok := c.get(r.Kind, r.ID)
	return ok && o.Version >= r.Version
}

// forget takes the name that an object had out.
func (s *shelf) forget(name string, r Resource) {
	if s.byName[name] == r.ID {
		delete(s.byName, name)
	}
	if key := nameKey(r.Kind, name); s.byKey[key] == r.ID {
		delete(s.byKey, key)
	}
}

// remove takes an object out.
func (c *catalog) remove(r Resource) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.kinds[r.Kind]
	if s == nil {
		return
	}
	old, ok := s.byID[r.ID]
	if !ok {
		return
	}
	delete(s.byID, r.ID)
	s.forget(old.Name, r)
}

// keep takes out what is not among these.
func (c *catalog) keep(these []Resource) {
	kept := make(map[string]bool, len(these))
	for _, r := range these {
		kept[string(r.Kind)+"/"+r.ID] = true
	}
	var gone []Resource
	c.mu.RLock()
	for _, s := range c.kinds {
		for _, o := range s.byID {
			if !kept[string(o.Kind)+"/"+o.ID] {
				gone = append(gone, o.Resource)
			}
		}
	}
	c.mu.RUnlock()
	for _, r := range gone {
		c.remove(r)
	}
}

func (c *catalog) get(kind arn.Kind, id string) (object, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	s := c.kinds[kind]
	if s == nil {
		return object{}, false
	}
	o, ok := s.byID[id]
	return o, ok
}

// named finds the id of an object by its name.
func (c *catalog) named(kind arn.Kind, name string) (id string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if s := c.kinds[kind]; s != nil {
		id, ok = s.byName[name]
	}
	return id, ok
}

// taken finds the id of an object whose name stands in the way of another's.
func (c *catalog) taken(kind arn.Kind, name string) (id string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if s := c.kinds[kind]; s != nil {
		id, ok = s.byKey[nameKey(kind, name)]
	}
	return id, ok
}

// list returns all objects of a kind, by name.
func (c *catalog) list(kind arn.Kind) []object {
	c.mu.RLock()
	var all []object
	if s := c.kinds[kind]; s != nil {
		all = make([]object, 0, len(s.byID))
		for _, o := range s.byID {
			all = append(all, o)
		}
	}
	c.mu.RUnlock()
	slices.SortFunc(all, func(a, b object) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (c *catalog) size(kind arn.Kind) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if s := c.kinds[kind]; s != nil {
		return len(s.byID)
	}
	return 0
}

// Entry is a configuration object of type T with the data every resource has.
type Entry[T any] struct {
	Resource
	ARN   string
	Value *T
}

// find looks an object up by id or ARN. It fails with [fault.NotFound].
func find[T any](t *tenant, kind arn.Kind, idOrARN string) (Entry[T], error) {
	o, err := t.object(kind, idOrARN)
	if err != nil {
		return Entry[T]{}, err
	}
	return entry[T](t, o), nil
}

// object looks an object of any kind up by id or ARN. It fails with [fault.NotFound].
func (t *tenant) object(kind arn.Kind, idOrARN string) (object, error) {
	id, err := t.Resolve(kind, idOrARN)
	if err != nil {
		return object{}, err
	}
	o, ok := t.catalog.get(kind, id)
	if !ok {
		return object{}, fault.New(fault.NotFound, "%s %s does not exist", kind.Noun(), idOrARN)
	}
	return o, nil
}

// findNamed looks an object up by its name. It fails with [fault.NotFound].
func findNamed[T any](t *tenant, kind arn.Kind, name string) (Entry[T], error) {
	id, ok := t.catalog.named(kind, name)
	if !ok {
		return Entry[T]{}, fault.New(fault.NotFound, "%s %s does not exist", kind.Noun(), name)
	}
	return find[T](t, kind, id)
}

// only is the object of a kind of which an instance has one; the zero value, as a new object, until somebody has made it.
func only[T any](t *tenant, kind arn.Kind, name string) (r Resource, value T) {
	found, err := findNamed[T](t, kind, name)
	if err != nil {
		return Resource{Kind: kind, ID: t.newID(), Name: name}, value
	}
	return found.Resource, *found.Value
}

// all returns the objects of a kind, by name.
func all[T any](t *tenant, kind arn.Kind) []Entry[T] {
	objects := t.catalog.list(kind)
	entries := make([]Entry[T], len(objects))
	for i, o := range objects {
		entries[i] = entry[T](t, o)
	}
	return entries
}

func entry[T any](t *tenant, o object) Entry[T] {
	return Entry[T]{Resource: o.Resource, ARN: t.Of(o.Kind, o.ID), Value: o.value.(*T)}
}

// add writes a new object within a command. It fails with [fault.Duplicate] when the name is taken and with
// [fault.Quota] when there are as many of the kind as the quota allows (0: any number).
func (t *tenant) add(tx Tx, kind arn.Kind, id, name string, v any, quota int) error {
	if err := t.mayBeNamed(kind, id, name); err != nil {
		return err
	}
	if n := t.catalog.size(kind); quota > 0 && n >= quota {
		return fault.New(fault.Quota, "The instance has %d of at most %d: %s", n, quota, kind.Noun())
	}
	return put(tx, Resource{Kind: kind, ID: id, Name: name}, v)
}

// mayBeNamed fails with [fault.Invalid] as [directory.CheckName] does, and with [fault.Duplicate] when another object of
// the kind has the name.
func (t *tenant) mayBeNamed(kind arn.Kind, id, name string) error {
	if err := directory.CheckName(name); err != nil {
		return err
	}
	if by, taken := t.catalog.taken(kind, name); taken && by != id {
		return fault.New(fault.Duplicate, "A %s named %q exists already", kind.Noun(), name)
	}
	return nil
}

// put writes an object, new or changed, within a command.
func put(tx Tx, r Resource, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", r.Kind.Noun(), r.ID, err)
	}
	r.Body = body
	tx.PutResource(r)
	return nil
}
