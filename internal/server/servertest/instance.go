package servertest

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// NewInstance makes an instance and returns the same server with it in the place of the first one, for a test or a
// subtest. It has an agent of the same name as the first one.
func (s *Server) NewInstance(t testing.TB, alias string) *Server {
	t.Helper()
	ctx := context.Background()
	made, err := s.Client().CreateInstance(ctx, &connect.CreateInstanceInput{
		IdentityManagementType: types.DirectoryTypeConnectManaged, InstanceAlias: &alias,
		InboundCallsEnabled: aws.Bool(false), OutboundCallsEnabled: aws.Bool(false),
	})
	if err != nil {
		t.Fatalf("CreateInstance: %v", err)
	}
	other := *s.In(t)
	other.InstanceID, other.InstanceARN = *made.Id, *made.Arn
	other.Agent, other.Admin = User{Username: s.Agent.Username, Password: "Another1"}, User{}
	queues, err := s.Client().ListQueues(ctx, &connect.ListQueuesInput{InstanceId: made.Id, QueueTypes: []types.QueueType{types.QueueTypeStandard}})
	if err != nil {
		t.Fatalf("ListQueues: %v", err)
	}
	other.QueueID = *queues.QueueSummaryList[0].Id
	flows, err := s.Client().ListContactFlows(ctx, &connect.ListContactFlowsInput{InstanceId: made.Id, MaxResults: aws.Int32(100)})
	if err != nil {
		t.Fatalf("ListContactFlows: %v", err)
	}
	for _, f := range flows.ContactFlowSummaryList {
		if *f.Name == "Sample task flow" {
			other.FlowID = *f.Id
		}
	}
	profiles, err := s.Client().ListRoutingProfiles(ctx, &connect.ListRoutingProfilesInput{InstanceId: made.Id})
	if err != nil {
		t.Fatalf("ListRoutingProfiles: %v", err)
	}
	security, err := s.Client().ListSecurityProfiles(ctx, &connect.ListSecurityProfilesInput{InstanceId: made.Id})
	if err != nil {
		t.Fatalf("ListSecurityProfiles: %v", err)
	}
	for _, p := range security.SecurityProfileSummaryList {
		if *p.Name != "Agent" {
			continue
		}
		u, err := s.Client().CreateUser(ctx, &connect.CreateUserInput{
			InstanceId: made.Id, Username: &other.Agent.Username, Password: &other.Agent.Password,
			RoutingProfileId: profiles.RoutingProfileSummaryList[0].Id, SecurityProfileIds: []string{*p.Id},
			IdentityInfo: &types.UserIdentityInfo{FirstName: aws.String("Another"), LastName: aws.String("Agent")},
			PhoneConfig:  &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone},
		})
		if err != nil {
			t.Fatalf("CreateUser: %v", err)
		}
		other.Agent.UserID = *u.UserId
	}
	return &other
}
