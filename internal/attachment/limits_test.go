package attachment

import (
	"errors"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func reason(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	return f.Reason
}

func TestCheckName(t *testing.T) {
	tests := []struct{ name, reason string }{
		{"report.pdf", ""},
		{"Größe & Preis (2).XLSX", ""},
		{"a.b.c.jpeg", ""},
		{".txt", ""},
		{strings.Repeat("ä", 252) + ".txt", ""},
		{strings.Repeat("ä", 253) + ".txt", InvalidName},
		{"", InvalidName},
		{"a\nb.txt", InvalidName},
		{"a\u202eb.txt", InvalidName}, // turns the rest around
		{"a\xffb.txt", InvalidName},
		{"../a.txt", InvalidName},
		{`..\a.txt`, InvalidName},
		{"/etc/passwd", InvalidName},
		{"..", InvalidName},
		{" . ", InvalidName},
		{"virus.exe", InvalidType},
		{"page.html", InvalidType},
		{"pdf", InvalidType},
		{"a.pdf ", InvalidType},
		{"a.pdf.", InvalidType},
	}
	for _, tt := range tests {
		err := CheckName(tt.name)
		if got := reason(err); got != tt.reason || (err == nil) != (tt.reason == "") {
			t.Errorf("CheckName(%q) = %v (%s), want %q", tt.name, err, got, tt.reason)
		}
	}
}

func TestContentType(t *testing.T) {
	for name, want := range map[string]string{
		"a.PDF": "application/pdf", "a.jfif": "image/jpeg", "a.csv": "text/csv", "a": "application/octet-stream",
		"a.html": "application/octet-stream",
	} {
		if got := ContentType(name); got != want {
			t.Errorf("ContentType(%s) = %s, want %s", name, got, want)
		}
	}
}

func TestCheckSource(t *testing.T) {
	tests := []struct {
		source string
		ok     bool
	}{
		{"https://bucket.s3.us-east-1.amazonaws.com/k?X-Amz-Signature=1", true},
		{"http://localhost:4566/bucket/k", true},
		{"HTTPS://bucket/k", true},
		{"https://[::1]:9000/k", true},
		{"", false},
		{"bucket/k", false},
		{"//bucket/k", false},
		{"https:///k", false},
		{"https://:80/k", false},
		{"file:///etc/passwd", false},
		{"gopher://bucket/k", false},
		{"s3://bucket/k", false},
		{"https://user:secret@bucket/k", false},
		{"https://bucket/\x7f", false},
		{"https://bucket/" + strings.Repeat("k", 2000), false},
	}
	for _, tt := range tests {
		if err := CheckSource(tt.source); (err == nil) != tt.ok || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("CheckSource(%q) = %v, want ok %t", tt.source, err, tt.ok)
		}
	}
}

func TestLimits(t *testing.T) {
	l := Limits{Megabytes: 20, Files: 3, TotalMegabytes: 30}
	for size, want := range map[int64]string{1: "", 20 << 20: "", 20<<20 + 1: InvalidSize, 0: InvalidSize, -1: InvalidSize} {
		if got := reason(l.CheckSize(size)); got != want {
			t.Errorf("CheckSize(%d) = %q, want %q", size, got, want)
		}
	}
	if err := (Limits{}).CheckSize(1 << 40); err != nil {
		t.Errorf("without a limit: CheckSize = %v", err)
	}
	has := []*File{
		{State: Approved, Size: 10 << 20}, {State: Fetching}, {State: Deleted, Size: 100 << 20},
	}
	rejected := &File{State: Rejected, Size: 100 << 20}
	tests := []struct {
		name  string
		files []*File
		more  int
		bytes int64
		want  string
	}{
		{"room", has, 1, 20 << 20, ""},
		{"a byte too many", has, 1, 20<<20 + 1, TooManyBytes},
		{"a file too many", has, 2, 0, TooManyFiles},
		{"a rejected file has no bytes", append(has, rejected), 0, 20 << 20, ""},
		{"a rejected file is a file", append(has, rejected), 1, 1, TooManyFiles},
	}
	for _, tt := range tests {
		err := l.CheckTotal(tt.files, tt.more, tt.bytes)
		if got := reason(err); got != tt.want || err != nil && !fault.Is(err, fault.Quota) {
			t.Errorf("%s: CheckTotal = %v (%s), want %q", tt.name, err, got, tt.want)
		}
	}
	if err := (Limits{}).CheckTotal(has, 100, 1<<40); err != nil {
		t.Errorf("without limits: CheckTotal = %v", err)
	}
}
