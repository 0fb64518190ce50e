package awsapi_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// filing is a server with a task to attach files to.
type filing struct {
	*servertest.Server
	t    *testing.T
	task string // id
	arn  string // of the task
}

func newFiling(t *testing.T, change ...func(*server.Config)) *filing {
	t.Helper()
	f := &filing{Server: servertest.New(t, change...), t: t}
	f.task = f.StartTask("Check the claim")
	f.arn = f.InstanceARN + "/contact/" + f.task
	return f
}

func (f *filing) start(in connect.StartAttachedFileUploadInput) (*connect.StartAttachedFileUploadOutput, error) {
	in.InstanceId, in.AssociatedResourceArn = &f.InstanceID, &f.arn
	if in.FileUseCaseType == "" {
		in.FileUseCaseType = types.FileUseCaseTypeAttachment
	}
	return f.Client().StartAttachedFileUpload(context.Background(), &in)
}

// upload attaches a file and returns its id.
func (f *filing) upload(name, bytes string) string {
	f.t.Helper()
	out, err := f.start(connect.StartAttachedFileUploadInput{FileName: &name, FileSizeInBytes: aws.Int64(int64(len(bytes)))})
	if err != nil {
		f.t.Fatal(err)
	}
	f.put(out.UploadUrlMetadata, bytes)
	if err := f.complete(*out.FileId); err != nil {
		f.t.Fatal(err)
	}
	return *out.FileId
}

func (f *filing) put(to *types.UploadUrlMetadata, bytes string) {
	f.t.Helper()
	r, err := http.NewRequest(http.MethodPut, *to.Url, strings.NewReader(bytes))
	if err != nil {
		f.t.Fatal(err)
	}
	for name, value := range to.HeadersToInclude {
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		f.t.Fatalf("PUT: %s %s", res.Status, text)
	}
}

func (f *filing) complete(id string) error {
	_, err := f.Client().CompleteAttachedFileUpload(context.Background(), &connect.CompleteAttachedFileUploadInput{
		InstanceId: &f.InstanceID, AssociatedResourceArn: &f.arn, FileId: &id,
	})
	return err
}

func (f *filing) get(id string, life *int32) (*connect.GetAttachedFileOutput, error) {
	return f.Client().GetAttachedFile(context.Background(), &connect.GetAttachedFileInput{
		InstanceId: &f.InstanceID, AssociatedResourceArn: &f.arn, FileId: &id, UrlExpiryInSeconds: life,
	})
}

func (f *filing) remove(id string) error {
	_, err := f.Client().DeleteAttachedFile(context.Background(), &connect.DeleteAttachedFileInput{
		InstanceId: &f.InstanceID, AssociatedResourceArn: &f.arn, FileId: &id,
	})
	return err
}

// attachments are the references of type ATTACHMENT of a contact.
func (f *filing) attachments(contact string) []types.AttachmentReference {
	f.t.Helper()
	out, err := f.Client().ListContactReferences(context.Background(), &connect.ListContactReferencesInput{
		InstanceId: &f.InstanceID, ContactId: &contact, ReferenceTypes: []types.ReferenceType{types.ReferenceTypeAttachment},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	var all []types.AttachmentReference
	for _, r := range out.ReferenceSummaryList {
		all = append(all, r.(*types.ReferenceSummaryMemberAttachment).Value)
	}
	return all
}

func download(t *testing.T, url string) (status int, body string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func TestFileIsAttachedAndRead(t *testing.T) {
	t.Parallel()
	f := newFiling(t, servertest.Frozen)
	user := &types.CreatedByInfoMemberConnectUserArn{Value: f.InstanceARN + "/agent/" + f.Agent.UserID}
	begun, err := f.start(connect.StartAttachedFileUploadInput{
		FileName: aws.String("Claim 12.PDF"), FileSizeInBytes: aws.Int64(5), UrlExpiryInSeconds: aws.Int32(60),
		CreatedBy: user, Tags: map[string]string{"team": "claims"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if begun.FileStatus != types.FileStatusTypeProcessing || *begun.FileArn != f.InstanceARN+"/file/"+*begun.FileId {
		t.Errorf("begun: %s %s", begun.FileStatus, *begun.FileArn)
	}
	if diff := cmp.Diff(map[string]string{"Content-Type": "application/pdf"}, begun.UploadUrlMetadata.HeadersToInclude); diff != "" {
		t.Errorf("HeadersToInclude (-want +got):\n%s", diff)
	}
	for _, at := range []*string{begun.CreationTime, begun.UploadUrlMetadata.UrlExpiry} {
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", *at); err != nil {
			t.Error(err)
		}
	}
	if got, err := f.get(*begun.FileId, nil); err != nil || got.DownloadUrlMetadata != nil || got.FileStatus != types.FileStatusTypeProcessing {
		t.Errorf("before it is complete: %+v, %v", got, err)
	}
	if refs := f.attachments(f.task); len(refs) > 0 {
		t.Errorf("before it is complete the task refers to %v", refs)
	}
	f.put(begun.UploadUrlMetadata, "hello")
	if err := f.complete(*begun.FileId); err != nil {
		t.Fatal(err)
	}
	got, err := f.get(*begun.FileArn, aws.Int32(5)) // an ARN does as well
	if err != nil {
		t.Fatal(err)
	}
	if *got.FileName != "Claim 12.PDF" || *got.FileSizeInBytes != 5 || got.FileStatus != types.FileStatusTypeApproved ||
		*got.AssociatedResourceArn != f.arn || got.FileUseCaseType != types.FileUseCaseTypeAttachment || got.Tags["team"] != "claims" ||
		*got.CreationTime != *begun.CreationTime || got.CreatedBy.(*types.CreatedByInfoMemberConnectUserArn).Value != user.Value {
		t.Errorf("GetAttachedFile = %+v", got)
	}
	if status, body := download(t, *got.DownloadUrlMetadata.Url); status != http.StatusOK || body != "hello" {
		t.Errorf("download: %d %s", status, body)
	}
	want := []types.AttachmentReference{{
		Name: got.FileName, Value: got.FileId, Arn: got.FileArn, Status: types.ReferenceStatusApproved,
	}}
	if diff := cmp.Diff(want, f.attachments(f.task), cmp.AllowUnexported(types.AttachmentReference{}), cmp.Comparer(func(x, y types.AttachmentReference) bool {
		return *x.Name == *y.Name && *x.Value == *y.Value && *x.Arn == *y.Arn && x.Status == y.Status
	})); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	f.Advance(6 * time.Second)
	if status, body := download(t, *got.DownloadUrlMetadata.Url); status != http.StatusForbidden || !strings.Contains(body, "expired") {
		t.Errorf("after 6 s: %d %s", status, body)
	}
}

func TestFilesOfATask(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	one, two := f.upload("a.txt", "one"), f.upload("a.txt", "two")
	names := map[string]string{}
	for _, r := range f.attachments(f.task) {
		names[*r.Value] = *r.Name
	}
	if diff := cmp.Diff(map[string]string{one: "a.txt", two: "a.txt (2)"}, names); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	batch := func() (found, missing []string) {
		t.Helper()
		out, err := f.Client().BatchGetAttachedFileMetadata(context.Background(), &connect.BatchGetAttachedFileMetadataInput{
			InstanceId: &f.InstanceID, AssociatedResourceArn: &f.arn, FileIds: []string{two, unknown, one},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range out.Files {
			found = append(found, *file.FileId)
		}
		for _, e := range out.Errors {
			if *e.ErrorCode != "ResourceNotFoundException" || !strings.Contains(*e.ErrorMessage, *e.FileId) {
				t.Errorf("error %s %s", *e.ErrorCode, *e.ErrorMessage)
			}
			missing = append(missing, *e.FileId)
		}
		return found, missing
	}
	found, missing := batch()
	if diff := cmp.Diff([][]string{{two, one}, {unknown}}, [][]string{found, missing}); diff != "" {
		t.Errorf("batch (-want +got):\n%s", diff)
	}
	link, err := f.get(one, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.remove(one); err != nil {
		t.Fatal(err)
	}
	found, missing = batch()
	if diff := cmp.Diff([][]string{{two}, {unknown, one}}, [][]string{found, missing}); diff != "" {
		t.Errorf("batch after one was deleted (-want +got):\n%s", diff)
	}
	if status, _ := download(t, *link.DownloadUrlMetadata.Url); status != http.StatusNotFound {
		t.Errorf("download of a deleted file: %d", status)
	}
	if refs := f.attachments(f.task); len(refs) != 1 || *refs[0].Value != two {
		t.Errorf("references after one was deleted: %v", refs)
	}
	for name, err := range map[string]error{"DeleteAttachedFile": f.remove(one), "CompleteAttachedFileUpload": f.complete(one)} {
		if e, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok {
			t.Errorf("%s of a deleted file = %v, %v", name, err, e)
		}
	}
}

func TestUploadIsIdempotent(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	in := connect.StartAttachedFileUploadInput{
		FileName: aws.String("a.txt"), FileSizeInBytes: aws.Int64(5), ClientToken: aws.String("T"),
	}
	one, err := f.start(in)
	if err != nil {
		t.Fatal(err)
	}
	in.UrlExpiryInSeconds = aws.Int32(5) // says nothing about the file
	two, err := f.start(in)
	if err != nil || *two.FileId != *one.FileId || *two.CreationTime != *one.CreationTime {
		t.Errorf("again: %+v, %v, want file %s", two, err, *one.FileId)
	}
	in.FileName = aws.String("b.txt")
	if _, err := f.start(in); err == nil || !strings.Contains(err.Error(), "ClientToken") {
		t.Errorf("with another name: %v", err)
	}
}

func TestUploadIsRefused(t *testing.T) {
	t.Parallel()
	f := newFiling(t, func(c *server.Config) { c.Quota = map[string]int{"files-per-contact": 1} })
	type input = connect.StartAttachedFileUploadInput
	ok := func() input { return input{FileName: aws.String("a.txt"), FileSizeInBytes: aws.Int64(5)} }
	for _, tt := range []struct {
		name   string
		change func(*input)
		reason types.AttachedFileInvalidRequestExceptionReason
		says   string
	}{
		{"path", func(in *input) { in.FileName = aws.String("../a.txt") }, types.AttachedFileInvalidRequestExceptionReasonInvalidFileName, "FileName"},
		{"type", func(in *input) { in.FileName = aws.String("a.exe") }, types.AttachedFileInvalidRequestExceptionReasonInvalidFileType, "exe"},
		{"size", func(in *input) { in.FileSizeInBytes = aws.Int64(20<<20 + 1) }, types.AttachedFileInvalidRequestExceptionReasonInvalidFileSize, "20 MB"},
		{"no size", func(in *input) { in.FileSizeInBytes = aws.Int64(0) }, "", "FileSizeInBytes"},
		{"use", func(in *input) { in.FileUseCaseType = types.FileUseCaseTypeEmailMessage }, "", "FileUseCaseType"},
		{"short life", func(in *input) { in.UrlExpiryInSeconds = aws.Int32(4) }, "", "UrlExpiryInSeconds"},
		{"long life", func(in *input) { in.UrlExpiryInSeconds = aws.Int32(301) }, "", "UrlExpiryInSeconds"},
		{"unknown user", func(in *input) { in.CreatedBy = &types.CreatedByInfoMemberConnectUserArn{Value: unknown} }, "", "user " + unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := ok()
			tt.change(&in)
			_, err := f.start(in)
			refused, is := errors.AsType[*types.InvalidRequestException](err)
			if !is || !strings.Contains(*refused.Message, tt.says) {
				t.Fatalf("%v, want InvalidRequestException with %q", err, tt.says)
			}
			var got types.AttachedFileInvalidRequestExceptionReason
			if r, is := refused.Reason.(*types.InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason); is {
				got = r.Value
			}
			if got != tt.reason {
				t.Errorf("reason %q, want %q", got, tt.reason)
			}
		})
	}
	for _, resource := range []string{
		f.task, f.InstanceARN + "/contact/", f.InstanceARN + "/contact/a/b", f.InstanceARN + "/agent/" + f.Agent.UserID,
		"arn:aws:cases:us-east-1:000000000000:domain/d/case/c",
		strings.Replace(f.arn, "1111", "2222", 1),
		f.InstanceARN + "/contact/" + unknown,
	} {
		other := *f
		other.arn = resource
		if _, err := other.start(ok()); err == nil {
			t.Errorf("a file was attached to %s", resource)
		} else if _, is := errors.AsType[*types.InvalidRequestException](err); !is {
			t.Errorf("attach to %s: %v", resource, err)
		}
		if _, err := other.get(unknown, nil); err == nil {
			t.Errorf("a file of %s was found", resource)
		}
	}
	f.upload("a.txt", "hello")
	_, err := f.start(ok())
	full, is := errors.AsType[*types.ServiceQuotaExceededException](err)
	if !is {
		t.Fatalf("a file too many: %v", err)
	}
	r, is := full.Reason.(*types.ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason)
	if !is || r.Value != types.AttachedFileServiceQuotaExceededExceptionReasonTotalFileCountExceeded {
		t.Errorf("reason %+v", full.Reason)
	}
}

func TestFileOfAnotherTaskIsNotFound(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	id := f.upload("a.txt", "hello")
	other := *f
	other.arn = f.InstanceARN + "/contact/" + f.StartTask("Another")
	_, err := other.get(id, nil)
	for name, err := range map[string]error{"get": err, "complete": other.complete(id), "delete": other.remove(id)} {
		if _, is := errors.AsType[*types.ResourceNotFoundException](err); !is {
			t.Errorf("%s = %v", name, err)
		}
	}
	out, err := f.start(connect.StartAttachedFileUploadInput{FileName: aws.String("b.txt"), FileSizeInBytes: aws.Int64(1)})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.complete(*out.FileId); err == nil || !strings.Contains(err.Error(), "has not been uploaded") {
		t.Errorf("complete without bytes = %v", err)
	}
}

func TestTaskStartsWithAttachments(t *testing.T) {
	t.Parallel()
	bucket := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, "hello")
	}))
	t.Cleanup(bucket.Close)
	f := newFiling(t)
	out, err := f.Client().StartTaskContact(context.Background(), &connect.StartTaskContactInput{
		InstanceId: &f.InstanceID, ContactFlowId: &f.FlowID, Name: aws.String("Claim"),
		Attachments: []types.TaskAttachment{
			{FileName: aws.String("claim.pdf"), S3Url: aws.String(bucket.URL + "/claim?X-Amz-Signature=1")},
			{FileName: aws.String("photo.jpg"), S3Url: aws.String(bucket.URL + "/gone")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	refs := f.attachments(*out.ContactId)
	if len(refs) != 2 || *refs[0].Name != "claim.pdf" || *refs[1].Name != "photo.jpg" {
		t.Fatalf("references %v", refs)
	}
	f.Eventually("the files are not fetched", func() bool {
		refs = f.attachments(*out.ContactId)
		return refs[0].Status == types.ReferenceStatusApproved && refs[1].Status == types.ReferenceStatusFailed
	})
	f.arn = f.InstanceARN + "/contact/" + *out.ContactId
	got, err := f.get(*refs[0].Value, nil)
	if err != nil || *got.FileSizeInBytes != 5 {
		t.Fatalf("GetAttachedFile = %+v, %v", got, err)
	}
	if status, body := download(t, *got.DownloadUrlMetadata.Url); status != http.StatusOK || body != "hello" {
		t.Errorf("download: %d %s", status, body)
	}
	if got, err := f.get(*refs[1].Value, nil); err != nil || got.DownloadUrlMetadata != nil || got.FileStatus != types.FileStatusTypeFailed {
		t.Errorf("GetAttachedFile of what was not there = %+v, %v", got, err)
	}
	f.Post("/_tasklane/reset", "")
	if status, _ := download(t, *got.DownloadUrlMetadata.Url); status == http.StatusOK {
		t.Error("a file was downloaded after everything was reset")
	}
}

// The files of a deleted instance go with it, row and bytes, and those of other instances stay.
func TestFilesOfADeletedInstanceAreRemoved(t *testing.T) {
	t.Parallel()
	data := ""
	f := newFiling(t, func(c *server.Config) { data = c.Data })
	kept := f.upload("kept.pdf", "hello")
	g := &filing{Server: f.NewInstance(t, "doomed"), t: t}
	g.task = g.StartTask("Check the claim")
	g.arn = g.InstanceARN + "/contact/" + g.task
	got, err := g.get(g.upload("gone.pdf", "secret"), nil)
	if err != nil {
		t.Fatal(err)
	}
	link := *got.DownloadUrlMetadata.Url
	if status, body := download(t, link); status != http.StatusOK || body != "secret" {
		t.Fatalf("download: %d %s", status, body)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "tasklane.db")+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// left are the bytes and the rows of an instance.
	left := func(instance string) (files, rows int) {
		entries, _ := os.ReadDir(filepath.Join(data, "attachments", instance)) // without a directory there are none
		if err := db.QueryRowContext(context.Background(), `SELECT count(*) FROM file WHERE instance_id = $1`, instance).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		return len(entries), rows
	}
	if files, rows := left(g.InstanceID); files != 1 || rows != 1 {
		t.Fatalf("before: %d files, %d rows", files, rows)
	}
	if _, err := g.Client().DeleteInstance(t.Context(), &connect.DeleteInstanceInput{InstanceId: &g.InstanceID}); err != nil {
		t.Fatal(err)
	}
	if status, body := download(t, link); status == http.StatusOK || strings.Contains(body, "secret") {
		t.Errorf("download from a deleted instance: %d %s", status, body)
	}
	f.Eventually("files or rows of the deleted instance are left", func() bool {
		files, rows := left(g.InstanceID)
		return files == 0 && rows == 0
	})
	if files, rows := left(f.InstanceID); files != 1 || rows != 1 {
		t.Errorf("of the other instance: %d files, %d rows", files, rows)
	}
	if _, err := f.get(kept, nil); err != nil {
		t.Error(err)
	}
}
