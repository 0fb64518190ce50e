package awsapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
)

const duplicate = "DuplicateResourceException"

// ending is the content of a flow, or of a module, whose only action ends it and has a name.
func ending(name string) string {
	return fmt.Sprintf(`{"Version":"2019-10-30","StartAction":%q,"Settings":{},"Actions":[
		{"Identifier":%[1]q,"Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`, name)
}

func sum(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// flow describes a flow by its id or ARN and what stands behind that.
func (x *trial) flow(name string) *types.ContactFlow {
	x.t.Helper()
	f, err := x.tryFlow(name)
	x.ok(err)
	return f
}

func (x *trial) tryFlow(name string) (*types.ContactFlow, error) {
	out, err := x.sdk.DescribeContactFlow(x.ctx, &connect.DescribeContactFlowInput{InstanceId: &x.InstanceID, ContactFlowId: &name})
	if err != nil {
		return nil, err
	}
	return out.ContactFlow, nil
}

// wantFlow compares the text that a name means.
func (x *trial) wantFlow(name, content string, status types.ContactFlowStatus) {
	x.t.Helper()
	if f := x.flow(name); *f.Content != content || *f.FlowContentSha256 != sum(content) || f.Status != status {
		x.t.Errorf("%s is %s with checksum %s: %s", name, f.Status, *f.FlowContentSha256, *f.Content)
	}
}

func (x *trial) setFlowContent(name, content string) error {
	_, err := x.sdk.UpdateContactFlowContent(x.ctx, &connect.UpdateContactFlowContentInput{InstanceId: &x.InstanceID, ContactFlowId: &name, Content: &content})
	return err
}

func (x *trial) setFlow(id string, change connect.UpdateContactFlowMetadataInput) error {
	change.InstanceId, change.ContactFlowId = &x.InstanceID, &id
	_, err := x.sdk.UpdateContactFlowMetadata(x.ctx, &change)
	return err
}

func (x *trial) renameFlow(id string, name, description *string) error {
	_, err := x.sdk.UpdateContactFlowName(x.ctx, &connect.UpdateContactFlowNameInput{InstanceId: &x.InstanceID, ContactFlowId: &id, Name: name, Description: description})
	return err
}

func (x *trial) deleteFlow(id string) error {
	_, err := x.sdk.DeleteContactFlow(x.ctx, &connect.DeleteContactFlowInput{InstanceId: &x.InstanceID, ContactFlowId: &id})
	return err
}

func TestFlowHasTwoTexts(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	one, two, draft := ending("one"), ending("two"), `{"half": "done"}`
	out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("f"), Type: types.ContactFlowTypeContactFlow, Content: &one, Tags: map[string]string{"team": "a"},
	})
	x.ok(err)
	id, arn := *out.ContactFlowId, *out.ContactFlowArn
	if *out.FlowContentSha256 != sum(one) {
		t.Errorf("checksum %s, want %s", *out.FlowContentSha256, sum(one))
	}
	x.ok(x.setFlowContent(id+":$SAVED", draft))
	x.wantFlow(id, one, types.ContactFlowStatusPublished)
	x.wantFlow(arn+":$LATEST", one, types.ContactFlowStatusPublished)
	x.wantFlow(arn+":$SAVED", draft, types.ContactFlowStatusSaved)
	x.ok(x.setFlowContent(arn+":$LATEST", two))
	x.wantFlow(id+":$LATEST", two, types.ContactFlowStatusPublished)
	x.wantFlow(id+":$SAVED", two, types.ContactFlowStatusSaved)
	x.refused(x.setFlowContent(id+":1", one), invalidRequest, 400, "version")
	x.refused(x.setFlowContent(unknown, one), notFound, 404, "flow "+unknown)
	for _, unknown := range []string{unknown, unknown + ":$SAVED", id + ":1", id + ":live"} {
		_, err := x.tryFlow(unknown)
		x.refused(err, notFound, 404)
	}
	_, err = x.tryFlow(arn + "x")
	x.refused(err, invalidParameter, 400, arn)
	if f := x.flow(id); f.Version != nil || f.Tags["team"] != "a" || f.State != types.ContactFlowStateActive {
		t.Errorf("DescribeContactFlow = %+v", f)
	}
}

func TestFlowIsRenamedArchivedAndDeleted(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.publish("f", types.ContactFlowTypeContactFlow, script(enqueue(x.QueueID)...))
	x.publish("other", types.ContactFlowTypeContactFlow, ending("z"))
	x.ok(x.setFlow(id, connect.UpdateContactFlowMetadataInput{Name: aws.String("g"), Description: aws.String("about")}))
	x.ok(x.setFlow(id, connect.UpdateContactFlowMetadataInput{}))
	if f := x.flow(id); *f.Name != "g" || *f.Description != "about" || f.State != types.ContactFlowStateActive {
		t.Errorf("after the change of metadata: %+v", f)
	}
	x.ok(x.renameFlow(*x.flow(id).Arn, aws.String("h"), nil))
	x.ok(x.renameFlow(id, nil, aws.String("")))
	if f := x.flow(id); *f.Name != "h" || f.Description != nil {
		t.Errorf("after the change of the name: %+v", f)
	}
	x.refused(x.renameFlow(id, aws.String("other"), nil), duplicate, 409, "other")
	x.refused(x.setFlow(id, connect.UpdateContactFlowMetadataInput{Name: aws.String("other")}), duplicate, 409, "other")
	x.refused(x.renameFlow(unknown, aws.String("n"), nil), notFound, 404)
	x.refused(x.setFlow(unknown, connect.UpdateContactFlowMetadataInput{}), notFound, 404)

	scheduled := x.start(startInput{ContactFlowId: &id, ScheduledTime: aws.Time(x.Now().AddDate(0, 0, 1))})
	template := x.template("names it", func(in *connect.CreateTaskTemplateInput) { in.ContactFlowId = &id })
	x.ok(x.setFlow(id, connect.UpdateContactFlowMetadataInput{ContactFlowState: types.ContactFlowStateArchived}))
	if f := x.flow(id); f.State != types.ContactFlowStateArchived {
		t.Errorf("state %s", f.State)
	}
	_, err := x.try(startInput{ContactFlowId: &id})
	x.refused(err, invalidRequest, 400, "ContactFlowId", "archived")
	x.ok(x.setFlow(id, connect.UpdateContactFlowMetadataInput{ContactFlowState: types.ContactFlowStateActive}))
	x.start(startInput{ContactFlowId: &id})

	x.ok(x.deleteFlow(id))
	_, err = x.tryFlow(id)
	x.refused(err, notFound, 404)
	x.refused(x.deleteFlow(id), notFound, 404, id)
	_, err = x.try(startInput{TaskTemplateId: &template})
	x.refused(err, notFound, 404, "TaskTemplateId", id)
	if c := x.Describe(scheduled); c.DisconnectTimestamp != nil {
		t.Error("the deletion of its flow has ended a scheduled task")
	}
	later := x.start(startInput{ScheduledTime: aws.Time(x.Now().AddDate(0, 0, 1))})
	x.ok(x.setFlow(x.FlowID, connect.UpdateContactFlowMetadataInput{ContactFlowState: types.ContactFlowStateArchived}))
	x.Advance(25 * time.Hour)
	for flow, id := range map[string]string{"deleted": scheduled, "archived": later} {
		if c := x.Describe(id); c.DisconnectTimestamp == nil || aws.ToString(c.DisconnectReason) != "CONTACT_FLOW_DISCONNECT" {
			t.Errorf("the task whose flow is %s when it is due: ended at %v, reason %v", flow, c.DisconnectTimestamp, aws.ToString(c.DisconnectReason))
		}
	}
	for _, f := range x.listFlows(nil) {
		x.ok(x.deleteFlow(*f.Id))
	}
	if left := x.listFlows(nil); len(left) != 0 {
		t.Errorf("%d flows are left", len(left))
	}
}

func (x *trial) listFlows(kinds []types.ContactFlowType) []types.ContactFlowSummary {
	x.t.Helper()
	var all []types.ContactFlowSummary
	pages := connect.NewListContactFlowsPaginator(x.sdk, &connect.ListContactFlowsInput{InstanceId: &x.InstanceID, ContactFlowTypes: kinds, MaxResults: aws.Int32(3)})
	for _, out := range pagesOf(x.t, pages) {
		all = append(all, out.ContactFlowSummaryList...)
	}
	return all
}

func TestFlowsAreListed(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.refused(x.setFlow(x.FlowID, connect.UpdateContactFlowMetadataInput{ContactFlowState: "GONE"}), invalidParameter, 400, "ContactFlowState")
	_, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("Draft"), Type: types.ContactFlowTypeContactFlow, Content: aws.String("{}"), Status: types.ContactFlowStatusSaved,
	})
	x.ok(err)
	x.ok(x.setFlow(x.FlowID, connect.UpdateContactFlowMetadataInput{ContactFlowState: types.ContactFlowStateArchived}))
	var got []string
	for _, f := range x.listFlows([]types.ContactFlowType{types.ContactFlowTypeContactFlow, types.ContactFlowTypeAgentHold}) {
		got = append(got, fmt.Sprint(*f.Name, " ", f.ContactFlowType, " ", f.ContactFlowState, " ", f.ContactFlowStatus))
	}
	want := []string{
		"Default agent hold AGENT_HOLD ACTIVE PUBLISHED", "Draft CONTACT_FLOW ACTIVE SAVED", "Sample task flow CONTACT_FLOW ARCHIVED PUBLISHED",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
	if all := x.listFlows(nil); len(all) != 10 {
		t.Errorf("%d flows, want 10", len(all))
	}
}

func (x *trial) flowVersion(in connect.CreateContactFlowVersionInput) (int64, error) {
	in.InstanceId = &x.InstanceID
	out, err := x.sdk.CreateContactFlowVersion(x.ctx, &in)
	if err != nil {
		return 0, err
	}
	return *out.Version, nil
}

func TestFlowVersionsDoNotChange(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"versions-per-flow": 2} })
	one, two := ending("one"), ending("two")
	id := x.publish("f", types.ContactFlowTypeCampaign, one)
	version := func(description, sum *string) (int64, error) {
		return x.flowVersion(connect.CreateContactFlowVersionInput{ContactFlowId: &id, Description: description, FlowContentSha256: sum})
	}
	other := sum(two)
	_, err := version(nil, &other)
	x.refused(err, invalidRequest, 400, sum(one), other)
	good := sum(one)
	if n, err := version(aws.String("first"), &good); n != 1 || err != nil {
		t.Fatalf("CreateContactFlowVersion = %d, %v", n, err)
	}
	x.ok(x.setFlowContent(id, two))
	if n, err := version(nil, nil); n != 2 || err != nil {
		t.Fatalf("CreateContactFlowVersion = %d, %v", n, err)
	}
	_, err = version(nil, nil)
	x.refused(err, limitExceeded, 429, "2")
	x.wantFlow(id+":1", one, types.ContactFlowStatusPublished)
	x.wantFlow(id+":2", two, types.ContactFlowStatusPublished)
	if f := x.flow(id + ":1"); *f.Version != 1 || *f.VersionDescription != "first" {
		t.Errorf("version 1 = %+v", f)
	}
	arn := *x.flow(id).Arn
	if diff := cmp.Diff([]string{arn + ":1 first", arn + ":2 "}, x.flowVersions(id)); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	remove := func(n int64) error {
		_, err := x.sdk.DeleteContactFlowVersion(x.ctx, &connect.DeleteContactFlowVersionInput{InstanceId: &x.InstanceID, ContactFlowId: &id, ContactFlowVersion: &n})
		return err
	}
	x.ok(remove(2))
	x.refused(remove(2), notFound, 404, "2")
	if n, err := version(nil, nil); n != 3 || err != nil {
		t.Errorf("the number after a deleted version is %d, %v; want 3", n, err)
	}
	x.ok(x.deleteFlow(id))
	_, err = x.tryFlow(id + ":1")
	x.refused(err, notFound, 404)
	x.refused(remove(1), notFound, 404)
	_, err = x.sdk.ListContactFlowVersions(x.ctx, &connect.ListContactFlowVersionsInput{InstanceId: &x.InstanceID, ContactFlowId: &id})
	x.refused(err, notFound, 404)
}

// flowVersions lists the versions of a flow, one a page.
func (x *trial) flowVersions(id string) []string {
	x.t.Helper()
	var all []string
	pages := connect.NewListContactFlowVersionsPaginator(x.sdk, &connect.ListContactFlowVersionsInput{InstanceId: &x.InstanceID, ContactFlowId: &id, MaxResults: aws.Int32(1)})
	for _, out := range pagesOf(x.t, pages) {
		for _, v := range out.ContactFlowVersionSummaryList {
			if !strings.HasSuffix(*v.Arn, fmt.Sprint(":", *v.Version)) {
				x.t.Errorf("version %d has the ARN %s", *v.Version, *v.Arn)
			}
			all = append(all, *v.Arn+" "+aws.ToString(v.VersionDescription))
		}
	}
	return all
}

func TestFlowVersionsAreRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	campaign := x.publish("f", types.ContactFlowTypeCampaign, ending("z"))
	out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("Draft"), Type: types.ContactFlowTypeCampaign, Content: aws.String("{}"), Status: types.ContactFlowStatusSaved,
	})
	x.ok(err)
	tests := []struct {
		name   string
		in     connect.CreateContactFlowVersionInput
		kind   string
		status int
		says   string
	}{
		{"of another type", connect.CreateContactFlowVersionInput{ContactFlowId: &x.FlowID}, invalidRequest, 400, "CAMPAIGN"},
		{"never published", connect.CreateContactFlowVersionInput{ContactFlowId: out.ContactFlowId}, invalidRequest, 400, "no published version"},
		{"of a draft", connect.CreateContactFlowVersionInput{ContactFlowId: aws.String(campaign + ":$SAVED")}, invalidRequest, 400, "published"},
		{"of a version", connect.CreateContactFlowVersionInput{ContactFlowId: aws.String(campaign + ":1")}, invalidRequest, 400, "published"},
		{"unknown", connect.CreateContactFlowVersionInput{ContactFlowId: aws.String(unknown)}, notFound, 404, unknown},
		{"with a checksum that is " + unknown, connect.CreateContactFlowVersionInput{ContactFlowId: &campaign, FlowContentSha256: aws.String("abc")}, invalidParameter, 400, "FlowContentSha256"},
		{"with a number", connect.CreateContactFlowVersionInput{ContactFlowId: &campaign, ContactFlowVersion: aws.Int64(7)}, invalidRequest, 400, "ContactFlowVersion"},
		{"with a time", connect.CreateContactFlowVersionInput{ContactFlowId: &campaign, LastModifiedTime: aws.Time(x.Now())}, invalidRequest, 400, "LastModifiedTime"},
		{"with a Region", connect.CreateContactFlowVersionInput{ContactFlowId: &campaign, LastModifiedRegion: aws.String("us-east-1")}, invalidRequest, 400, "LastModifiedRegion"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := x.flowVersion(tt.in)
			x.in(t).refused(err, tt.kind, tt.status, tt.says)
		})
	}
	if n, err := x.flowVersion(connect.CreateContactFlowVersionInput{ContactFlowId: aws.String(campaign + ":$LATEST")}); n != 1 || err != nil {
		t.Errorf("of what is published: %d, %v", n, err)
	}
}

func TestFlowsAreSearched(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	add := func(name string, of types.ContactFlowType, status types.ContactFlowStatus, tags map[string]string) string {
		out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
			InstanceId: &x.InstanceID, Name: &name, Type: of, Content: aws.String(ending(name)), Status: status, Tags: tags, Description: aws.String("the " + name),
		})
		x.ok(err)
		return *out.ContactFlowId
	}
	a, b := map[string]string{"team": "a"}, map[string]string{"team": "b"}
	eu := add("Refunds EU", types.ContactFlowTypeContactFlow, types.ContactFlowStatusPublished, a)
	add("Refunds US", types.ContactFlowTypeContactFlow, types.ContactFlowStatusSaved, b)
	old := add("Claims", types.ContactFlowTypeCampaign, types.ContactFlowStatusPublished, a)
	x.ok(x.setFlow(old, connect.UpdateContactFlowMetadataInput{ContactFlowState: types.ContactFlowStateArchived}))

	type criteria = types.ContactFlowSearchCriteria
	type filter = types.ContactFlowSearchFilter
	is := func(field string, how types.StringComparisonType, value string) criteria {
		return criteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: how, Value: &value}}
	}
	refunds := is("name", types.StringComparisonTypeStartsWith, "refunds")
	mine := criteria{OrConditions: []criteria{refunds, is("resourceID", types.StringComparisonTypeExact, old)}}
	team := types.TagCondition{TagKey: aws.String("team"), TagValue: aws.String("a")}
	campaign := &types.ContactFlowTypeCondition{ContactFlowType: types.ContactFlowTypeCampaign}
	inbound := &types.ContactFlowTypeCondition{ContactFlowType: types.ContactFlowTypeContactFlow}
	like := func(f types.ContactFlowAttributeFilter) *filter { return &filter{FlowAttributeFilter: &f} }
	tests := []struct {
		name     string
		criteria criteria
		filter   *filter
		want     []string // sorted
	}{
		{"by name", refunds, nil, []string{"Refunds EU", "Refunds US"}},
		{"by description", is("description", types.StringComparisonTypeExact, "THE CLAIMS"), nil, []string{"Claims"}},
		{"by id", is("resourceID", types.StringComparisonTypeExact, eu), nil, []string{"Refunds EU"}},
		{"by type", criteria{TypeCondition: types.ContactFlowTypeCampaign}, nil, []string{"Claims"}},
		{"by state", criteria{StateCondition: types.ContactFlowStateArchived}, nil, []string{"Claims"}},
		{"by status", criteria{StatusCondition: types.ContactFlowStatusSaved}, nil, []string{"Refunds US"}},
		{"by several", criteria{AndConditions: []criteria{refunds, {StatusCondition: types.ContactFlowStatusPublished}}}, nil, []string{"Refunds EU"}},
		{"by tag", criteria{}, &filter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &team}}, []string{"Claims", "Refunds EU"}},
		{"by a tag among attributes", mine, like(types.ContactFlowAttributeFilter{TagCondition: &team}), []string{"Claims", "Refunds EU"}},
		{"by type among attributes", mine, like(types.ContactFlowAttributeFilter{ContactFlowTypeCondition: inbound}), []string{"Refunds EU", "Refunds US"}},
		{"by both", mine, like(types.ContactFlowAttributeFilter{AndCondition: &types.ContactFlowAttributeAndCondition{
			TagConditions: []types.TagCondition{team}, ContactFlowTypeCondition: inbound,
		}}), []string{"Refunds EU"}},
		{"by one of two", mine, like(types.ContactFlowAttributeFilter{OrConditions: []types.ContactFlowAttributeAndCondition{
			{ContactFlowTypeCondition: campaign}, {TagConditions: []types.TagCondition{{TagKey: aws.String("team"), TagValue: aws.String("b")}}},
		}}), []string{"Claims", "Refunds US"}},
		{"by nothing", mine, like(types.ContactFlowAttributeFilter{}), []string{"Claims", "Refunds EU", "Refunds US"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, names := x.in(t), []string{}
			pages := connect.NewSearchContactFlowsPaginator(x.sdk, &connect.SearchContactFlowsInput{
				InstanceId: &x.InstanceID, MaxResults: aws.Int32(1), SearchCriteria: &tt.criteria, SearchFilter: tt.filter,
			})
			for _, out := range pagesOf(t, pages) {
				if *out.ApproximateTotalCount != int64(len(tt.want)) {
					t.Errorf("%d in all, want %d", *out.ApproximateTotalCount, len(tt.want))
				}
				for _, f := range out.ContactFlows {
					names = append(names, *f.Name)
					if *f.Content != ending(*f.Name) || *f.FlowContentSha256 != sum(*f.Content) {
						t.Errorf("SearchContactFlows = %+v, want it whole", f)
					}
				}
			}
			slices.Sort(names)
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
	wrong := []struct {
		name     string
		criteria criteria
		filter   *filter
		kind     string
		says     string
	}{
		{"two members", criteria{TypeCondition: "CAMPAIGN", StateCondition: "ACTIVE"}, nil, invalidRequest, "TypeCondition and StateCondition"},
		{"unknown field", is("colour", types.StringComparisonTypeExact, "red"), nil, invalidParameter, "colour"},
		{"two members of a filter", mine, like(types.ContactFlowAttributeFilter{TagCondition: &team, ContactFlowTypeCondition: inbound}), invalidRequest, "TagCondition and ContactFlowTypeCondition"},
		{"empty condition", mine, like(types.ContactFlowAttributeFilter{AndCondition: &types.ContactFlowAttributeAndCondition{}}), invalidRequest, "AndCondition"},
		{"tag without a key", mine, like(types.ContactFlowAttributeFilter{TagCondition: &types.TagCondition{}}), invalidParameter, "TagKey"},
		{"type without a type", mine, like(types.ContactFlowAttributeFilter{ContactFlowTypeCondition: &types.ContactFlowTypeCondition{}}), invalidParameter, "ContactFlowType"},
	}
	for _, tt := range wrong {
		t.Run(tt.name, func(t *testing.T) {
			_, err := x.sdk.SearchContactFlows(x.ctx, &connect.SearchContactFlowsInput{InstanceId: &x.InstanceID, SearchCriteria: &tt.criteria, SearchFilter: tt.filter})
			x.in(t).refused(err, tt.kind, 400, tt.says)
		})
	}
}
