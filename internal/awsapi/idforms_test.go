package awsapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/wire"
)

// described is what internal/wire/connect.api says of the members of requests.
type described struct {
	requests   map[string][]memberOf // by operation
	structures map[string][]memberOf
	unions     map[string]bool
	enums      map[string]string // their first values
}

type memberOf struct {
	name     string
	required bool
	query    bool
	of       string // the type as it is written
}

var memberLine = regexp.MustCompile(`^(\w+)(\*?) (\?\w+ )?(.*)$`)

func membersOf(text string) (all []memberOf) {
	for part := range strings.SplitSeq(text, ";") {
		if found := memberLine.FindStringSubmatch(strings.Join(strings.Fields(part), " ")); found != nil {
			m := memberOf{found[1], found[2] != "", found[3] != "", found[4]}
			if m.query {
				m.name = strings.TrimSpace(found[3])[1:]
			}
			all = append(all, m)
		}
	}
	return all
}

func readDescription(t *testing.T) described {
	t.Helper()
	text, err := os.ReadFile("../wire/connect.api")
	if err != nil {
		t.Fatal(err)
	}
	d := described{map[string][]memberOf{}, map[string][]memberOf{}, map[string]bool{}, map[string]string{}}
	joined := regexp.MustCompile(`\n {6}`).ReplaceAllString(string(text), " ")
	operation := ""
	for line := range strings.SplitSeq(joined, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "enum":
			d.enums[words[1]] = words[2]
		case words[0] == ">":
			d.requests[operation] = membersOf(strings.TrimSpace(line)[1:])
		case len(words) == 4 && words[1] == "=":
			operation = words[0]
		case strings.HasSuffix(line, "}") && len(words) > 2 && (words[1] == "{" || words[2] == "{"):
			head, body, _ := strings.Cut(strings.TrimSuffix(line, "}"), "{")
			name, union := strings.CutPrefix(strings.TrimSpace(head), "union ")
			d.structures[name], d.unions[name] = membersOf(body), union
		}
	}
	return d
}

// filled is a value of a type, with no more members than it must have.
func (d described) filled(name, of string, known m) any {
	if v, ok := known[name]; ok {
		return v
	}
	switch {
	case strings.HasPrefix(of, "s"):
		return "x"
	case strings.HasPrefix(of, "e:"):
		return d.enums[of[2:]]
	case strings.HasPrefix(of, "["):
		inner, _, _ := strings.Cut(of[1:], "]")
		return []any{d.filled(name+"[]", inner, known)}
	case strings.HasPrefix(of, "{"):
		return m{}
	case of == "b":
		return true
	case d.structures[of] != nil:
		return d.object(d.structures[of], d.unions[of], known)
	}
	return 1
}

func (d described) object(members []memberOf, union bool, known m) m {
	all := m{}
	for i, member := range members {
		if member.required || union && i == 0 {
			all[member.name] = d.filled(member.name, member.of, known)
		}
	}
	return all
}

// idMember is where a request names a resource: at members, one within the other.
type idMember []memberOf

func (p idMember) String() string {
	names := make([]string, len(p))
	for i, m := range p {
		names[i] = m.name
	}
	return strings.Join(names, ".")
}

var idName = regexp.MustCompile(`(Id|Arn|ARN|Ids|Arns)$`)

// idMembers are all members of a request that name resources.
func (d described) idMembers(members []memberOf, within idMember, seen map[string]bool) (all []idMember) {
	for _, member := range members {
		at := append(slices.Clone(within), member)
		of := strings.TrimPrefix(member.of, "[")
		if strings.HasPrefix(of, "s") && idName.MatchString(member.name) {
			all = append(all, at)
		}
		of, _, _ = strings.Cut(of, "]")
		if d.structures[of] != nil && !seen[of] {
			seen[of] = true
			all = append(all, d.idMembers(d.structures[of], at, seen)...)
			delete(seen, of)
		}
	}
	return all
}

// set puts a text, or a list of it, at a member of an object.
func (d described) set(all m, at idMember, text string, known m) {
	member := at[0]
	list := strings.HasPrefix(member.of, "[")
	if len(at) == 1 {
		all[member.name] = text
		if list {
			all[member.name] = []any{text}
		}
		return
	}
	of, _, _ := strings.Cut(strings.TrimPrefix(member.of, "["), "]")
	inner, ok := all[member.name].(m)
	if elements, isList := all[member.name].([]any); isList && len(elements) > 0 {
		inner, ok = elements[0].(m)
	}
	if !ok || d.unions[of] {
		inner = d.object(d.structures[of], false, known)
	}
	d.set(inner, at[1:], text, known)
	all[member.name] = inner
	if list {
		all[member.name] = []any{inner}
	}
}

// request sends a request whose members are those of the description.
func (x *trial) request(op wire.Operation, members []memberOf, all m) (status int, kind, message string) {
	x.t.Helper()
	all, query := maps.Clone(all), url.Values{}
	path := pathLabel.ReplaceAllStringFunc(op.Path, func(l string) string {
		name := strings.Trim(l, "{}")
		v := all[name]
		delete(all, name)
		return url.PathEscape(fmt.Sprint(v))
	})
	for _, member := range members {
		v, ok := all[member.name]
		switch {
		case !member.query || !ok:
			continue
		case strings.HasPrefix(member.of, "["):
			for _, e := range v.([]any) {
				query.Add(member.name, fmt.Sprint(e))
			}
		default:
			query.Set(member.name, fmt.Sprint(v))
		}
		delete(all, member.name)
	}
	if op.Method == http.MethodGet || op.Method == http.MethodDelete {
		return send(x.t, x.Server, op.Method, path+"?"+query.Encode(), "")
	}
	body, err := json.Marshal(all)
	x.ok(err)
	return send(x.t, x.Server, op.Method, path+"?"+query.Encode(), string(body))
}

// taken are the members that name something which is not looked up, and so take any text.
var taken = map[string]bool{
	"AllowedFlowModules.FlowModuleId": true, "OutboundCallerConfig.OutboundCallerIdNumberId": true, "DirectoryUserId": true,
	"StorageConfig.S3Config.EncryptionConfig.KeyId": true, "CreatedBy.AWSIdentityArn": true, "CreatedBy.ConnectUserArn": true,
	"FileIds":                             true, // told among the Errors of the answer
	"SearchCriteria.AiAgents.Criteria.Id": true,
}

// also is what some requests need besides the members that they must have; nil takes one out.
var also = map[string]m{
	"AssociateRoutingProfileQueues":   {"QueueConfigs": []any{}},
	"CreateUser":                      {"IdentityInfo": m{"FirstName": "a", "LastName": "b"}, "Username": "somebody", "Password": "Secret-1234"},
	"StartTaskContact":                {"ContactFlowId": "FLOW"},
	"StartTaskContact.QuickConnectId": {"ContactFlowId": nil},
	"StartTaskContact.TaskTemplateId": {"ContactFlowId": nil},
	"UpdateContact":                   {"Name": "n"},
	"UpdateContactRoutingData":        {"QueuePriority": 1},
	"UpdateQueueName":                 {"Name": "n"},
	"UpdateQuickConnectName":          {"Name": "n"},
	"UpdateRoutingProfileName":        {"Name": "n"},
	"UpdateUserConfig":                {"AutoAcceptConfigs": []any{m{"AutoAccept": true, "Channel": "TASK"}}},
	"StartAttachedFileUpload":         {"FileUseCaseType": "ATTACHMENT"},
	"SearchContacts":                  {"TimeRange": m{"Type": "INITIATION_TIMESTAMP", "StartTime": 1900000000, "EndTime": 1900000060}},
	"TagContact":                      {"Tags": m{"k": "v"}},
	"TagResource":                     {"tags": m{"k": "v"}},
	"CreateHoursOfOperation":          {"Config": []any{}, "TimeZone": "UTC"},
	"CreateTaskTemplate":              {"Fields": []any{m{"Id": m{"Name": "Title"}, "Type": "NAME"}}},
	"UpdateTaskTemplate":              {"Fields": []any{m{"Id": m{"Name": "Title"}, "Type": "NAME"}}, "Status": "ACTIVE", "Name": "n"},
}

// What has the form of no id does not exist for another reason than that nobody has made it: of every member of every
// operation that names a resource, a request says so. An empty one is never meant for none.
func TestFormsOfIDs(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	d, known := readDescription(t), x.fixture()
	tried := 0
	for _, op := range wire.Operations {
		members := d.requests[op.Name]
		for _, at := range d.idMembers(members, nil, map[string]bool{}) {
			for _, id := range []string{"", "abc"} {
				if id == "" && strings.HasPrefix(at[len(at)-1].of, "s(0") {
					continue // may be empty by the model
				}
				all := d.object(members, false, known)
				for name, v := range merged(also[op.Name], also[op.Name+"."+at.String()]) {
					if all[name] = v; v == nil {
						delete(all, name)
					} else if v == "FLOW" {
						all[name] = x.FlowID
					}
				}
				d.set(all, at, id, known)
				status, kind, message := x.request(op, members, all)
				tried++
				switch {
				case status == http.StatusBadRequest, kind == "UnknownOperationException" && id == "", id != "" && taken[at.String()]:
				default:
					t.Errorf("%s with %s %q: %d %s %q, want 400", op.Name, at, id, status, kind, message)
				}
			}
		}
	}
	if tried < 700 {
		t.Errorf("only %d requests were tried", tried)
	}
}

// merged are the members of several objects.
func merged(objects ...m) m {
	all := m{}
	for _, o := range objects {
		maps.Copy(all, o)
	}
	return all
}

// fixture are values of members that requests need, by name: the resources of the stock, and texts of a form.
func (x *trial) fixture() m {
	x.t.Helper()
	stock, err := x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &x.InstanceID, QueueId: &x.QueueID})
	x.ok(err)
	user, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &x.Agent.UserID})
	x.ok(err)
	storages, err := x.sdk.ListInstanceStorageConfigs(x.ctx, &connect.ListInstanceStorageConfigsInput{InstanceId: &x.InstanceID, ResourceType: types.InstanceStorageResourceTypeAttachments})
	x.ok(err)
	module, err := x.sdk.CreateContactFlowModule(x.ctx, &connect.CreateContactFlowModuleInput{
		InstanceId: &x.InstanceID, Name: aws.String("module"),
		Content: aws.String(`{"Version":"2019-10-30","StartAction":"e","Actions":[{"Identifier":"e","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}],"Settings":{"InputParameters":[],"OutputParameters":[],"Transitions":[]}}`),
	})
	x.ok(err)
	task := x.begin()
	now := time.Now().Unix()
	return m{
		"InstanceId": x.InstanceID, "ContactId": task, "InitialContactId": task, "UserId": x.Agent.UserID, "QueueId": x.QueueID,
		"HoursOfOperationId": *stock.Queue.HoursOfOperationId, "RoutingProfileId": *user.User.RoutingProfileId,
		"DefaultOutboundQueueId": x.QueueID, "SecurityProfileIds": user.User.SecurityProfileIds, "ContactFlowId": x.FlowID,
		"TaskTemplateId": x.TemplateID, "QuickConnectId": x.QuickConnectIDs.Queue, "SecurityProfileId": user.User.SecurityProfileIds[0],
		"ContactFlowModuleId": *module.Id, "AssociationId": *storages.StorageConfigs[0].AssociationId, "ResourceType": "ATTACHMENTS", "resourceType": "ATTACHMENTS",
		"FunctionArn":           "arn:aws:lambda:us-east-1:000000000000:function:f",
		"associatedResourceArn": x.InstanceARN + "/contact/" + task, "resourceArn": x.InstanceARN + "/queue/" + x.QueueID, "ResourceArn": x.InstanceARN,
		"FlowModuleId": *module.Id, "StorageType": "S3", "Content": script("Wait {\"TimeLimitSeconds\":\"60\"} ! NoMatchingError"), "Type": "CONTACT_FLOW",
		"StartTime": now - 3600, "EndTime": now, "EffectiveFrom": "2031-01-01", "EffectiveTill": "2031-01-02",
		"fromDate": "2031-01-01", "toDate": "2031-01-02", "Channel": "TASK", "InitiationMethod": "API",
	}
}
