package awsapi

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// readSegments reads segment attributes as StartTaskContact does.
func readSegments(attributes string) (map[string]wire.SegmentAttributeValue, error) {
	var in wire.StartTaskContactRequest
	r := httptest.NewRequest(http.MethodPut, "/contact/task", nil)
	err := wire.Read(r, []byte(`{"InstanceId":"i","Name":"n","SegmentAttributes":`+attributes+`}`), &in)
	return in.SegmentAttributes, err
}

// FuzzSegment: segment attributes are taken, each of them, or refused by name; what is taken is told of in the same
// words.
func FuzzSegment(f *testing.F) {
	for _, seed := range []string{
		`{"tier":{"ValueString":"gold"},"connect:WorkloadType":{"ValueString":"x"}}`,
		`{"connect:ContactExpiry":{"ValueMap":{"ExpiryDuration":{"ValueInteger":60}}}}`,
		`{"connect:ContactExpiry":{"ValueMap":{"ExpiryDuration":{"ValueInteger":-9223372036854775808}}}}`,
		`{"connect:ContactExpiry":{"ValueArn":"a","ValueMap":{"ExpiryDuration":{"ValueInteger":1,"ValueString":"2"}}}}`,
		`{"connect:CreatedByUser":{"ValueString":"u"},"connect:AssignmentType":{"ValueString":"SELF"}}`,
		`{"connect:Subtype":{"ValueString":"connect:Task"}}`, `{"a b":{}}`, `{"a":{"ValueList":[]}}`, `null`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, attributes string) {
		in, err := readSegments(attributes)
		if err != nil {
			return
		}
		got, err := segment(in)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "SegmentAttributes") {
				t.Errorf("segment(%s) = %v, which does not say what is wrong", attributes, err)
			}
			return
		}
		taken := len(got.Attributes)
		for _, is := range []bool{got.Life != 0, got.CreatedBy != "", got.SelfAssign} {
			if is {
				taken++
			}
		}
		if taken != len(in) {
			t.Errorf("segment(%s) = %+v: %d of %d were taken", attributes, got, taken, len(in))
		}
		checkTold(t, got)
	})
}

// checkTold tells of a contact with these attributes, and reads that.
func checkTold(t *testing.T, got engine.Segment) {
	t.Helper()
	told := segmentAttributes(arn.Instance{ID: "i"}, &contact.Contact{
		Segment: got.Attributes, Life: got.Life, CreatedBy: got.CreatedBy, SelfAssigned: got.SelfAssign,
	})
	delete(told, contact.SegmentSubtype) // a caller cannot set these two
	delete(told[contactExpiry].ValueMap, expiryTimestamp)
	if got.Life == 0 {
		delete(told, contactExpiry)
	}
	again, err := segment(told)
	if err != nil {
		t.Fatalf("what is told of %+v is refused: %v", got, err)
	}
	again.CreatedBy = got.CreatedBy // told as an ARN
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("what is told differs (-taken +told):\n%s", diff)
	}
}

// FuzzNextToken: any token is refused, or leads to a page of the list, however the caller came by it.
func FuzzNextToken(f *testing.F) {
	items := []string{"", "a", "b", "b0", "c", "ü"}
	key := func(s string) string { return s }
	now := time.Unix(1900000000, 0)
	for _, text := range []string{
		`{"of":"list","after":"b","until":1900000100}`, `{"of":"list","after":"zz","until":1900000100}`,
		`{"of":"list","until":9223372036854775807}`, `{"of":"other","after":"b","until":1900000100}`,
		`{"of":"list","after":"b","until":1}`, `{"of":"list","after":5}`, `null`, `[]`, `{}`, ``,
	} {
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(text)), int64(2))
	}
	f.Add("not base64!", int64(0))
	f.Fuzz(func(t *testing.T, token string, size int64) {
		size = max(0, min(size, 100)) // the request was checked
		got, next, err := page(items, key, "list", &token, &size, 4, now)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || next != nil || got != nil {
				t.Errorf("page = %v, %v, %v", got, next, err)
			}
			return
		}
		if len(got) > 4 || int64(len(got)) > size || !isPart(items, got) {
			t.Errorf("page of %d = %q", size, got)
		}
		if next == nil {
			return
		}
		if rest, _, err := page(items, key, "list", next, nil, 100, now); err != nil || len(rest) == 0 || !isPart(items, append(got, rest...)) {
			t.Errorf("after %q comes %q, %v", got, rest, err)
		}
	})
}

// isPart reports whether some items stand in the list as they are.
func isPart(items, some []string) bool {
	for i := range len(items) - len(some) + 1 {
		if slices.Equal(items[i:i+len(some)], some) {
			return true
		}
	}
	return false
}

// Page by page, whatever their size, one sees every item once; also when the list changes meanwhile.
func TestPagesShowEveryItemOnce(t *testing.T) {
	t.Parallel()
	var items []string
	for i := range 23 {
		items = append(items, fmt.Sprintf("item %02d", i))
	}
	key := func(s string) string { return s }
	now := time.Unix(1900000000, 0)
	for size := int64(1); size < 25; size++ {
		var seen []string
		var token *string
		list := items
		for {
			got, next, err := page(list, key, "list", token, &size, 10, now)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, got...)
			if token = next; token == nil {
				break
			}
			list = append([]string{"item"}, items...) // one has come in front
		}
		if !slices.Equal(seen, items) {
			t.Errorf("in pages of %d: %q", size, seen)
		}
	}
}
