package awsapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

// searchContacts gives one page of contacts, and on the first page counts them; the others repeat the number.
func (a *API) searchContacts(ctx context.Context, in *wire.SearchContactsRequest) (*wire.SearchContactsResponse, error) {
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	search, possible, err := contactSearch(in, i.Region, a.opts.OtherChannels)
	if err != nil {
		return nil, err
	}
	list, err := searchID(i.ID, in)
	if err != nil {
		return nil, err
	}
	var at cursor
	if in.NextToken != nil {
		if at, err = readCursor(*in.NextToken, list, a.opts.Engine.Now()); err != nil {
			return nil, err
		}
	}
	if !possible {
		return a.contactPage(i.Instance, engine.Found{}, cursor{})
	}
	size := searchPage
	if in.MaxResults != nil {
		size = int(*in.MaxResults)
	}
	found, err := a.opts.Engine.SearchContacts(ctx, i.ID, search, at.Place, size)
	if err == nil && at.Place == nil {
		at.Total, err = a.total(ctx, i.ID, search, found)
	}
	if err != nil {
		return nil, err
	}
	return a.contactPage(i.Instance, found, cursor{Of: list, Place: found.Next, Total: at.Total})
}

// total counts what is wanted, unless the first page has it all.
func (a *API) total(ctx context.Context, instance string, search engine.Search, first engine.Found) (int, error) {
	if first.Next == nil {
		return len(first.Contacts), nil
	}
	n, err := a.opts.Engine.CountContacts(ctx, instance, search)
	return max(n, len(first.Contacts)+1), err
}

func (a *API) contactPage(i arn.Instance, found engine.Found, next cursor) (*wire.SearchContactsResponse, error) {
	total := int64(next.Total)
	out := &wire.SearchContactsResponse{Contacts: make([]wire.ContactSearchSummary, len(found.Contacts)), TotalCount: &total}
	for n, c := range found.Contacts {
		out.Contacts[n] = contactSummary(i, c)
	}
	var err error
	if found.Next != nil {
		out.NextToken, err = next.token(a.opts.Engine.Now())
	}
	return out, err
}

// searchID names a search, so that a NextToken continues no other. The size of the page may change on the way.
func searchID(instance string, in *wire.SearchContactsRequest) (string, error) {
	same := *in
	same.InstanceId, same.NextToken, same.MaxResults = &instance, nil, nil
	text, err := json.Marshal(same)
	if err != nil {
		return "", fmt.Errorf("encode search: %w", err)
	}
	sum := sha256.Sum256(text)
	return "contacts " + base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// contactSummary is a contact as a search tells it.
func contactSummary(i arn.Instance, c *contact.Contact) wire.ContactSearchSummary {
	arnOf := i.Of(arn.Contact, c.ID)
	channel, method := wire.Channel(c.On()), wire.ContactInitiationMethod(c.Method)
	out := wire.ContactSearchSummary{
		Arn: &arnOf, Id: &c.ID, Channel: &channel, InitiationMethod: &method, Name: nameOf(c),
		InitialContactId: wire.String(c.Initial), PreviousContactId: wire.String(c.Previous),
		InitiationTimestamp: wire.Time(c.Initiated), ScheduledTimestamp: wire.Time(c.ScheduledFor),
		DisconnectTimestamp: wire.Time(c.Disconnected), Tags: c.Tags,
		SegmentAttributes: map[string]wire.ContactSearchSummarySegmentAttributeValue{},
		RoutingCriteria:   describeCriteria(c.Criteria),
	}
	subtype := c.Subtype()
	out.SegmentAttributes[contact.SegmentSubtype] = wire.ContactSearchSummarySegmentAttributeValue{ValueString: &subtype}
	for k, v := range c.Segment {
		out.SegmentAttributes[k] = wire.ContactSearchSummarySegmentAttributeValue{ValueString: &v}
	}
	if c.Queue != "" {
		out.QueueInfo = &wire.ContactSearchSummaryQueueInfo{Id: &c.Queue, EnqueueTimestamp: wire.Time(c.Enqueued)}
	}
	if !c.ConnectedToAgent.IsZero() {
		out.AgentInfo = &wire.ContactSearchSummaryAgentInfo{Id: &c.Agent, ConnectedToAgentTimestamp: wire.Time(c.ConnectedToAgent)}
	}
	return out
}
