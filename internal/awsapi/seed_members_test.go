package awsapi_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func s27(x *trial) {
	gold := x.queue("s27")
	flow := x.publish("s27", types.ContactFlowTypeContactFlow, `{"Version":"2019-10-30","StartAction":"is it gold","Actions":[
		{"Identifier":"is it gold","Type":"Compare","Parameters":{"ComparisonValue":"$.Attributes.tier"},"Transitions":{"NextAction":"end",
			"Conditions":[{"NextAction":"gold","Condition":{"Operator":"Equals","Operands":["gold"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingCondition"}]}},
		{"Identifier":"gold","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"`+gold+`"},"Transitions":{"NextAction":"go",
			"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end",
			"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`)
	for tier, want := range map[string]string{"gold": gold, "silver": ""} {
		id := x.start(startInput{ContactFlowId: &flow, Attributes: map[string]string{"tier": tier}})
		c := x.Describe(id)
		if got := inQueue(c); got != want || c.Attributes["tier"] != tier {
			x.t.Errorf("a %s task is in queue %q with attributes %v, want queue %q", tier, got, c.Attributes, want)
		}
	}
}

func s28(x *trial) {
	full := map[string]string{"e": strings.Repeat("é", 16_000), "x": strings.Repeat("x", 32_768-32_000-2)}
	id := x.start(startInput{Attributes: full})
	if got := x.attributes(id); got["e"] != full["e"] || got["x"] != full["x"] {
		x.t.Error("32,768 bytes of attributes did not come back")
	}
	_, err := x.try(startInput{RelatedContactId: &id, Attributes: map[string]string{"y": ""}}) // inherited ones count
	x.refused(err, invalidParameter, 400, "Attributes", "32768")
	full["x"] += "x"
	_, err = x.try(startInput{Attributes: full})
	x.refused(err, invalidParameter, 400, "Attributes", "32768")
}

func s29(x *trial) {
	x.start(startInput{Attributes: map[string]string{"aZ-09_": "any value: é\n☎"}})
	for _, key := range []string{"a b", "a.b", "é", "a:b", "$a"} {
		_, err := x.try(startInput{Attributes: map[string]string{"good": "v", key: "v"}})
		x.refused(err, invalidParameter, 400, "Attributes", key)
	}
	_, err := x.try(startInput{Attributes: map[string]string{"": "v"}})
	x.refused(err, invalidParameter, 400, "Attributes")
}

func reference(of types.ReferenceType, value string) types.Reference {
	return types.Reference{Type: of, Value: &value}
}

// everyReference has one of each type.
var everyReference = map[string]types.Reference{
	"Order":  reference(types.ReferenceTypeUrl, "https://example.com/orders/1"),
	"Amount": reference(types.ReferenceTypeNumber, "42.50"),
	"Note":   reference(types.ReferenceTypeString, "both items"),
	"Due":    reference(types.ReferenceTypeDate, "1795440509"),
	"From":   reference(types.ReferenceTypeEmail, "zoe@example.com"),
}

// references are those of a contact, by name, each with its type and value.
func (x *trial) references(id string) map[string]string {
	x.t.Helper()
	out, err := x.sdk.ListContactReferences(x.ctx, &connect.ListContactReferencesInput{
		InstanceId: &x.InstanceID, ContactId: &id,
		ReferenceTypes: []types.ReferenceType{"URL", "NUMBER", "STRING", "DATE", "EMAIL", "ATTACHMENT"},
	})
	x.ok(err)
	got := map[string]string{}
	for _, r := range out.ReferenceSummaryList {
		switch r := r.(type) {
		case *types.ReferenceSummaryMemberUrl:
			got[*r.Value.Name] = "URL " + *r.Value.Value
		case *types.ReferenceSummaryMemberNumber:
			got[*r.Value.Name] = "NUMBER " + *r.Value.Value
		case *types.ReferenceSummaryMemberString:
			got[*r.Value.Name] = "STRING " + *r.Value.Value
		case *types.ReferenceSummaryMemberDate:
			got[*r.Value.Name] = "DATE " + *r.Value.Value
		case *types.ReferenceSummaryMemberEmail:
			got[*r.Value.Name] = "EMAIL " + *r.Value.Value
		default:
			x.t.Errorf("reference of unexpected type %T", r)
		}
	}
	return got
}

func s30(x *trial) {
	got := x.references(x.start(startInput{References: everyReference}))
	for name, r := range everyReference {
		if want := string(r.Type) + " " + *r.Value; got[name] != want {
			x.t.Errorf("reference %s = %q, want %q", name, got[name], want)
		}
	}
	if len(got) != len(everyReference) {
		x.t.Errorf("%d references, want %d", len(got), len(everyReference))
	}
}

func s31(x *trial) {
	for _, of := range []types.ReferenceType{types.ReferenceTypeAttachment, types.ReferenceTypeContactAnalysis, types.ReferenceTypeEmailMessage} {
		_, err := x.try(startInput{References: map[string]types.Reference{"Scan": reference(of, "https://example.com/scan.pdf")}})
		x.refused(err, invalidParameter, 400, "References", "Scan", string(of))
	}
}

// wantBadReference sends a reference that no SDK would send.
func (x *trial) wantBadReference(reference string, says ...string) {
	x.t.Helper()
	body := fmt.Sprintf(`{"InstanceId":%q,"ContactFlowId":%q,"Name":"n","References":{"Order":%s}}`, x.InstanceID, x.FlowID, reference)
	status, kind, message := send(x.t, x.Server, http.MethodPut, "/contact/task", body)
	if status != 400 || kind != invalidParameter {
		x.t.Errorf("%s: %d %s %q, want 400 InvalidParameterException", reference, status, kind, message)
	}
	for _, s := range append(says, "References", "Order") {
		if !strings.Contains(message, s) {
			x.t.Errorf("%s: message %q does not say %q", reference, message, s)
		}
	}
}

func s32(x *trial) {
	x.wantBadReference(`{"Value":"v"}`, "Type")
	x.wantBadReference(`{"Type":null,"Value":"v"}`, "Type")
	x.wantBadReference(`{"Type":"","Value":"v"}`, "Type")
	x.wantBadReference(`{"Type":"LINK","Value":"v"}`, "Type")
}

func s33(x *trial) {
	x.wantBadReference(`{"Type":"STRING"}`, "Value")
	x.wantBadReference(`{"Type":"STRING","Value":null}`, "Value")
	x.wantBadReference(`{"Type":"STRING","Value":""}`, "Value")
}

func s34(x *trial) {
	text := func(n int) map[string]types.Reference { // 5 bytes of names and n of values
		return map[string]types.Reference{
			"é": reference(types.ReferenceTypeString, strings.Repeat("é", 1000)), "abc": reference(types.ReferenceTypeString, strings.Repeat("x", n-2000)),
		}
	}
	x.start(startInput{References: text(4096 - 5)})
	_, err := x.try(startInput{References: text(4096 - 5 + 1)})
	x.refused(err, invalidParameter, 400, "References", "4096")
}

func s35(x *trial) {
	x.start(startInput{References: map[string]types.Reference{"Due": reference(types.ReferenceTypeDate, strconv.FormatInt(x.Now().Unix(), 10))}})
	for _, value := range []string{"tomorrow", "2026-11-23", "2026-11-23T12:00:00Z", "1795440509.5", "-1", " 1"} {
		_, err := x.try(startInput{References: map[string]types.Reference{"Due": reference(types.ReferenceTypeDate, value)}})
		x.refused(err, invalidParameter, 400, "References", "Due", "epoch")
	}
}

func s36(x *trial) {
	got := atAgent(x.t, startInput{References: everyReference})["references"].(map[string]any)
	for name, r := range everyReference {
		if seen, _ := got[name].(map[string]any); seen["value"] != *r.Value || seen["type"] != string(r.Type) {
			x.t.Errorf("the agent sees reference %s as %v, want %s %s", name, got[name], r.Type, *r.Value)
		}
	}
}
