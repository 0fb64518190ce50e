package wire

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/fault"
)

// read reads a request as the server would, through the pattern of its operation.
func read(t testing.TB, operation, target, body string, into Request) error {
	t.Helper()
	var err error
	mux := http.NewServeMux()
	for _, op := range Operations {
		if op.Name == operation {
			mux.HandleFunc(op.Pattern(), func(_ http.ResponseWriter, r *http.Request) { err = Read(r, []byte(body), into) })
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, httptest.NewRequest(op.Method, target, nil))
			if w.Code != http.StatusOK {
				t.Fatalf("%s does not reach %s: %d", target, operation, w.Code)
			}
		}
	}
	return err
}

func TestReadBody(t *testing.T) {
	const instance = `"InstanceId":"i","Name":"n"`
	tests := []struct {
		name string
		body string
		kind fault.Kind // 0: accepted
		says string     // part of the message
	}{
		{"enough", `{` + instance + `}`, 0, ""},
		{"null is absent", `{` + instance + `,"Description":null,"References":null}`, 0, ""},
		{"unknown members are ignored", `{` + instance + `,"Newer":{"a":[1]}}`, 0, ""},
		{"empty name", `{"InstanceId":"i","Name":""}`, 0, ""},
		{"no body", ``, fault.Invalid, "InstanceId is required"},
		{"no name", `{"InstanceId":"i"}`, fault.Invalid, "Name is required"},
		{"null name", `{"InstanceId":"i","Name":null}`, fault.Invalid, "Name is required"},
		{"name in the wrong case", `{"InstanceId":"i","name":"n"}`, fault.Invalid, "Name is required"},
		{"empty instance", `{"InstanceId":"","Name":"n"}`, fault.Invalid, "'InstanceId'"},
		{"instance too long", `{"InstanceId":"` + strings.Repeat("x", 101) + `","Name":"n"}`, fault.Invalid, "'InstanceId'"},
		{"characters are counted, not bytes", `{"InstanceId":"i","Name":"` + strings.Repeat("ä", 1024) + `"}`, 0, ""},
		{"name too long", `{"InstanceId":"i","Name":"` + strings.Repeat("ä", 1025) + `"}`, fault.Invalid, "'Name'"},
		{"unknown enum value", `{` + instance + `,"References":{"Order":{"Type":"LINK","Value":"v"}}}`, fault.Invalid, "'References[Order].Type'"},
		{"member of a structure missing", `{` + instance + `,"References":{"Order":{"Value":"v"}}}`, fault.Invalid, "References[Order].Type is required"},
		{"too many", `{` + instance + `,"Attachments":[` + strings.Repeat(`{"FileName":"f","S3Url":"u"},`, 5) + `{"FileName":"f","S3Url":"u"}]}`, fault.Invalid, "'Attachments'"},
		{"pattern", `{` + instance + `,"Attachments":[{"FileName":"a\u0000b","S3Url":"u"}]}`, fault.Invalid, "'Attachments[0].FileName'"},
		{"empty key", `{` + instance + `,"Attributes":{"":"v"}}`, fault.Invalid, "'Attributes[]'"},
		{"U+0000 where no pattern forbids it", `{"InstanceId":"i","Name":"a\u0000b"}`, fault.Invalid, "U+0000"},
		{"U+0000 behind an escaped backslash", `{"InstanceId":"i","Name":"a\\\u0000b"}`, fault.Invalid, "U+0000"},
		{"the escape of U+0000 as plain characters", `{"InstanceId":"i","Name":"a\\u0000b"}`, 0, ""},
		{"a key with a slash is named as it is", `{` + instance + `,"References":{"a/b":{"Type":5}}}`, fault.Malformed, "'References.a/b.Type'"},
		{"number for a string", `{"InstanceId":"i","Name":5}`, fault.Malformed, "'Name'"},
		{"string for a number", `{` + instance + `,"ScheduledTime":"tomorrow"}`, fault.Malformed, "'ScheduledTime'"},
		{"list for a map", `{` + instance + `,"Attributes":[]}`, fault.Malformed, "'Attributes'"},
		{"number in a map of strings", `{` + instance + `,"Attributes":{"a":1}}`, fault.Malformed, "'Attributes.a'"},
		{"not an object", `[]`, fault.Malformed, "JSON object"},
		{"cut off", `{"InstanceId":`, fault.Malformed, "not valid JSON"},
		{"twice", `{` + instance + `,"Name":"m"}`, fault.Malformed, "not valid JSON"},
		{"not UTF-8", "{\"InstanceId\":\"i\",\"Name\":\"\xff\"}", fault.Malformed, "not valid JSON"},
		{"more behind it", `{` + instance + `}{}`, fault.Malformed, "not valid JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := read(t, "StartTaskContact", "/contact/task", tt.body, new(StartTaskContactRequest))
			if (err == nil) != (tt.kind == 0) || err != nil && (!fault.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("Read = %v, want kind %d with %q", err, tt.kind, tt.says)
			}
		})
	}
}

func TestReadLabelsAndQuery(t *testing.T) {
	arn := "arn%3Aaws%3Aconnect%3Aus-east-1%3A000000000000%3Ainstance%2Fi"
	var list ListQueuesRequest
	if err := read(t, "ListQueues", "/queues-summary/"+arn+"?queueTypes=STANDARD&queueTypes=AGENT&maxResults=7&nextToken=a%2Bb", "", &list); err != nil {
		t.Fatal(err)
	}
	id, seven, token := "arn:aws:connect:us-east-1:000000000000:instance/i", int64(7), "a+b"
	want := ListQueuesRequest{InstanceId: &id, MaxResults: &seven, NextToken: &token, QueueTypes: []QueueType{QueueTypeStandard, QueueTypeAgent}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("ListQueues (-want +got):\n%s", diff)
	}
	for query, kind := range map[string]fault.Kind{
		"maxResults=0": fault.Invalid, "maxResults=1001": fault.Invalid, "maxResults=ten": fault.Malformed,
		"queueTypes=LARGE": fault.Invalid, "queueTypes=%zz": fault.Malformed,
		"nextToken=%ff": fault.Malformed, "nextToken=%00": fault.Invalid,
	} {
		if err := read(t, "ListQueues", "/queues-summary/i?"+query, "", new(ListQueuesRequest)); !fault.Is(err, kind) {
			t.Errorf("%s: Read = %v, want kind %d", query, err, kind)
		}
	}
	for _, path := range []string{"/tags/arn%3Aaws%3Ax%2Fy", "/tags/arn:aws:x/y"} {
		var tags ListTagsForResourceRequest
		if err := read(t, "ListTagsForResource", path, "", &tags); err != nil || *tags.ResourceArn != "arn:aws:x/y" {
			t.Errorf("%s: resourceArn %q, %v", path, Value(tags.ResourceArn), err)
		}
	}
}

func TestLabelsThatAreNoText(t *testing.T) {
	for path, kind := range map[string]fault.Kind{"/tags/": fault.Invalid, "/tags/%ff": fault.Malformed, "/tags/a%00": fault.Invalid} {
		if err := read(t, "ListTagsForResource", path, "", new(ListTagsForResourceRequest)); !fault.Is(err, kind) {
			t.Errorf("%s: Read = %v, want kind %d", path, err, kind)
		}
	}
}

func TestIntegers(t *testing.T) {
	for text, kind := range map[string]fault.Kind{
		"0": 0, "2147483647": 0, // int32 on the wire: clients could not read back more
		"2147483648": fault.Invalid, "-1": fault.Invalid,
		"1.5": fault.Malformed, "9223372036854775808": fault.Malformed, `"1"`: fault.Malformed,
	} {
		body := `{"Name":"q","HoursOfOperationId":"h","MaxContacts":` + text + `}`
		err := read(t, "CreateQueue", "/queues/i", body, new(CreateQueueRequest))
		if (err == nil) != (kind == 0) || err != nil && (!fault.Is(err, kind) || !strings.Contains(err.Error(), "MaxContacts")) {
			t.Errorf("MaxContacts %s: Read = %v, want kind %d", text, err, kind)
		}
	}
}

func TestTimestamp(t *testing.T) {
	for text, want := range map[string]int64{
		"1900000000": 1900000000000, "1900000000.123": 1900000000123, "1.9e9": 1900000000000, "0": 0,
	} {
		var in StartTaskContactRequest
		if err := read(t, "StartTaskContact", "/contact/task", `{"InstanceId":"i","Name":"n","ScheduledTime":`+text+`}`, &in); err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := in.ScheduledTime.UnixMilli(); got != want {
			t.Errorf("%s: %d ms, want %d", text, got, want)
		}
	}
	for text, want := range map[string]fault.Kind{
		"-1": fault.Invalid, "1e300": fault.Invalid, `"1900000000"`: fault.Malformed, "true": fault.Malformed, "{}": fault.Malformed,
	} {
		err := read(t, "StartTaskContact", "/contact/task", `{"InstanceId":"i","Name":"n","ScheduledTime":`+text+`}`, new(StartTaskContactRequest))
		if !fault.Is(err, want) || !strings.Contains(err.Error(), "'ScheduledTime'") {
			t.Errorf("%s: Read = %v, want a fault of kind %d that names ScheduledTime", text, err, want)
		}
	}
}

func TestWrite(t *testing.T) {
	id := "c-1"
	var out bytes.Buffer
	err := Write(&out, &DescribeContactResponse{Contact: &Contact{
		Id: &id, InitiationTimestamp: Time(time.UnixMilli(1795440509911)), DisconnectTimestamp: Time(time.Time{}),
	}})
	if want := `{"Contact":{"Id":"c-1","InitiationTimestamp":1795440509.911}}`; err != nil || out.String() != want {
		t.Errorf("Write = %s, %v, want %s", out.String(), err, want)
	}
	out.Reset()
	if err := Write(&out, &ListQueuesResponse{QueueSummaryList: []QueueSummary{}}); err != nil || out.String() != `{"QueueSummaryList":[]}` {
		t.Errorf("an empty list is written as %s, %v", out.String(), err)
	}
}

const task = `{"InstanceId":"11111111-1111-4111-8111-111111111111","ContactFlowId":"dad2e623-f057-5570-bfb9-b9e00026c97d",` +
	`"Name":"Refund for order A-1009","Description":"Customer returned both items.","References":{"Order":{"Type":"URL",` +
	`"Value":"https://shop.example/orders/A-1009"}},"Attributes":{"orderId":"A-1009","tier":"gold"},"ClientToken":"0123456789"}`

func BenchmarkRead(b *testing.B) {
	r := httptest.NewRequest(http.MethodPut, "/contact/task", nil)
	for b.Loop() {
		if err := Read(r, []byte(task), new(StartTaskContactRequest)); err != nil {
			b.Fatal(err)
		}
	}
}
