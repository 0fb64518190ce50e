package engine_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

// office is an engine with a task that files can be attached to.
type office struct {
	*testing.T
	store  *store.Store
	engine *engine.Engine
	flow   string
	task   string // id
	arn    string // of the task
}

func openOffice(t *testing.T, quotas map[string]int) *office {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	e, err := engine.New(engine.Options{Store: st, Quotas: quotas})
	if err != nil {
		t.Fatal(err)
	}
	i := arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}
	stock, err := e.Bootstrap(t.Context(), engine.First{
		Instance:  directory.Instance{Instance: i, Alias: "tasklane"},
		AccessKey: directory.AccessKey{ID: "k", Secret: "s", Account: "000000000000"},
		NewID:     func(arn.Kind, string) string { return uuid.NewString() },
		Admin:     directory.User{Username: "admin"}, Agent: directory.User{Username: "agent"},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{T: t, store: st, engine: e, flow: stock.Flow}
	if o.task, err = o.start(); err != nil {
		t.Fatal(err)
	}
	o.arn = i.Of(arn.Contact, o.task)
	return o
}

func (o *office) start(files ...engine.Attachment) (string, error) {
	return o.engine.StartTask(o.Context(), instance, engine.StartTask{Flow: o.flow, Name: "task", Attachments: files})
}

func (o *office) upload(name string, size int64) (*attachment.File, error) {
	return o.engine.StartUpload(o.Context(), instance, o.arn, engine.NewFile{Name: name, Size: size})
}

func reason(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	return f.Reason
}

func TestLastPlaceIsTakenOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t, map[string]int{engine.QuotaFiles: 3})
	var taken atomic.Int64
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			_, err := o.upload(fmt.Sprintf("%d.txt", i), 1)
			switch {
			case err == nil:
				taken.Add(1)
			case reason(err) != attachment.TooManyFiles && !fault.Is(err, fault.Contended):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 3 {
		t.Errorf("%d uploads began, want 3", taken.Load())
	}
}

func TestFileQuotas(t *testing.T) {
	t.Parallel()
	o := openOffice(t, map[string]int{
		engine.QuotaFileMegabytes: 2, engine.QuotaFiles: 2, engine.QuotaFilesMegabytes: 3,
	})
	if _, err := o.upload("a.txt", 2<<20+1); reason(err) != attachment.InvalidSize {
		t.Errorf("too large: %v", err)
	}
	first, err := o.upload("a.txt", 2<<20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.upload("b.txt", 1<<20+1); reason(err) != attachment.TooManyBytes {
		t.Errorf("too large together: %v", err)
	}
	if _, err := o.upload("b.txt", 1<<20); err != nil {
		t.Error(err)
	}
	if _, err := o.upload("c.txt", 1); reason(err) != attachment.TooManyFiles {
		t.Errorf("too many: %v", err)
	}
	if err := o.engine.DeleteFile(t.Context(), instance, o.arn, first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.upload("c.txt", 1); err != nil {
		t.Errorf("after one was deleted: %v", err)
	}
	if _, err := o.start(engine.Attachment{}, engine.Attachment{}, engine.Attachment{}); !fault.Is(err, fault.Quota) || reason(err) != "" {
		t.Errorf("a task with too many files: %v", err)
	}
}

func TestFetchedFileMustHaveRoom(t *testing.T) {
	t.Parallel()
	o := openOffice(t, map[string]int{engine.QuotaFilesMegabytes: 1})
	task, err := o.start(engine.Attachment{Name: "a.txt", URL: "https://bucket/a"}, engine.Attachment{Name: "b.txt", URL: "https://bucket/b"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"APPROVED", "REJECTED"}
	files, err := o.store.Files(t.Context(), instance, task)
	if err != nil || len(files) != 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for i, f := range files {
		claimed, err := o.engine.ClaimFile(t.Context(), instance, f.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		unwanted, err := o.engine.EndFetch(t.Context(), instance, claimed, attachment.Outcome{State: attachment.Approved, Size: 1 << 20})
		if err != nil || unwanted != (want[i] == "REJECTED") {
			t.Errorf("EndFetch = %t, %v", unwanted, err)
		}
		if got, _ := o.engine.File(t.Context(), instance, f.ID); got.Status() != want[i] {
			t.Errorf("file %d is %s, want %s", i, got.Status(), want[i])
		}
	}
}

func TestLateFetchChangesNothing(t *testing.T) {
	t.Parallel()
	o := openOffice(t, nil)
	task, err := o.start(engine.Attachment{Name: "a.txt", URL: "https://bucket/a"})
	if err != nil {
		t.Fatal(err)
	}
	files, _ := o.store.Files(t.Context(), instance, task)
	claim := func() *attachment.File {
		f, err := o.engine.ClaimFile(t.Context(), instance, files[0].ID, 0)
		if err != nil || f == nil {
			t.Fatalf("ClaimFile = %v, %v", f, err)
		}
		return f
	}
	late, second := claim(), claim() // the first claim ran out
	if unwanted, err := o.engine.EndFetch(t.Context(), instance, late, attachment.Outcome{State: attachment.Failed}); unwanted || err != nil {
		t.Errorf("EndFetch of the late one = %t, %v", unwanted, err)
	}
	if f, _ := o.engine.File(t.Context(), instance, files[0].ID); f.State != attachment.Fetching {
		t.Errorf("the late fetch made the file %s", f.State)
	}
	if _, err := o.engine.EndFetch(t.Context(), instance, second, attachment.Outcome{State: attachment.Approved, Size: 1}); err != nil {
		t.Error(err)
	}
	if f, err := o.engine.ClaimFile(t.Context(), instance, files[0].ID, 0); f != nil || err != nil {
		t.Errorf("ClaimFile of an approved file = %v, %v", f, err)
	}
}

func TestFilesGoWithTheirContact(t *testing.T) {
	t.Parallel()
	o := openOffice(t, nil)
	f, err := o.upload("a.txt", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.engine.CompleteUpload(t.Context(), instance, o.arn, f.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.engine.Stop(t.Context(), instance, o.task); err != nil {
		t.Fatal(err)
	}
	if err := o.store.SetOffset(t.Context(), 800*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.Forget(t.Context(), instance, o.engine.Now()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.engine.Contact(t.Context(), instance, o.task); !fault.Is(err, fault.NotFound) {
		t.Errorf("Contact after 800 days = %v, want not found", err)
	}
	due, err := o.engine.DueFiles(t.Context(), instance, 10)
	if err != nil || len(due) != 1 || due[0].State != attachment.Deleted {
		t.Errorf("due %v, %v; want the file to be removed", due, err)
	}
}

func TestTransferredTaskHasItsFiles(t *testing.T) {
	t.Parallel()
	o := openOffice(t, nil)
	ctx := t.Context()
	task, err := o.start(engine.Attachment{Name: "a.txt", URL: "https://bucket/a"})
	if err != nil {
		t.Fatal(err)
	}
	files, _ := o.store.Files(ctx, instance, task)
	next, err := o.engine.Transfer(ctx, instance, engine.TransferTask{Contact: task, Flow: o.flow})
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := o.engine.ClaimFile(ctx, instance, files[0].ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.engine.EndFetch(ctx, instance, claimed, attachment.Outcome{State: attachment.Approved, Size: 1}); err != nil {
		t.Fatal(err)
	}
	references := func(id string) []string {
		t.Helper()
		c, _, err := o.engine.Contact(ctx, instance, id)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for name, r := range c.References {
			all = append(all, name+" "+r.Status)
		}
		return all
	}
	for _, id := range []string{task, next} {
		if got := references(id); len(got) != 1 || got[0] != "a.txt APPROVED" {
			t.Errorf("references of %s: %v", id, got)
		}
	}
	i, _ := o.engine.Instance(instance)
	resource := i.Of(arn.Contact, next)
	if f, err := o.engine.AttachedFile(ctx, instance, resource, files[0].ID); err != nil || f.Contact != task {
		t.Errorf("AttachedFile of the new contact = %v, %v", f, err)
	}
	if all, err := o.engine.AttachedFiles(ctx, instance, resource); err != nil || all[files[0].ID] == nil {
		t.Errorf("AttachedFiles of the new contact = %v, %v", all, err)
	}
	if _, err := o.engine.AttachedFile(ctx, instance, o.arn, files[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("AttachedFile of another contact = %v", err)
	}
	if err := o.engine.DeleteFile(ctx, instance, resource, files[0].ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{task, next} {
		if got := references(id); len(got) > 0 {
			t.Errorf("references of %s after the file was deleted: %v", id, got)
		}
	}
}
