package awsapi

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// listAssociatedContacts lists the tree of links of a contact, by id, which is oldest first.
func (a *API) listAssociatedContacts(ctx context.Context, in *wire.ListAssociatedContactsRequest) (*wire.ListAssociatedContactsResponse, error) {
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := i.Resolve(arn.Contact, *in.ContactId)
	if err != nil {
		return nil, err
	}
	list, now := "associated "+i.ID+" "+id, a.opts.Engine.Now()
	var at cursor
	if token := wire.Value(in.NextToken); token != "" {
		if at, err = readCursor(token, list, now); err != nil {
			return nil, err
		}
	}
	size := searchPage
	if in.MaxResults != nil {
		size = int(*in.MaxResults)
	}
	all, err := a.opts.Engine.AssociatedContacts(ctx, i.ID, id, at.After, size+1)
	if err != nil {
		return nil, err
	}
	out := &wire.ListAssociatedContactsResponse{ContactSummaryList: []wire.AssociatedContactSummary{}}
	for _, c := range all[:min(size, len(all))] {
		out.ContactSummaryList = append(out.ContactSummaryList, associatedSummary(i.Instance, c))
	}
	if len(all) > size {
		out.NextToken, err = cursor{Of: list, After: all[size-1].ID}.token(now)
	}
	return out, err
}

func associatedSummary(i arn.Instance, c *contact.Contact) wire.AssociatedContactSummary {
	arnOf := i.Of(arn.Contact, c.ID)
	channel, method := wire.Channel(c.On()), wire.ContactInitiationMethod(c.Method)
	return wire.AssociatedContactSummary{
		ContactId: &c.ID, ContactArn: &arnOf, Channel: &channel, InitiationMethod: &method,
		InitialContactId: wire.String(c.Initial), PreviousContactId: wire.String(c.Previous),
		RelatedContactId: wire.String(c.Related), InitiationTimestamp: wire.Time(c.Initiated),
		DisconnectTimestamp: wire.Time(c.Disconnected),
	}
}

// deleteContactData takes the personal data off a contact that the service itself keeps: the customer's address and
// what an e-mail has. A task has none of them, so that nothing is left to remove, and only an e-mail has the others
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_DeleteContactData.html, docs/divergences.md).
func (a *API) deleteContactData(ctx context.Context, in *wire.DeleteContactDataRequest) (*none, error) {
	if len(in.ContactFields) == 0 {
		return nil, fault.New(fault.Invalid, "ContactFields must name at least one field")
	}
	c, _, err := a.opts.Engine.Contact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	if c.Disconnected.IsZero() {
		return nil, fault.New(fault.Conflict, "Contact %s has not been disconnected", c.ID)
	}
	if i := slices.IndexFunc(in.ContactFields, func(f wire.ContactField) bool { return f != wire.ContactFieldCustomerEndpoint }); i >= 0 {
		return nil, fault.New(fault.Unusable, "ContactFields: %s is a field of e-mail contacts only", in.ContactFields[i])
	}
	return &none{}, nil
}
