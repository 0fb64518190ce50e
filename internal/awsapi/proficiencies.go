package awsapi

import (
	"context"
	"math"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// proficiencies reads a list. It fails with [fault.Invalid] for one that is empty, and for a level that is no whole number:
// "The valid values are 1, 2, 3, 4 and 5"
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_UserProficiency.html).
func proficiencies(list []wire.UserProficiency) ([]proficiency, error) {
	if len(list) == 0 {
		return nil, fault.New(fault.Invalid, "UserProficiencies is empty")
	}
	all := make([]proficiency, len(list))
	for i, p := range list {
		if *p.Level != math.Trunc(*p.Level) {
			return nil, fault.New(fault.Invalid, "%s.Level must be 1, 2, 3, 4 or 5", element("UserProficiencies", i))
		}
		all[i] = directory.Proficiency{Name: *p.AttributeName, Value: *p.AttributeValue, Level: *p.Level}
	}
	return all, nil
}

func (a *API) associateUserProficiencies(ctx context.Context, in *wire.AssociateUserProficienciesRequest) (*none, error) {
	list, err := proficiencies(in.UserProficiencies)
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.AddProficiencies(ctx, *in.InstanceId, *in.UserId, list)
}

func (a *API) updateUserProficiencies(ctx context.Context, in *wire.UpdateUserProficienciesRequest) (*none, error) {
	list, err := proficiencies(in.UserProficiencies)
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.UpdateProficiencies(ctx, *in.InstanceId, *in.UserId, list)
}

func (a *API) disassociateUserProficiencies(ctx context.Context, in *wire.DisassociateUserProficienciesRequest) (*none, error) {
	if len(in.UserProficiencies) == 0 {
		return nil, fault.New(fault.Invalid, "UserProficiencies is empty")
	}
	gone := make([]proficiency, len(in.UserProficiencies))
	for i, p := range in.UserProficiencies {
		gone[i] = directory.Proficiency{Name: *p.AttributeName, Value: *p.AttributeValue}
	}
	return &none{}, a.opts.Engine.DropProficiencies(ctx, *in.InstanceId, *in.UserId, gone)
}

// maxProficiencies is the largest page of ListUserProficiencies, and the one it gives when none is asked for.
const maxProficiencies = 100

func (a *API) listUserProficiencies(_ context.Context, in *wire.ListUserProficienciesRequest) (*wire.ListUserProficienciesResponse, error) {
	u, err := a.opts.Engine.User(*in.InstanceId, *in.UserId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	list, next, err := page(u.Value.Proficiencies, func(p proficiency) string { return p.Name + "\x00" + p.Value },
		"proficiencies of user "+u.ID, in.NextToken, in.MaxResults, maxProficiencies, a.opts.Engine.Now())
	out := make([]wire.UserProficiency, len(list))
	for i, p := range list {
		out[i] = wire.UserProficiency{AttributeName: &p.Name, AttributeValue: &p.Value, Level: &p.Level}
	}
	return &wire.ListUserProficienciesResponse{
		UserProficiencyList: out, NextToken: next, LastModifiedTime: wire.Time(u.Modified), LastModifiedRegion: &region,
	}, err
}
