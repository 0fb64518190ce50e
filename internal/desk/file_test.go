package desk

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

const report = "all that was sent back"

// inHand has the agent accept a new task.
func (w *world) inHand() string {
	w.t.Helper()
	id := w.ring()
	w.must("AcceptContact", object{"contactId": id})
	return id
}

// ours makes a call of our own that succeeds.
func (w *world) ours(operation string, members any) object {
	w.t.Helper()
	status, out := w.own(operation, members)
	if status != http.StatusOK {
		w.t.Fatalf("%s: %d %v", operation, status, out)
	}
	return out
}

// refused makes a call of our own that fails with a type.
func (w *world) refused(operation string, members any, want string) {
	w.t.Helper()
	if status, out := w.own(operation, members); status < 400 || out["__type"] != want || out["message"] == "" {
		w.t.Errorf("%s %v: %d %v, want %s", operation, members, status, out, want)
	}
}

// upload begins to attach the report to a task, and puts its bytes where the answer says.
func (w *world) upload(id, token string) (file string) {
	w.t.Helper()
	begun := w.ours("StartAttachedFileUpload", object{
		"contactId": id, "fileName": "report.txt", "fileSizeInBytes": len(report), "idempotencyToken": token,
	})
	r, _ := http.NewRequest(http.MethodPut, w.server.URL+begun["uploadUrl"].(string), strings.NewReader(report))
	for name, value := range begun["headersToInclude"].(object) {
		r.Header.Set(name, value.(string))
	}
	if res, text := w.do(r); res.StatusCode != http.StatusOK {
		w.t.Fatalf("PUT %s: %s %s", r.URL, res.Status, text)
	}
	return begun["fileId"].(string)
}

func (w *world) attach(id string) (file string) {
	w.t.Helper()
	file = w.upload(id, "")
	w.ours("CompleteAttachedFileUpload", object{"contactId": id, "fileId": file})
	return file
}

func TestAgentAttachesAFileAndGetsItBack(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.inHand()
	limits := w.must("GetAgentConfiguration", object{})["configuration"].(object)["attachments"].(object)
	if limits["maxBytes"] != 20.0*(1<<20) || !slices.Contains(limits["extensions"].([]any), any("pdf")) {
		t.Errorf("limits are %v, want 20 MB and PDF among the types", limits)
	}
	file := w.upload(id, "t-1")
	if again := w.upload(id, "t-1"); again != file {
		t.Errorf("the same token began file %s, and now %s", file, again)
	}
	if out := w.ours("GetAttachedFiles", object{"contactId": id}); len(out["files"].([]any)) != 0 {
		t.Errorf("while it is uploaded: %v, want no files", out)
	}
	w.refused("GetAttachedFile", object{"contactId": id, "fileId": file}, "ResourceNotFoundException")
	w.ours("CompleteAttachedFileUpload", object{"contactId": id, "fileId": file})
	w.ours("CompleteAttachedFileUpload", object{"contactId": id, "fileId": file})

	all := w.ours("GetAttachedFiles", object{"contactId": id})["files"].([]any)
	if len(all) != 1 || all[0].(object)["fileName"] != "report.txt" || all[0].(object)["fileSizeInBytes"] != float64(len(report)) ||
		all[0].(object)["fileStatus"] != "APPROVED" || all[0].(object)["own"] != true {
		t.Fatalf("files are %v, want the report", all)
	}
	reference := w.must("GetAgentSnapshot", object{})["snapshot"].(object)["contacts"].([]any)[0].(object)["references"].(object)["report.txt"].(object)
	if reference["type"] != "ATTACHMENT" || reference["value"] != file || reference["status"] != "APPROVED" {
		t.Errorf("the snapshot tells of it as %v", reference)
	}

	one := w.ours("GetAttachedFile", object{"contactId": id, "fileId": file})
	res, text := w.get(one["downloadUrl"].(string))
	if text != report || res.Header.Get("Content-Disposition") != `attachment; filename=report.txt` || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("download: %s %q %v", res.Status, text, res.Header)
	}
	if life := time.Until(time.UnixMilli(int64(one["urlExpiry"].(float64) * 1000))); life <= 0 || life > linkLife {
		t.Errorf("the address lives for %s, want at most %s", life, linkLife)
	}
	words, events := w.happened(id)
	if last := len(words) - 1; words[last] != "EDITED" || events[last]["updated"].([]any)[0] != "References" {
		t.Errorf("the history ends with %v", events[last])
	}
	w.ours("DeleteAttachedFile", object{"contactId": id, "fileId": file})
	w.refused("GetAttachedFile", object{"contactId": id, "fileId": file}, "ResourceNotFoundException")
	if res, _ := w.get(one["downloadUrl"].(string)); res.StatusCode != http.StatusNotFound {
		t.Errorf("the address of before gives %s, want 404", res.Status)
	}
}

func TestFilesAreForThoseWhoHaveTheTask(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	file := w.attachByAPI(id)
	mine := object{"contactId": id, "fileId": file}
	w.ours("GetAttachedFile", mine) // it rings: what is attached helps to decide
	w.refused("StartAttachedFileUpload", object{"contactId": id, "fileName": "a.txt", "fileSizeInBytes": 1}, "ResourceNotFoundException")
	w.must("AcceptContact", object{"contactId": id})
	w.refused("DeleteAttachedFile", mine, "AccessDeniedException")
	own := object{"contactId": id, "fileId": w.attach(id)}

	token := w.token
	w.hire("bo", "Agent")
	for _, operation := range []string{"GetAttachedFile", "GetAttachedFiles", "CompleteAttachedFileUpload", "DeleteAttachedFile"} {
		w.refused(operation, mine, "ResourceNotFoundException")
	}
	w.refused("StartAttachedFileUpload", object{"contactId": id, "fileName": "a.txt", "fileSizeInBytes": 1}, "ResourceNotFoundException")

	w.token = token
	w.hangUp(id)
	w.ours("GetAttachedFile", mine) // after-contact work
	w.ours("DeleteAttachedFile", own)
	w.must("ClearContact", object{"contactId": id})
	w.refused("GetAttachedFile", mine, "ResourceNotFoundException")

	other := w.inHand()
	w.refused("GetAttachedFile", object{"contactId": other, "fileId": file}, "ResourceNotFoundException")
}

// attachByAPI attaches a file as a caller of the API does.
func (w *world) attachByAPI(id string) (file string) {
	w.t.Helper()
	i, err := w.engine.Instance(instance)
	if err != nil {
		w.t.Fatal(err)
	}
	f, err := w.engine.StartUpload(w.t.Context(), instance, i.Of(arn.Contact, id), engine.NewFile{Name: "evidence.txt", Size: 3})
	if err == nil {
		err = w.engine.CompleteUpload(w.t.Context(), instance, i.Of(arn.Contact, id), f.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return f.ID
}

func TestAFileGoesAlongWithATransfer(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.inHand()
	file := w.attach(id)
	w.must("TransferContact", object{"contactId": id, "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)}})
	w.must("ClearContact", object{"contactId": id})
	next := w.made(object{"contactId": id}).Next
	w.offer(next)
	one := w.ours("GetAttachedFile", object{"contactId": next, "fileId": file})
	if _, text := w.get(one["downloadUrl"].(string)); text != report {
		t.Errorf("download is %q, want %q", text, report)
	}
}

func TestAFileThatCannotBeHadSaysWhy(t *testing.T) {
	w := signedIn(t)
	w.available()
	id, err := w.engine.StartTask(t.Context(), instance, engine.StartTask{
		Flow: w.stock.Flow, Name: "With a file", Attachments: []engine.Attachment{{Name: "photo.png", URL: "https://files.example/photo"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.offer(id)
	one := func() object {
		return w.ours("GetAttachedFiles", object{"contactId": id})["files"].([]any)[0].(object)
	}
	if f := one(); f["fileStatus"] != "PROCESSING" || f["own"] != false {
		t.Errorf("before it was fetched: %v", f)
	}
	if out := w.ours("GetAttachedFile", object{"contactId": id, "fileId": one()["fileId"]}); out["downloadUrl"] != nil {
		t.Errorf("there is an address of a file that is not there: %v", out)
	}
	f, err := w.engine.ClaimFile(t.Context(), instance, one()["fileId"].(string), time.Minute)
	if err == nil {
		_, err = w.engine.EndFetch(t.Context(), instance, f, attachment.Outcome{State: attachment.Rejected, Reason: "The file is too large"})
	}
	if err != nil {
		t.Fatal(err)
	}
	if f := one(); f["fileStatus"] != "REJECTED" || f["statusReason"] != "The file is too large" {
		t.Errorf("when it was refused: %v", f)
	}
}

func TestAgentAttachesFilesToATaskOfTheirMaking(t *testing.T) {
	inFakeTime(t, func(w *world) {
		made := w.must("CreateTaskContact", object{
			"name": "Call back", "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)},
		})["contactId"].(string)
		w.attach(made)
		if c := w.made(object{"contactId": made}); c.References["report.txt"].Type != contact.ReferenceAttachment {
			w.t.Errorf("references are %v, want the report", c.References)
		}
		time.Sleep(attachWithin)
		start := object{"contactId": made, "fileName": "a.txt", "fileSizeInBytes": 1}
		w.refused("StartAttachedFileUpload", start, "ResourceNotFoundException")
	})
}

func TestWhatCannotBeAttachedIsRefused(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.inHand()
	for name, tt := range map[string]struct {
		file string
		size int
		want string
	}{
		"no name":    {"", 1, "ValidationException"},
		"a path":     {"../a.txt", 1, "ValidationException"},
		"a program":  {"setup.exe", 1, "ValidationException"},
		"empty":      {"a.txt", 0, "ValidationException"},
		"too large":  {"a.txt", 20<<20 + 1, "ValidationException"},
		"negative":   {"a.txt", -1, "ValidationException"},
		"right size": {"a.txt", 20 << 20, ""},
	} {
		members := object{"contactId": id, "fileName": tt.file, "fileSizeInBytes": tt.size}
		if tt.want == "" {
			w.ours("StartAttachedFileUpload", members)
			continue
		}
		t.Run(name, func(*testing.T) { w.refused("StartAttachedFileUpload", members, tt.want) })
	}
	w.refused("StartAttachedFileUpload", object{"fileName": "a.txt", "fileSizeInBytes": 1}, "ValidationException")
	w.refused("StartAttachedFileUpload", object{"contactId": id, "fileName": "a.txt", "fileSizeInBytes": "one"}, "SerializationException")
	w.refused("GetAttachedFile", object{"contactId": id}, "ValidationException")
	w.refused("GetAttachedFile", object{"contactId": id, "fileId": unknown}, "ResourceNotFoundException")
	w.refused("CompleteAttachedFileUpload", object{"contactId": id, "fileId": w.attachByAPI(id)}, "ResourceNotFoundException")
	begun := w.ours("StartAttachedFileUpload", object{"contactId": id, "fileName": "late.txt", "fileSizeInBytes": 4})
	w.refused("CompleteAttachedFileUpload", object{"contactId": id, "fileId": begun["fileId"]}, "InvalidStateException")
	for i := range 60 { // more than a task can have
		status, out := w.own("StartAttachedFileUpload", object{"contactId": id, "fileName": fmt.Sprintf("%d.txt", i), "fileSizeInBytes": 1})
		if status != http.StatusOK {
			if out["__type"] != "QuotaExceededException" {
				t.Errorf("file %d: %v", i, out)
			}
			return
		}
	}
	t.Error("60 files are more than 50, and were taken")
}
