package wire

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tasklane/tasklane/internal/fault"
)

// requests are the request types by operation.
func requests() map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for _, m := range messages {
		t := reflect.TypeOf(m).Elem()
		if operation, ok := strings.CutSuffix(t.Name(), "Request"); ok {
			all[operation] = t
		}
	}
	return all
}

// FuzzRead: whatever arrives for whatever operation, it is read or refused with a fault; nothing else happens. What
// is accepted can be written, and is then read as the same.
func FuzzRead(f *testing.F) {
	for _, seed := range [][4]string{
		{"StartTaskContact", "", "", task},
		{"StartTaskContact", "", "", `{"InstanceId":"i","Name":"n","SegmentAttributes":{"a":{"ValueMap":{"b":{"ValueInteger":1}}}}}`},
		{"StartTaskContact", "", "", `{"InstanceId":"i","Name":"\\u0000"}`},
		{"StartTaskContact", "", "", `{"InstanceId":"i","Name":"n","ScheduledTime":1.9000000005e9,"Attachments":[{}]}`},
		{"CreateContact", "", "", `{"InstanceId":"i","Channel":"TASK","InitiationMethod":"API","ExpiryDurationInMinutes":60}`},
		{"TransferContact", "", "", `{"InstanceId":"i","ContactId":"c","ContactFlowId":"f","QueueId":"q"}`},
		{"UpdateContact", "c", "", `{"Name":"n","References":{"Order":{"Type":"URL","Value":"v"}}}`},
		{"UpdateContactSchedule", "", "", `{"InstanceId":"i","ContactId":"c","ScheduledTime":0}`},
		{"TagContact", "", "", `{"InstanceId":"i","ContactId":"c","Tags":{"a":""}}`},
		{"UntagContact", "c", "TagKeys=a&TagKeys=b", ``},
		{"UpdateContactAttributes", "", "", `{"InstanceId":"i","InitialContactId":"c","Attributes":{"a":null}}`},
		{"CreateTaskTemplate", "i", "", `{"Name":"n","Fields":[{"Id":{"Name":"a"},"Type":"SINGLE_SELECT","SingleSelectOptions":["x"]}],"Constraints":{"RequiredFields":[{"Id":{"Name":"a"}}]}}`},
		{"CreateQuickConnect", "i", "", `{"Name":"n","QuickConnectConfig":{"QuickConnectType":"USER","UserConfig":{"UserId":"u","ContactFlowId":"f"}}}`},
		{"SearchQuickConnects", "", "", `{"InstanceId":"i","SearchCriteria":{"OrConditions":[{"StringCondition":{"FieldName":"name","Value":"n","ComparisonType":"EXACT"}}]}}`},
		{"GetCurrentUserData", "i", "", `{"Filters":{"Agents":["u"]},"MaxResults":1}`},
		{"ListQueues", "arn:aws:connect:us-east-1:000000000000:instance/i", "maxResults=7&queueTypes=STANDARD&nextToken=a%2Bb", ``},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	types := requests()
	f.Fuzz(func(t *testing.T, operation, label, query, body string) {
		if types[operation] == nil {
			t.Skip("no such operation")
		}
		r := requestFor(operation, label, query)
		in := reflect.New(types[operation]).Interface().(Request)
		err := Read(r, []byte(body), in)
		if err != nil {
			if !fault.Is(err, fault.Malformed) && !fault.Is(err, fault.Invalid) {
				t.Errorf("Read = %v, which is no fault of the request", err)
			}
			return
		}
		var text bytes.Buffer
		if err := Write(&text, in); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again := reflect.New(types[operation]).Interface().(Request)
		if err := Read(r, text.Bytes(), again); err != nil {
			t.Fatalf("what was written as %s cannot be read: %v", &text, err)
		}
		if diff := cmp.Diff(in, again, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Reference{}, "Place")); diff != "" {
			t.Errorf("written as %s (-first +again):\n%s", &text, diff)
		}
		if strings.Contains(text.String(), `\u0000`) && holdsNUL(text.Bytes()) {
			t.Error("a text with U+0000 was accepted")
		}
	})
}

// requestFor is a request of an operation with the same text for each label.
func requestFor(operation, label, query string) *http.Request {
	for _, op := range Operations {
		if op.Name != operation {
			continue
		}
		r := httptest.NewRequest(op.Method, "/", nil)
		r.URL.RawQuery = query
		for part := range strings.SplitSeq(op.Path, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				r.SetPathValue(strings.TrimSuffix(name, "}"), label)
			}
		}
		return r
	}
	panic("no operation " + operation)
}
