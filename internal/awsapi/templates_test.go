package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

func templateField(name string, of types.TaskTemplateFieldType, options ...string) types.TaskTemplateField {
	return types.TaskTemplateField{Id: fieldID(name), Type: of, SingleSelectOptions: options}
}

func fieldID(name string) *types.TaskTemplateFieldIdentifier {
	return &types.TaskTemplateFieldIdentifier{Name: &name}
}

func defaultOf(field, value string) types.TaskTemplateDefaultFieldValue {
	return types.TaskTemplateDefaultFieldValue{Id: fieldID(field), DefaultValue: &value}
}

// titled is the smallest template there can be.
func titled(s *servertest.Server, name string) *connect.CreateTaskTemplateInput {
	return &connect.CreateTaskTemplateInput{
		InstanceId: &s.InstanceID, Name: &name, ContactFlowId: &s.FlowID,
		Fields:      []types.TaskTemplateField{templateField("Title", types.TaskTemplateFieldTypeName)},
		Constraints: &types.TaskTemplateConstraints{RequiredFields: []types.RequiredFieldInfo{{Id: fieldID("Title")}}},
	}
}

// titledUpdate replaces a template with the smallest there can be.
func titledUpdate(s *servertest.Server, id, name string) *connect.UpdateTaskTemplateInput {
	in := titled(s, name)
	return &connect.UpdateTaskTemplateInput{
		InstanceId: &s.InstanceID, TaskTemplateId: &id, Name: in.Name, ContactFlowId: in.ContactFlowId, Fields: in.Fields,
		Constraints: in.Constraints, Status: types.TaskTemplateStatusActive,
	}
}

func createTemplate(t *testing.T, s *servertest.Server, in *connect.CreateTaskTemplateInput) string {
	t.Helper()
	out, err := s.Client().CreateTaskTemplate(context.Background(), in)
	if err != nil {
		t.Fatalf("CreateTaskTemplate: %v", err)
	}
	return *out.Id
}

func getTemplate(s *servertest.Server, id, version string) (*connect.GetTaskTemplateOutput, error) {
	in := &connect.GetTaskTemplateInput{InstanceId: &s.InstanceID, TaskTemplateId: &id}
	if version != "" {
		in.SnapshotVersion = &version
	}
	return s.Client().GetTaskTemplate(context.Background(), in)
}

// templateNames lists templates.
func templateNames(t *testing.T, s *servertest.Server, change func(*connect.ListTaskTemplatesInput)) ([]string, *string) {
	t.Helper()
	in := &connect.ListTaskTemplatesInput{InstanceId: &s.InstanceID}
	change(in)
	out, err := s.Client().ListTaskTemplates(context.Background(), in)
	if err != nil {
		t.Fatalf("ListTaskTemplates: %v", err)
	}
	names := []string{}
	for _, tm := range out.TaskTemplates {
		names = append(names, *tm.Name)
	}
	return names, out.NextToken
}

var sdkOnly = cmpopts.IgnoreTypes(middleware.Metadata{})

// unexported tells cmp to leave alone what the SDK's types hide.
var unexported = cmpopts.IgnoreUnexported(
	connect.GetTaskTemplateOutput{}, connect.UpdateTaskTemplateOutput{}, types.TaskTemplateConstraints{}, types.TaskTemplateDefaults{},
	types.TaskTemplateDefaultFieldValue{}, types.TaskTemplateField{}, types.TaskTemplateFieldIdentifier{}, types.RequiredFieldInfo{},
	types.ReadOnlyFieldInfo{}, types.InvisibleFieldInfo{}, types.TaskTemplateMetadata{},
)

// fullTemplate is a template that says something in every member.
func fullTemplate(t *testing.T, s *servertest.Server) *connect.CreateTaskTemplateInput {
	t.Helper()
	flow, err := s.Client().DescribeContactFlow(context.Background(), &connect.DescribeContactFlowInput{InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID})
	if err != nil {
		t.Fatal(err)
	}
	in := titled(s, "Call back")
	in.Description = aws.String("For customers who wait")
	in.ContactFlowId, in.SelfAssignFlowId = flow.ContactFlow.Arn, &s.FlowID
	in.Status = types.TaskTemplateStatusInactive
	in.Fields = append(in.Fields,
		templateField("Notes", types.TaskTemplateFieldTypeDescription),
		templateField("When", types.TaskTemplateFieldTypeScheduledTime),
		templateField("Who", types.TaskTemplateFieldTypeQuickConnect),
		templateField("Site", types.TaskTemplateFieldTypeUrl),
		templateField("Amount", types.TaskTemplateFieldTypeNumber),
		templateField("Reason", types.TaskTemplateFieldTypeText),
		templateField("Letter", types.TaskTemplateFieldTypeTextArea),
		templateField("Born", types.TaskTemplateFieldTypeDateTime),
		templateField("Urgent", types.TaskTemplateFieldTypeBoolean),
		templateField("Colour", types.TaskTemplateFieldTypeSingleSelect, "red", "green"),
		templateField("Mail", types.TaskTemplateFieldTypeEmail),
		templateField("Mine", types.TaskTemplateFieldTypeSelfAssign),
		templateField("Until", types.TaskTemplateFieldTypeExpiryDuration),
	)
	in.Fields[1].Description = aws.String("What to say")
	in.Constraints.RequiredFields = append(in.Constraints.RequiredFields, types.RequiredFieldInfo{Id: fieldID("Colour")})
	in.Constraints.ReadOnlyFields = []types.ReadOnlyFieldInfo{{Id: fieldID("Until")}}
	in.Constraints.InvisibleFields = []types.InvisibleFieldInfo{{Id: fieldID("Colour")}}
	in.Defaults = &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{
		defaultOf("Until", "90"), defaultOf("Colour", "green"),
	}}
	return in
}

func TestTaskTemplateComesBackAsItWasMade(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	in := fullTemplate(t, s)
	created, err := s.Client().CreateTaskTemplate(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if want := s.InstanceARN + "/task-template/" + *created.Id; *created.Arn != want {
		t.Errorf("the ARN is %s, want %s", *created.Arn, want)
	}
	got, err := getTemplate(s, *created.Arn, "")
	if err != nil {
		t.Fatal(err)
	}
	want := &connect.GetTaskTemplateOutput{
		InstanceId: &s.InstanceID, Id: created.Id, Arn: created.Arn, Name: in.Name, Description: in.Description,
		ContactFlowId: &s.FlowID, SelfAssignFlowId: &s.FlowID, Status: in.Status, Fields: in.Fields, Constraints: in.Constraints,
		Defaults: in.Defaults, CreatedTime: got.CreatedTime, LastModifiedTime: got.CreatedTime,
	}
	if diff := cmp.Diff(want, got, sdkOnly, unexported); diff != "" {
		t.Errorf("GetTaskTemplate (-want +got):\n%s", diff)
	}
	if got.CreatedTime == nil || got.CreatedTime.IsZero() {
		t.Error("the template has no CreatedTime")
	}
}

func TestStockTaskTemplateIsOneThatCanBeMade(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	list, err := s.Client().ListTaskTemplates(context.Background(), &connect.ListTaskTemplatesInput{InstanceId: &s.InstanceID})
	if err != nil || len(list.TaskTemplates) != 1 || *list.TaskTemplates[0].Name != "Sample task template" {
		t.Fatalf("ListTaskTemplates = %v, %v; want the sample", list, err)
	}
	stock, err := getTemplate(s, *list.TaskTemplates[0].Id, "")
	if err != nil {
		t.Fatal(err)
	}
	createTemplate(t, s, &connect.CreateTaskTemplateInput{
		InstanceId: &s.InstanceID, Name: aws.String("A copy"), ContactFlowId: stock.ContactFlowId, Fields: stock.Fields,
		Constraints: stock.Constraints, Defaults: stock.Defaults,
	})
}

func TestUpdateReplacesTheWholeTaskTemplate(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	id := createTemplate(t, s, fullTemplate(t, s))
	made, err := getTemplate(s, id, "")
	if err != nil {
		t.Fatal(err)
	}
	s.Advance(time.Hour)
	updated, err := s.Client().UpdateTaskTemplate(context.Background(), titledUpdate(s, id, "Ring back"))
	if err != nil {
		t.Fatal(err)
	}
	now, err := getTemplate(s, id, "")
	if err != nil {
		t.Fatal(err)
	}
	want := &connect.GetTaskTemplateOutput{
		InstanceId: &s.InstanceID, Id: &id, Arn: made.Arn, Name: aws.String("Ring back"), ContactFlowId: &s.FlowID,
		Status: types.TaskTemplateStatusActive, Fields: made.Fields[:1],
		Constraints: titled(s, "").Constraints, CreatedTime: made.CreatedTime, LastModifiedTime: now.LastModifiedTime,
	}
	if diff := cmp.Diff(want, now, sdkOnly, unexported); diff != "" {
		t.Errorf("GetTaskTemplate (-want +got):\n%s", diff)
	}
	if !now.LastModifiedTime.After(made.LastModifiedTime.Add(59 * time.Minute)) {
		t.Errorf("LastModifiedTime is %v, an hour after %v", now.LastModifiedTime, made.LastModifiedTime)
	}
	answer := &connect.UpdateTaskTemplateOutput{
		InstanceId: now.InstanceId, Id: now.Id, Arn: now.Arn, Name: now.Name, ContactFlowId: now.ContactFlowId, Status: now.Status,
		Fields: now.Fields, Constraints: now.Constraints, CreatedTime: now.CreatedTime, LastModifiedTime: now.LastModifiedTime,
	}
	if diff := cmp.Diff(answer, updated, sdkOnly, unexported); diff != "" {
		t.Errorf("UpdateTaskTemplate (-want +got):\n%s", diff)
	}
	if _, err := s.Client().UpdateTaskTemplate(context.Background(), titledUpdate(s, id, "Ring back")); err != nil {
		t.Errorf("an update that keeps the name: %v", err)
	}
}

func TestTaskTemplateIsReadAsItWas(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := context.Background()
	id := createTemplate(t, s, titled(s, "First"))
	for _, name := range []string{"Second", "Third"} {
		if _, err := s.Client().UpdateTaskTemplate(ctx, titledUpdate(s, id, name)); err != nil {
			t.Fatal(err)
		}
	}
	want := func(when string, names map[string]string) {
		t.Helper()
		for version, name := range names {
			got, err := getTemplate(s, id, version)
			switch {
			case name == "" && !isA[*types.ResourceNotFoundException](err):
				t.Errorf("%s: version %q = %v, %v; want it not found", when, version, got, err)
			case name != "" && (err != nil || *got.Name != name || *got.Id != id || len(got.Fields) != 1):
				t.Errorf("%s: version %q = %v, %v; want %s", when, version, got, err, name)
			}
		}
	}
	want("updated", map[string]string{"": "Third", "1": "First", "2": "Second", "3": "Third", "4": "", "0": "", "-1": "", "x": ""})
	if _, err := s.Client().DeleteTaskTemplate(ctx, &connect.DeleteTaskTemplateInput{InstanceId: &s.InstanceID, TaskTemplateId: &id}); err != nil {
		t.Fatal(err)
	}
	want("deleted", map[string]string{"": "", "1": "First", "2": "Second", "3": "Third", "4": ""})
	if names, _ := templateNames(t, s, func(*connect.ListTaskTemplatesInput) {}); len(names) != 1 {
		t.Errorf("after the deletion ListTaskTemplates has %v", names)
	}
	createTemplate(t, s, titled(s, "Third")) // the name is free
}

func TestTaskTemplatesAreListed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for _, name := range []string{"D", "B", "C", "A"} {
		in := titled(s, name)
		if name == "B" {
			in.Status = types.TaskTemplateStatusInactive
		}
		createTemplate(t, s, in)
	}
	const stock = "Sample task template"
	for name, tt := range map[string]struct {
		change func(*connect.ListTaskTemplatesInput)
		want   []string
	}{
		"all":      {func(*connect.ListTaskTemplatesInput) {}, []string{"A", "B", "C", "D", stock}},
		"active":   {func(in *connect.ListTaskTemplatesInput) { in.Status = types.TaskTemplateStatusActive }, []string{"A", "C", "D", stock}},
		"inactive": {func(in *connect.ListTaskTemplatesInput) { in.Status = types.TaskTemplateStatusInactive }, []string{"B"}},
		"named":    {func(in *connect.ListTaskTemplatesInput) { in.Name = aws.String("C") }, []string{"C"}},
		"named like nothing": {func(in *connect.ListTaskTemplatesInput) {
			in.Name = aws.String("Sample")
		}, []string{}},
		"named and inactive": {func(in *connect.ListTaskTemplatesInput) {
			in.Name, in.Status = aws.String("C"), types.TaskTemplateStatusInactive
		}, []string{}},
	} {
		got, next := templateNames(t, s, tt.change)
		if diff := cmp.Diff(tt.want, got); diff != "" || next != nil {
			t.Errorf("%s: NextToken %v (-want +got):\n%s", name, next, diff)
		}
	}
}

func TestOneTokenMakesOneTaskTemplate(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx, client := context.Background(), s.Client()
	in := titled(s, "Call back")
	in.ClientToken = aws.String("Token")
	id := createTemplate(t, s, in)
	if again := createTemplate(t, s, in); again != id {
		t.Errorf("again: %s, want %s", again, id)
	}
	for name, change := range map[string]func(*connect.CreateTaskTemplateInput){
		"name":   func(in *connect.CreateTaskTemplateInput) { in.Name = aws.String("Ring back") },
		"status": func(in *connect.CreateTaskTemplateInput) { in.Status = types.TaskTemplateStatusInactive },
	} {
		other := *in
		change(&other)
		if _, err := client.CreateTaskTemplate(ctx, &other); !isA[*types.InvalidParameterException](err) || !strings.Contains(err.Error(), "ClientToken") {
			t.Errorf("with another %s: %v", name, err)
		}
	}
	refused := titled(s, "")
	refused.ClientToken, refused.Name = aws.String("token"), in.Name
	if _, err := client.CreateTaskTemplate(ctx, refused); !isA[*types.PropertyValidationException](err) {
		t.Errorf("in lower case, with the name that is taken: %v", err)
	}
	refused.Name = aws.String("Ring back")
	if other := createTemplate(t, s, refused); other == id {
		t.Error("a token that was refused counts as used")
	}
}

// badProperties are what an error says of properties, as "path reason".
func badProperties(err error) []string {
	bad, ok := errors.AsType[*types.PropertyValidationException](err)
	if !ok {
		return []string{fmt.Sprint(err)}
	}
	all := []string{}
	for _, p := range bad.PropertyList {
		all = append(all, *p.PropertyPath+" "+string(p.Reason))
	}
	return all
}

func TestTaskTemplatesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	id := createTemplate(t, s, titled(s, "Taken"))
	connects := func(in *connect.UpdateTaskTemplateInput, target string) {
		in.Fields = append(in.Fields, templateField("Who", types.TaskTemplateFieldTypeQuickConnect))
		in.Defaults = &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{defaultOf("Who", target)}}
	}
	tests := []struct {
		name       string
		updateOnly bool
		change     func(*connect.UpdateTaskTemplateInput)
		want       []string
	}{
		{"name that is taken", false, func(in *connect.UpdateTaskTemplateInput) { in.Name = aws.String("Sample task template") }, []string{"Name RESOURCE_NAME_ALREADY_EXISTS"}},
		{"unknown flows", false, func(in *connect.UpdateTaskTemplateInput) {
			in.ContactFlowId, in.SelfAssignFlowId = aws.String("nowhere"), aws.String("arn:aws:connect:us-east-1:000000000000:instance/other/contact-flow/f")
		}, []string{"ContactFlowId REFERENCED_RESOURCE_NOT_FOUND", "SelfAssignFlowId REFERENCED_RESOURCE_NOT_FOUND"}},
		{"unknown quick connect", false, func(in *connect.UpdateTaskTemplateInput) { connects(in, unknown) }, []string{"Defaults.DefaultFieldValues.Who REFERENCED_RESOURCE_NOT_FOUND"}},
		{"no flow", false, func(in *connect.UpdateTaskTemplateInput) { in.ContactFlowId = nil }, []string{"ContactFlowId REQUIRED_PROPERTY_MISSING"}},
		{"no NAME", false, func(in *connect.UpdateTaskTemplateInput) { in.Fields = []types.TaskTemplateField{} }, []string{
			"Fields REQUIRED_PROPERTY_MISSING", "Constraints.RequiredFields.Title REFERENCED_RESOURCE_NOT_FOUND",
		}},
		{"no constraints", false, func(in *connect.UpdateTaskTemplateInput) { in.Constraints = nil }, []string{"Constraints.RequiredFields REQUIRED_PROPERTY_MISSING"}},
		{"fields without type and name, and one twice", false, func(in *connect.UpdateTaskTemplateInput) {
			in.Fields = append(in.Fields, templateField("Colour", ""), types.TaskTemplateField{Id: &types.TaskTemplateFieldIdentifier{}},
				templateField("Title", types.TaskTemplateFieldTypeText))
		}, []string{"Fields.Colour.Type REQUIRED_PROPERTY_MISSING", "Fields[2].Id.Name REQUIRED_PROPERTY_MISSING", "Fields.Title.Id UNIQUE_CONSTRAINT_VIOLATED"}},
		{"constraints that name nothing", false, func(in *connect.UpdateTaskTemplateInput) {
			in.Constraints = &types.TaskTemplateConstraints{
				RequiredFields:  in.Constraints.RequiredFields,
				ReadOnlyFields:  []types.ReadOnlyFieldInfo{{}},
				InvisibleFields: []types.InvisibleFieldInfo{{Id: fieldID("Title")}},
			}
		}, []string{"Constraints.ReadOnlyFields[0].Id.Name REQUIRED_PROPERTY_MISSING", "Defaults.DefaultFieldValues.Title REQUIRED_PROPERTY_MISSING"}},
		{"too many fields", false, func(in *connect.UpdateTaskTemplateInput) {
			for i := range 50 {
				in.Fields = append(in.Fields, templateField(fmt.Sprint("f", i), types.TaskTemplateFieldTypeText))
			}
		}, []string{"Fields INVALID_FORMAT"}},
		{"a default of the wrong type", false, func(in *connect.UpdateTaskTemplateInput) {
			in.Fields = append(in.Fields, templateField("Until", types.TaskTemplateFieldTypeExpiryDuration))
			in.Defaults = &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{defaultOf("Until", "129601")}}
		}, []string{"Defaults.DefaultFieldValues.Until INVALID_FORMAT"}},
		{"no name", true, func(in *connect.UpdateTaskTemplateInput) { in.Name = nil }, []string{"Name REQUIRED_PROPERTY_MISSING"}},
		{"no status", true, func(in *connect.UpdateTaskTemplateInput) { in.Status = "" }, []string{"Status REQUIRED_PROPERTY_MISSING"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := titledUpdate(s, id, "Another")
			tt.change(in)
			_, err := s.Client().UpdateTaskTemplate(context.Background(), in)
			if diff := cmp.Diff(tt.want, badProperties(err)); diff != "" {
				t.Errorf("UpdateTaskTemplate (-want +got):\n%s", diff)
			}
			if tt.updateOnly {
				return
			}
			_, err = s.Client().CreateTaskTemplate(context.Background(), &connect.CreateTaskTemplateInput{
				InstanceId: in.InstanceId, Name: in.Name, ContactFlowId: in.ContactFlowId, SelfAssignFlowId: in.SelfAssignFlowId,
				Fields: in.Fields, Constraints: in.Constraints, Defaults: in.Defaults, Status: in.Status,
			})
			if diff := cmp.Diff(tt.want, badProperties(err)); diff != "" {
				t.Errorf("CreateTaskTemplate (-want +got):\n%s", diff)
			}
		})
	}
	if got, err := getTemplate(s, id, ""); err != nil || *got.Name != "Taken" {
		t.Errorf("after all that: %v, %v", got, err)
	}
}

func TestQuickConnectTakesThePlaceOfTheFlow(t *testing.T) {
	t.Parallel()
	s := open(t)
	connectID := s.Post("/_tasklane/reset", "")["quickConnectIds"].(map[string]any)["queue"].(string)
	in := titled(s, "To a queue")
	in.ContactFlowId = nil
	in.Fields = append(in.Fields, templateField("Who", types.TaskTemplateFieldTypeQuickConnect))
	in.Defaults = &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{
		defaultOf("Who", s.InstanceARN+"/transfer-destination/"+connectID),
	}}
	got, err := getTemplate(s, createTemplate(t, s, in), "")
	if err != nil || got.ContactFlowId != nil || *got.Defaults.DefaultFieldValues[0].DefaultValue != connectID {
		t.Errorf("GetTaskTemplate = %v, %v; want no flow, and quick connect %s", got, err, connectID)
	}
}

func TestTaskTemplateQuota(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Quota = map[string]int{"task-templates": 2} })
	id := createTemplate(t, s, titled(s, "Second"))
	if _, err := s.Client().CreateTaskTemplate(context.Background(), titled(s, "Third")); !isA[*types.ServiceQuotaExceededException](err) {
		t.Errorf("third of two: %v", err)
	}
	if _, err := s.Client().DeleteTaskTemplate(context.Background(), &connect.DeleteTaskTemplateInput{InstanceId: &s.InstanceID, TaskTemplateId: &id}); err != nil {
		t.Fatal(err)
	}
	createTemplate(t, s, titled(s, "Third"))
}

func TestWrongTaskTemplateRequests(t *testing.T) {
	t.Parallel()
	s := open(t)
	const smallest = `"ContactFlowId":"f","Fields":[{"Id":{"Name":"Title"},"Type":"NAME"}]`
	base := "/instance/" + s.InstanceID + "/task/template"
	tests := []struct {
		name, method, path, body string
		status                   int
		kind, says               string
	}{
		{"no such instance", "PUT", "/instance/" + unknown + "/task/template", `{"Name":"n",` + smallest + `}`, 404, "ResourceNotFoundException", "Instance " + unknown},
		{"no name", "PUT", base, `{` + smallest + `}`, 400, "InvalidParameterException", "Name is required"},
		{"name too long", "PUT", base, `{"Name":"` + strings.Repeat("x", 101) + `",` + smallest + `}`, 400, "InvalidParameterException", "'Name'"},
		{"no fields", "PUT", base, `{"Name":"n"}`, 400, "InvalidParameterException", "Fields is required"},
		{"no id of a field", "PUT", base, `{"Name":"n","Fields":[{"Type":"NAME"}]}`, 400, "InvalidParameterException", "Fields[0].Id is required"},
		{"type of a field", "PUT", base, `{"Name":"n","Fields":[{"Id":{"Name":"a"},"Type":"PHONE"}]}`, 400, "InvalidParameterException", "Fields[0].Type"},
		{"status", "PUT", base, `{"Name":"n","Status":"DRAFT",` + smallest + `}`, 400, "InvalidParameterException", "Status"},
		{"get of nothing", "GET", base + "/" + unknown, "", 404, "ResourceNotFoundException", "task template " + unknown},
		{"get of a version of nothing", "GET", base + "/" + unknown + "?snapshotVersion=1", "", 404, "ResourceNotFoundException", "version 1 of task template " + unknown},
		{"get of a version that is no number", "GET", base + "/" + unknown + "?snapshotVersion=x", "", 404, "ResourceNotFoundException", "Version x of task template " + unknown},
		{"get of a version by a foreign ARN", "GET", base + "/arn:aws:connect:us-east-1:000000000000:instance%2F" + unknown + "%2Ftask-template%2F" + unknown + "?snapshotVersion=1", "", 404, "ResourceNotFoundException", "task template arn"},
		{"update of nothing", "POST", base + "/" + unknown, `{"Name":"n","Status":"ACTIVE",` + smallest + `}`, 404, "ResourceNotFoundException", "task template " + unknown},
		{"delete of nothing", "DELETE", base + "/" + unknown, "", 404, "ResourceNotFoundException", "task template " + unknown},
		{"list of no instance", "GET", "/instance/" + unknown + "/task/template", "", 404, "ResourceNotFoundException", "Instance " + unknown},
		{"list of a status that is " + unknown, "GET", base + "?status=DRAFT", "", 400, "InvalidParameterException", "Status"},
		{"page size", "GET", base + "?maxResults=101", "", 400, "InvalidParameterException", "MaxResults"},
		{"page token", "GET", base + "?nextToken=zzz", "", 400, "InvalidParameterException", "NextToken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, kind, message := send(t, s, tt.method, tt.path, tt.body)
			if status != tt.status || kind != tt.kind || !strings.Contains(message, tt.says) {
				t.Errorf("%d %s %q, want %d %s with %q", status, kind, message, tt.status, tt.kind, tt.says)
			}
		})
	}
}
