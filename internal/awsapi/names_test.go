package awsapi_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// TestNames makes and renames resources of every kind with names that nobody could read, or that another one has.
func TestNames(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.levels("Region"))
	hours, flow := *x.hoursID(), ending("a")
	connectTo := &types.QuickConnectConfig{
		QuickConnectType: types.QuickConnectTypePhoneNumber, PhoneConfig: &types.PhoneNumberQuickConnectConfig{PhoneNumber: aws.String("+4930123456")},
	}
	for kind, create := range map[string]func(name string) error{
		"queue": func(name string) error {
			_, err := x.sdk.CreateQueue(x.ctx, &connect.CreateQueueInput{InstanceId: &x.InstanceID, Name: &name, HoursOfOperationId: &hours})
			return err
		},
		"routing profile": func(name string) error {
			_, err := x.tryProfile(connect.CreateRoutingProfileInput{Name: &name})
			return err
		},
		"quick connect": func(name string) error {
			_, err := x.sdk.CreateQuickConnect(x.ctx, &connect.CreateQuickConnectInput{InstanceId: &x.InstanceID, Name: &name, QuickConnectConfig: connectTo})
			return err
		},
		"agent status": func(name string) error {
			_, err := x.sdk.CreateAgentStatus(x.ctx, &connect.CreateAgentStatusInput{InstanceId: &x.InstanceID, Name: &name, State: types.AgentStatusStateEnabled})
			return err
		},
		"hours of operation": func(name string) error {
			_, err := x.tryHours(connect.CreateHoursOfOperationInput{Name: &name})
			return err
		},
		"override": func(name string) error {
			_, err := x.tryOverride(hours, connect.CreateHoursOfOperationOverrideInput{Name: &name})
			return err
		},
		"hierarchy group": func(name string) error {
			_, err := x.tryGroup(name, "", nil)
			return err
		},
		"flow": func(name string) error {
			_, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{InstanceId: &x.InstanceID, Name: &name, Type: types.ContactFlowTypeContactFlow, Content: &flow})
			return err
		},
		"flow module": func(name string) error {
			_, err := x.tryModule(moduleInput{Name: &name})
			return err
		},
		"task template": func(name string) error {
			_, err := x.sdk.CreateTaskTemplate(x.ctx, &connect.CreateTaskTemplateInput{
				InstanceId: &x.InstanceID, Name: &name, ContactFlowId: &x.FlowID,
				Constraints: &types.TaskTemplateConstraints{RequiredFields: []types.RequiredFieldInfo{{Id: &types.TaskTemplateFieldIdentifier{Name: aws.String("Task name")}}}},
				Fields:      []types.TaskTemplateField{{Id: &types.TaskTemplateFieldIdentifier{Name: aws.String("Task name")}, Type: types.TaskTemplateFieldTypeName}},
			})
			return err
		},
		"predefined attribute": func(name string) error {
			_, err := x.sdk.CreatePredefinedAttribute(x.ctx, &connect.CreatePredefinedAttributeInput{
				InstanceId: &x.InstanceID, Name: &name, Values: &types.PredefinedAttributeValuesMemberStringList{Value: []string{"a"}},
			})
			return err
		},
		"security profile": func(name string) error {
			_, err := x.trySecurity(connect.CreateSecurityProfileInput{SecurityProfileName: &name})
			return err
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			x := x.in(t)
			for _, name := range []string{" ", "\n", "\u200b", "a\nb", "\u3164", strings.Repeat("n", 300_000)} {
				x.refused(create(name), invalidParameter, 400)
			}
			if kind == "security profile" { // its pattern has no other letters
				return
			}
			composed, decomposed := "Caf\u00e9", "Cafe\u0301"
			x.ok(create(composed))
			err := create(decomposed)
			if kind == "task template" {
				x.refused(err, "PropertyValidationException", 400)
				return
			}
			x.refused(err, duplicate, 409)
		})
	}
	_, err := x.tryGroup("below nothing", "", nil)
	x.ok(err)
	empty := ""
	_, err = x.sdk.CreateUserHierarchyGroup(x.ctx, &connect.CreateUserHierarchyGroupInput{InstanceId: &x.InstanceID, Name: aws.String("g"), ParentGroupId: &empty})
	x.refused(err, invalidParameter, 400, "ParentGroupId")
	x.refused(x.renameQueue(x.QueueID, aws.String("\u200b"), nil), invalidParameter, 400)
	x.refused(x.renameFlow(x.FlowID, aws.String(strings.Repeat("n", 128)), nil), invalidParameter, 400, "Name")
	x.refused(x.renameFlow(x.FlowID, nil, aws.String(strings.Repeat("n", 501))), invalidParameter, 400, "Description")
}

// Texts by which people tell things apart have a character that can be seen; others may be blank (docs/divergences.md).
func TestInvisibleTexts(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	task := x.begin()
	const attribute = "Colour"
	x.ok(x.predefined(attribute, "red"))
	template := func(field string, options ...string) error {
		in := connect.CreateTaskTemplateInput{
			InstanceId: &x.InstanceID, Name: aws.String("invisible"), ContactFlowId: &x.FlowID,
			Constraints: &types.TaskTemplateConstraints{RequiredFields: []types.RequiredFieldInfo{{Id: fieldID(field)}}},
			Fields:      []types.TaskTemplateField{templateField(field, types.TaskTemplateFieldTypeName)},
		}
		if options != nil {
			in.Fields = append(in.Fields, templateField("List", types.TaskTemplateFieldTypeSingleSelect, options...))
		}
		_, err := x.sdk.CreateTaskTemplate(x.ctx, &in)
		return err
	}
	reference := func(name string) map[string]types.Reference {
		return map[string]types.Reference{name: {Type: types.ReferenceTypeString, Value: aws.String("v")}}
	}
	for name, tt := range map[string]struct {
		call func(text string) error
		kind string // of the exception; empty: it is taken
	}{
		"StartTaskContact Name":       {func(text string) error { _, err := x.try(startInput{Name: &text}); return err }, invalidParameter},
		"StartTaskContact References": {func(text string) error { _, err := x.try(startInput{References: reference(text)}); return err }, invalidParameter},
		"UpdateContact Name": {func(text string) error {
			_, err := x.sdk.UpdateContact(x.ctx, &connect.UpdateContactInput{InstanceId: &x.InstanceID, ContactId: &task, Name: &text})
			return err
		}, invalidParameter},
		"UpdateContact References": {func(text string) error {
			_, err := x.sdk.UpdateContact(x.ctx, &connect.UpdateContactInput{InstanceId: &x.InstanceID, ContactId: &task, References: reference(text)})
			return err
		}, invalidParameter},
		"CreateContact Name": {func(text string) error {
			_, err := x.sdk.CreateContact(x.ctx, &connect.CreateContactInput{
				InstanceId: &x.InstanceID, Channel: types.ChannelTask, InitiationMethod: types.ContactInitiationMethodApi, Name: &text,
			})
			return err
		}, invalidParameter},
		"field of a template":                {func(text string) error { return template(text) }, "PropertyValidationException"},
		"option of a template":               {func(text string) error { return template("Title", "red", text) }, "PropertyValidationException"},
		"value of CreatePredefinedAttribute": {func(text string) error { return x.predefined("Size", "S", text) }, invalidParameter},
		"value of UpdatePredefinedAttribute": {func(text string) error {
			_, err := x.sdk.UpdatePredefinedAttribute(x.ctx, &connect.UpdatePredefinedAttributeInput{
				InstanceId: &x.InstanceID, Name: aws.String(attribute), Values: valuesOf("red", text),
			})
			return err
		}, invalidParameter},
		"StartTaskContact Description": {func(text string) error { _, err := x.try(startInput{Description: &text}); return err }, ""},
		"value of a reference": {func(text string) error {
			_, err := x.try(startInput{References: map[string]types.Reference{"r": {Type: types.ReferenceTypeString, Value: &text}}})
			return err
		}, ""},
	} {
		for _, text := range []string{" ", "\n", "\u200b\u2060", "\u3164", "\u2800 "} {
			x.in(t).answered(tt.call(text), tt.kind, 400)
			if t.Failed() {
				t.Fatalf("%s %q", name, text)
			}
		}
	}
	x.start(startInput{Name: aws.String("")})
	x.start(startInput{Name: aws.String("two\nlines")})
}

// predefined makes a predefined attribute.
func (x *trial) predefined(name string, values ...string) error {
	_, err := x.sdk.CreatePredefinedAttribute(x.ctx, &connect.CreatePredefinedAttributeInput{InstanceId: &x.InstanceID, Name: &name, Values: valuesOf(values...)})
	return err
}
