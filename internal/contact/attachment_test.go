package contact

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAttachmentsAreReferences(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	before := References{"report.pdf": {Type: ReferenceURL, Value: "https://example.com"}}
	c := &Contact{ID: "c-1", References: before}
	updated := []Event{{Type: EventEdited, At: now, Updated: []string{"References"}}}
	for _, id := range []string{"f-1", "f-2"} {
		if diff := cmp.Diff(updated, c.Attach("report.pdf", Reference{Value: id, Status: "PROCESSING"}, now)); diff != "" {
			t.Errorf("Attach (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff(updated, c.AttachmentChanged("f-2", "REJECTED", "too large", now)); diff != "" {
		t.Errorf("AttachmentChanged (-want +got):\n%s", diff)
	}
	want := References{
		"report.pdf":     {Type: ReferenceURL, Value: "https://example.com", Place: 1},
		"report.pdf (2)": {Type: ReferenceAttachment, Value: "f-1", Status: "PROCESSING", Place: 2},
		"report.pdf (3)": {Type: ReferenceAttachment, Value: "f-2", Status: "REJECTED", StatusReason: "too large", Place: 3},
	}
	if diff := cmp.Diff(want, c.References); diff != "" {
		t.Errorf("References (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(updated, c.Detach("f-1", now)); diff != "" {
		t.Errorf("Detach (-want +got):\n%s", diff)
	}
	delete(want, "report.pdf (2)")
	if diff := cmp.Diff(want, c.References); diff != "" || !c.Updated.Equal(now) {
		t.Errorf("after Detach, updated %v (-want +got):\n%s", c.Updated, diff)
	}
	if len(before) != 1 {
		t.Errorf("the map that other copies may share was changed: %v", before)
	}
}

func TestFileWithoutReferenceChangesNothing(t *testing.T) {
	c := &Contact{References: References{"a": {Type: ReferenceString, Value: "f-1"}}}
	if events := c.Detach("f-1", time.Time{}); events != nil {
		t.Errorf("Detach = %v", events)
	}
	if events := c.AttachmentChanged("f-1", "FAILED", "", time.Time{}); events != nil {
		t.Errorf("AttachmentChanged = %v", events)
	}
	if len(c.References) != 1 {
		t.Errorf("References = %v", c.References)
	}
}
