package awsapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/wire"
)

// distinct are the ids of the queues of some rows, each once, sorted.
func distinct(rows []routing.Row) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Queue
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func profileQueues(offered []wire.RoutingProfileQueueConfig, manual []wire.RoutingProfileManualAssignmentQueueConfig) engine.ProfileQueues {
	q := engine.ProfileQueues{Offered: profileRows(offered)}
	for _, m := range manual {
		q.Manual = append(q.Manual, queueRow(m.QueueReference))
	}
	return q
}

func profileRows(list []wire.RoutingProfileQueueConfig) []routing.Row {
	rows := make([]routing.Row, len(list))
	for i, c := range list {
		rows[i] = queueRow(c.QueueReference)
		rows[i].Priority, rows[i].Delay = int(*c.Priority), time.Duration(*c.Delay)*time.Second
	}
	return rows
}

func queueRow(ref *wire.RoutingProfileQueueReference) routing.Row {
	return routing.Row{Channel: routing.Channel(*ref.Channel), ProfileQueue: routing.ProfileQueue{Queue: *ref.QueueId}}
}

// noVoice fails with [fault.Invalid] for a manual assignment queue of calls: "It does not support voice contacts"
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_AssociateRoutingProfileQueues.html).
func noVoice(manual []wire.RoutingProfileManualAssignmentQueueConfig) error {
	for i, m := range manual {
		if *m.QueueReference.Channel == wire.ChannelVoice {
			return fault.New(fault.Invalid, "%s.QueueReference.Channel must not be VOICE", element("ManualAssignmentQueueConfigs", i))
		}
	}
	return nil
}

func (a *API) associateRoutingProfileQueues(ctx context.Context, in *wire.AssociateRoutingProfileQueuesRequest) (*none, error) {
	q := profileQueues(in.QueueConfigs, in.ManualAssignmentQueueConfigs)
	if err := some(q, "QueueConfigs", "ManualAssignmentQueueConfigs"); err != nil {
		return nil, err
	}
	if err := noVoice(in.ManualAssignmentQueueConfigs); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.AssociateProfileQueues(ctx, *in.InstanceId, *in.RoutingProfileId, q)
}

// some fails with [fault.Unusable] when there are no queues.
func some(q engine.ProfileQueues, offered, manual string) error {
	if len(q.Offered)+len(q.Manual) == 0 {
		return fault.New(fault.Unusable, "Specify %s or %s", offered, manual)
	}
	return nil
}

func (a *API) updateRoutingProfileQueues(ctx context.Context, in *wire.UpdateRoutingProfileQueuesRequest) (*none, error) {
	return &none{}, a.opts.Engine.UpdateProfileQueues(ctx, *in.InstanceId, *in.RoutingProfileId, profileRows(in.QueueConfigs))
}

// maxReferences bounds the lists of DisassociateRoutingProfileQueues, whose shapes have no bound
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_DisassociateRoutingProfileQueues.html).
const maxReferences = 10

func (a *API) disassociateRoutingProfileQueues(ctx context.Context, in *wire.DisassociateRoutingProfileQueuesRequest) (*none, error) {
	var q engine.ProfileQueues
	for _, list := range []struct {
		member string
		refs   []wire.RoutingProfileQueueReference
		rows   *[]routing.Row
	}{
		{"QueueReferences", in.QueueReferences, &q.Offered},
		{"ManualAssignmentQueueReferences", in.ManualAssignmentQueueReferences, &q.Manual},
	} {
		if len(list.refs) > maxReferences {
			return nil, fault.New(fault.Invalid, "%s must have at most %d items", list.member, maxReferences)
		}
		for _, ref := range list.refs {
			*list.rows = append(*list.rows, queueRow(&ref))
		}
	}
	if err := some(q, "QueueReferences", "ManualAssignmentQueueReferences"); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.DisassociateProfileQueues(ctx, *in.InstanceId, *in.RoutingProfileId, q)
}

// maxProfileQueues is the largest page of the lists of a profile's queues, and the one they give when none is asked
// for.
const maxProfileQueues = 100

// namedRow is a queue of a profile with what a list tells of it.
type namedRow struct {
	routing.Row
	name, arn string
}

// namedRows are the rows by the names of their queues.
func (a *API) namedRows(i arn.Instance, rows []routing.Row) []namedRow {
	all := make([]namedRow, len(rows))
	for n, r := range rows {
		all[n] = namedRow{Row: r, name: r.Queue, arn: i.Of(arn.Queue, r.Queue)}
		if q, err := a.opts.Engine.Queue(i.ID, r.Queue); err == nil {
			all[n].name = q.Name
		}
	}
	slices.SortFunc(all, func(x, y namedRow) int { return strings.Compare(x.key(), y.key()) })
	return all
}

func (r namedRow) key() string { return r.name + "\x00" + string(r.Channel) }

func (a *API) listRoutingProfileQueues(_ context.Context, in *wire.ListRoutingProfileQueuesRequest) (*wire.ListRoutingProfileQueuesResponse, error) {
	p, i, err := a.profileIn(*in.InstanceId, *in.RoutingProfileId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(a.namedRows(i, p.Value.Rows()), namedRow.key, "queues of routing profile "+p.ID,
		in.NextToken, in.MaxResults, maxProfileQueues, a.opts.Engine.Now())
	out := make([]wire.RoutingProfileQueueConfigSummary, len(list))
	for n, r := range list {
		ch, priority, delay := wire.Channel(r.Channel), int64(r.Priority), int64(r.Delay/time.Second)
		out[n] = wire.RoutingProfileQueueConfigSummary{
			QueueId: &r.Queue, QueueArn: &r.arn, QueueName: &r.name, Channel: &ch, Priority: &priority, Delay: &delay,
		}
	}
	return &wire.ListRoutingProfileQueuesResponse{
		RoutingProfileQueueConfigSummaryList: out, NextToken: next, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &i.Region,
	}, err
}

func (a *API) profileIn(instance, profile string) (profileEntry, arn.Instance, error) {
	p, err := a.opts.Engine.RoutingProfile(instance, profile)
	if err != nil {
		return p, arn.Instance{}, err
	}
	i, err := a.opts.Engine.Instance(instance)
	return p, i.Instance, err
}

func (a *API) listRoutingProfileManualQueues(_ context.Context, in *wire.ListRoutingProfileManualAssignmentQueuesRequest) (*wire.ListRoutingProfileManualAssignmentQueuesResponse, error) {
	p, i, err := a.profileIn(*in.InstanceId, *in.RoutingProfileId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(a.namedRows(i, p.Value.ManualRows()), namedRow.key, "manual assignment queues of routing profile "+p.ID,
		in.NextToken, in.MaxResults, maxProfileQueues, a.opts.Engine.Now())
	out := make([]wire.RoutingProfileManualAssignmentQueueConfigSummary, len(list))
	for n, r := range list {
		ch := wire.Channel(r.Channel)
		out[n] = wire.RoutingProfileManualAssignmentQueueConfigSummary{QueueId: &r.Queue, QueueArn: &r.arn, QueueName: &r.name, Channel: &ch}
	}
	return &wire.ListRoutingProfileManualAssignmentQueuesResponse{
		RoutingProfileManualAssignmentQueueConfigSummaryList: out, NextToken: next,
		LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &i.Region,
	}, err
}
