package awsapi_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func templateDecisions(x *trial) []decision {
	inactive := x.template("inactive", func(in *connect.CreateTaskTemplateInput) { in.Status = types.TaskTemplateStatusInactive })
	only := func(id string) m { return m{"ContactFlowId": nil, "TaskTemplateId": id} }
	return []decision{
		{15, "template unknown", only(unknown), 404, notFound, []string{"TaskTemplateId", "task template " + unknown}, nil, ""},
		{15, "template empty", only(""), 400, invalidParameter, []string{"'TaskTemplateId'"}, nil, ""},
		{16, "template INACTIVE", only(inactive), 400, invalidRequest, []string{"TaskTemplateId", "not active"}, nil, ""},
	}
}

// refunds is a template with a field of every type, some required, one locked.
func (x *trial) refunds() string {
	return x.template("Refunds", func(in *connect.CreateTaskTemplateInput) {
		in.Fields = append(in.Fields,
			templateField("Amount", types.TaskTemplateFieldTypeNumber), templateField("Reason", types.TaskTemplateFieldTypeText),
			templateField("Letter", types.TaskTemplateFieldTypeTextArea), templateField("Urgent", types.TaskTemplateFieldTypeBoolean),
			templateField("Colour", types.TaskTemplateFieldTypeSingleSelect, "red", "green"), templateField("Due", types.TaskTemplateFieldTypeDateTime),
			templateField("Order", types.TaskTemplateFieldTypeUrl), templateField("From", types.TaskTemplateFieldTypeEmail),
			templateField("Life", types.TaskTemplateFieldTypeExpiryDuration), templateField("Team", types.TaskTemplateFieldTypeText),
		)
		in.Constraints.RequiredFields = append(in.Constraints.RequiredFields, types.RequiredFieldInfo{Id: fieldID("Amount")})
		in.Constraints.ReadOnlyFields = []types.ReadOnlyFieldInfo{{Id: fieldID("Team")}}
		in.Defaults = &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{defaultOf("Team", "refunds")}}
	})
}

func fieldDecisions(x *trial) []decision {
	template := x.refunds()
	decide := func(name string, references m, says ...string) decision {
		if _, ok := references["Amount"]; !ok {
			references["Amount"] = ref("NUMBER", "1")
		}
		members := m{"ContactFlowId": nil, "TaskTemplateId": template, "References": references}
		return decision{row: 17, name: "field " + name, members: members, status: 400, kind: invalidParameter, says: says}
	}
	nameless := decide("NAME empty", m{}, "Field 'Title'", "required")
	nameless.members["Name"] = ""
	missing := decide("required is missing", m{}, "Field 'Amount'", "required")
	missing.members["References"] = m{}
	return []decision{
		nameless, missing,
		decide("of the wrong type", m{"Amount": ref("STRING", "1")}, "Field 'Amount'", "NUMBER"),
		decide("that is locked", m{"Team": ref("STRING", "sales")}, "Field 'Team'"),
		decide("NUMBER in words", m{"Amount": ref("NUMBER", "one")}, "Field 'Amount'"),
		decide("TEXT of 512 characters", m{"Reason": ref("STRING", strings.Repeat("x", 512))}, "Field 'Reason'"),
		decide("BOOLEAN yes", m{"Urgent": ref("STRING", "yes")}, "Field 'Urgent'"),
		decide("SINGLE_SELECT not among the options", m{"Colour": ref("STRING", "blue")}, "Field 'Colour'"),
		decide("URL without a scheme", m{"Order": ref("URL", "example.com")}, "Field 'Order'"),
		decide("EMAIL without a host", m{"From": ref("EMAIL", "zoe")}, "Field 'From'"),
	}
}

func ref(of, value string) m { return m{"Type": of, "Value": value} }

func attributeDecisions(*trial) []decision {
	set := func(key, value string) m { return m{"Attributes": m{key: value}} }
	long := strings.Repeat("x", 32_768)
	return []decision{
		{22, "attribute key with a blank", set("a b", "v"), 400, invalidParameter, []string{"Attributes", `"a b"`}, nil, ""},
		{22, "attribute key with a letter beyond a to z", set("é", "v"), 400, invalidParameter, []string{"Attributes", `"é"`}, nil, ""},
		{22, "attribute key empty", set("", "v"), 400, invalidParameter, []string{"Attributes"}, nil, ""},
		{22, "attribute key too long", set(long, "v"), 400, invalidParameter, []string{"Attributes", "32767"}, nil, ""},
		{22, "attribute value too long", set("k", long), 400, invalidParameter, []string{"Attributes[k]", "32767"}, nil, ""},
		{23, "attributes of 32,769 bytes", m{"Attributes": m{"a": long[:16_384], "b": long[:16_383]}}, 400, invalidParameter, []string{"Attributes", "32768"}, nil, ""},
	}
}

func referenceDecisions(*trial) []decision {
	set := func(name string, r m) m { return m{"References": m{name: r}} }
	decisions := []decision{
		{25, "reference without Type", set("Order", m{"Value": "v"}), 400, invalidParameter, []string{"References[Order].Type"}, nil, ""},
		{25, "reference of unknown Type", set("Order", ref("LINK", "v")), 400, invalidParameter, []string{"References[Order].Type"}, nil, ""},
		{25, "reference without Value", set("Order", m{"Type": "STRING"}), 400, invalidParameter, []string{"References", `"Order"`, "Value"}, nil, ""},
		{25, "DATE in words", set("Due", ref("DATE", "tomorrow")), 400, invalidParameter, []string{"References", `"Due"`, "epoch"}, nil, ""},
		{25, "reference without a name", set("", ref("STRING", "v")), 400, invalidParameter, []string{"References"}, nil, ""},
		{26, "references of 4,097 bytes", set("k", ref("STRING", strings.Repeat("x", 4096))), 400, invalidParameter, []string{"References", "4096"}, nil, ""},
	}
	for _, of := range []string{"ATTACHMENT", "CONTACT_ANALYSIS", "EMAIL_MESSAGE", "EMAIL_MESSAGE_PLAIN_TEXT"} {
		decisions = append(decisions, decision{
			row: 24, name: "reference of type " + of, members: set("Scan", ref(of, "v")),
			status: 400, kind: invalidParameter, says: []string{"References", `"Scan"`, "type " + of},
		})
	}
	return decisions
}

func segmentDecisions(x *trial) []decision {
	_, err := x.sdk.CreatePredefinedAttribute(x.ctx, &connect.CreatePredefinedAttributeInput{
		InstanceId: &x.InstanceID, Name: aws.String("tier"), Values: valuesOf("gold", "silver"),
		AttributeConfiguration: &types.InputPredefinedAttributeConfiguration{EnableValueValidationOnAssociation: true},
	})
	x.ok(err)
	set := func(key string, value m) m { return m{"SegmentAttributes": m{key: value}} }
	text := func(s string) m { return m{"ValueString": s} }
	life := func(minutes any) m { return m{"ValueMap": m{"ExpiryDuration": m{"ValueInteger": minutes}}} }
	const expiry, creator = "connect:ContactExpiry", "connect:CreatedByUser"
	bad := func(name, key string, value m) decision {
		return decision{31, "segment attribute " + name, set(key, value), 400, invalidParameter, []string{"SegmentAttributes", key}, nil, ""}
	}
	x.start(startInput{SegmentAttributes: map[string]types.SegmentAttributeValue{"tier": {ValueString: aws.String("gold")}}})
	return []decision{
		bad("that is not predefined", "level", text("gold")),
		bad("with a value that is not listed", "tier", text("bronze")),
		bad("without a value", "tier", m{}),
		bad("with a number", "tier", m{"ValueInteger": 1}),
		bad("with two values", "tier", m{"ValueString": "gold", "ValueInteger": 1}),
		bad("that the server sets", "connect:Subtype", text("connect:Task")),
		bad("of the system", "connect:Direction", text("INBOUND")),
		bad("with a blank in its key", "a b", text("gold")),
		bad("expiry of no minutes", expiry, life(0)),
		bad("expiry of more than 90 days", expiry, life(129_601)),
		bad("expiry before the start", expiry, life(-1)),
		bad("expiry as text", expiry, text("60")),
		bad("expiry with more in it", expiry, m{"ValueMap": m{"ExpiryDuration": m{"ValueInteger": 60}, "ExpiryTimeStamp": text("x")}}),
		bad("assignment to others", "connect:AssignmentType", text("OTHER")),
		bad("creator empty", creator, text("")),
		{31, "segment attribute creator unknown", set(creator, text(unknown)), 404, notFound, []string{"SegmentAttributes", creator, unknown}, nil, ""},
	}
}

func selfAssignDecisions(x *trial) []decision {
	self := func(with m) m {
		attributes := m{"connect:AssignmentType": m{"ValueString": "SELF"}, "connect:CreatedByUser": m{"ValueString": x.InstanceARN + "/agent/" + x.Agent.UserID}}
		for _, key := range []string{"connect:CreatedByUser"} {
			if v, ok := with[key]; ok && v == nil {
				delete(attributes, key)
				delete(with, key)
			}
		}
		with["SegmentAttributes"] = attributes
		return with
	}
	return []decision{
		{32, "SELF without CreatedByUser", self(m{"ContactFlowId": nil, "TaskTemplateId": x.TemplateID, "connect:CreatedByUser": nil}), 400, invalidRequest, []string{"CreatedByUser"}, nil, ""},
		{32, "SELF without a template", self(m{}), 400, invalidRequest, []string{"task template"}, nil, ""},
		{32, "SELF with a template without SelfAssignFlowId", self(m{"ContactFlowId": nil, "TaskTemplateId": x.TemplateID}), 400, invalidRequest, []string{"self-assign flow"}, nil, ""},
	}
}

func attachmentDecisions(x *trial) []decision {
	off := newTrial(x.t)
	stock := storages(x.t, off.Server, types.InstanceStorageResourceTypeAttachments)[0]
	_, err := off.sdk.DisassociateInstanceStorageConfig(x.ctx, &connect.DisassociateInstanceStorageConfigInput{
		InstanceId: &off.InstanceID, ResourceType: types.InstanceStorageResourceTypeAttachments, AssociationId: stock.AssociationId,
	})
	x.ok(err)
	file := func(name string) m { return m{"FileName": name, "S3Url": "https://example.com/scan.pdf"} }
	with := func(files ...any) m { return m{"Attachments": files} }
	one := file("scan.pdf")
	return []decision{
		{33, "six attachments", with(one, one, one, one, one, one), 400, invalidParameter, []string{"'Attachments'", "5"}, nil, ""},
		{33, "no attachments", m{"Attachments": []any{}}, 400, invalidParameter, []string{"'Attachments'"}, nil, ""},
		{33, "attachment without FileName", with(m{"S3Url": "https://example.com"}), 400, invalidParameter, []string{"Attachments[0].FileName"}, nil, ""},
		{33, "attachment without S3Url", with(m{"FileName": "scan.pdf"}), 400, invalidParameter, []string{"Attachments[0].S3Url"}, nil, ""},
		{33, "attachment with a control character in its name", with(file("scan\t.pdf")), 400, invalidParameter, []string{"Attachments[0].FileName"}, nil, ""},
		{33, "attachment with a name too long", with(file(strings.Repeat("x", 253) + ".pdf")), 400, invalidParameter, []string{"Attachments[0].FileName", "256"}, nil, ""},
		{33, "attachment with a URL too long", with(m{"FileName": "scan.pdf", "S3Url": "https://example.com/" + strings.Repeat("x", 2000)}), 400, invalidParameter, []string{"Attachments[0].S3Url", "2000"}, nil, ""},
		{33, "attachment of a type that is not allowed", with(file("scan.exe")), 400, invalidParameter, []string{"Attachments", "FileName"}, nil, ""},
		{33, "attachment that is not on the web", with(m{"FileName": "scan.pdf", "S3Url": "file:///etc/passwd"}), 400, invalidParameter, []string{"Attachments", "S3Url"}, nil, ""},
		{33, "attachments not enabled on the instance", with(one), 400, invalidRequest, []string{"Attachments", "not enabled"}, off, ""},
	}
}
