package server_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// succeeds runs a command line that must.
func succeeds(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := command(t, args...)
	if code != 0 || stderr != "" {
		t.Fatalf("tasklane %s: exit code %d, %s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

// fails runs a command line that must fail with a code and one line with these words.
func fails(t *testing.T, code int, words string, args ...string) (stdout string) {
	t.Helper()
	got, stdout, stderr := command(t, args...)
	if got != code || !strings.Contains(stderr, words) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("tasklane %s: exit code %d, %s; want %d and one line with %q", strings.Join(args, " "), got, stderr, code, words)
	}
	return stdout
}

// attach attaches a file to a task and returns its id.
func attach(t *testing.T, s *servertest.Server, contact, text string) string {
	t.Helper()
	resource := s.InstanceARN + "/contact/" + contact
	out, err := s.Client().StartAttachedFileUpload(context.Background(), &connect.StartAttachedFileUploadInput{
		InstanceId: &s.InstanceID, AssociatedResourceArn: &resource, FileName: aws.String("note.txt"),
		FileSizeInBytes: aws.Int64(int64(len(text))), FileUseCaseType: types.FileUseCaseTypeAttachment,
	})
	if err != nil {
		t.Fatalf("StartAttachedFileUpload: %v", err)
	}
	r, err := http.NewRequest(http.MethodPut, *out.UploadUrlMetadata.Url, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range out.UploadUrlMetadata.HeadersToInclude {
		r.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("upload: %v, %v", res, err)
	}
	_ = res.Body.Close()
	if _, err := s.Client().CompleteAttachedFileUpload(context.Background(), &connect.CompleteAttachedFileUploadInput{
		InstanceId: &s.InstanceID, AssociatedResourceArn: &resource, FileId: out.FileId,
	}); err != nil {
		t.Fatalf("CompleteAttachedFileUpload: %v", err)
	}
	return *out.FileId
}

// attached downloads an attached file.
func attached(t *testing.T, s *servertest.Server, contact, file string) string {
	t.Helper()
	resource := s.InstanceARN + "/contact/" + contact
	out, err := s.Client().GetAttachedFile(context.Background(), &connect.GetAttachedFileInput{
		InstanceId: &s.InstanceID, AssociatedResourceArn: &resource, FileId: &file,
	})
	if err != nil {
		t.Fatalf("GetAttachedFile: %v", err)
	}
	res, err := http.Get(*out.DownloadUrlMetadata.Url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("download: %s, %v", res.Status, err)
	}
	return string(text)
}

// restarted starts a server on data that was restored. It knows the keys of the one that was backed up.
func restarted(t *testing.T, c server.Config, was *servertest.Server) *servertest.Server {
	t.Helper()
	s := servertest.Start(t, c)
	s.AccessKeyID, s.SecretAccessKey, s.Region, s.InstanceID = was.AccessKeyID, was.SecretAccessKey, was.Region, was.InstanceID
	s.InstanceARN, s.FlowID, s.Agent = was.InstanceARN, was.FlowID, was.Agent
	if s.URL == "" {
		s.URL = "http://" + c.Listen
	}
	return s
}

func TestBackupUnderLoadHoldsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	databases := map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return pgtest.URL(t) },
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := settings(t.TempDir(), database(t))
			s := servertest.Start(t, c)
			first := s.StartTask("first")
			file := attach(t, s, first, "a note")

			load, stop := context.WithCancel(context.Background())
			var clients sync.WaitGroup
			var mu sync.Mutex
			var acked []string
			for range 4 {
				clients.Go(func() {
					for load.Err() == nil {
						out, err := s.Client().StartTaskContact(load, &connect.StartTaskContactInput{
							InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("load"),
						})
						if err == nil {
							mu.Lock()
							acked = append(acked, *out.ContactId)
							mu.Unlock()
						}
					}
				})
			}
			known := func() []string {
				mu.Lock()
				defer mu.Unlock()
				return append([]string{first}, acked...)
			}
			s.Eventually("nothing is acknowledged", func() bool { return len(known()) > 100 })
			before := known()
			archive := filepath.Join(t.TempDir(), "backup.tar")
			args := []string{"backup", "--data", c.Data, "--to", archive}
			if c.Database != "" {
				args = append(args, "--database", c.Database)
			}
			said := succeeds(t, args...)
			after := len(known())
			stop()
			clients.Wait()
			if !strings.Contains(said, " 1 instances, ") || !strings.Contains(said, " and 1 attached files.") {
				t.Errorf("backup says %q", said)
			}
			if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the backup is %v, %v; want mode 0600", info, err)
			}
			s.Stop()

			dir := filepath.Join(t.TempDir(), "restored")
			succeeds(t, "restore", "--data", dir, "--from", archive)
			if said := succeeds(t, "verify", "--data", dir); !strings.Contains(said, "Nothing is wrong.") {
				t.Errorf("verify says %q", said)
			}
			was, _ := os.ReadFile(filepath.Join(c.Data, "bootstrap.json"))
			is, err := os.ReadFile(filepath.Join(dir, "bootstrap.json"))
			if err != nil || string(was) != string(is) {
				t.Errorf("bootstrap.json is %q, %v; want %q", is, err, was)
			}
			c = settings(dir, "")
			c.Listen = freeAddress(t)
			r := restarted(t, c, s)
			for _, id := range before {
				r.Describe(id)
			}
			if active := r.Metric("tasklane_active_tasks"); active < len(before) || active > after {
				t.Errorf("%d tasks are restored; %d were acknowledged before the backup, and %d at its end", active, len(before), after)
			}
			if text := attached(t, r, first, file); text != "a note" {
				t.Errorf("the attached file is %q", text)
			}
			r.SetStatus(r.Agent.UserID, "Available")
			r.Eventually("nothing is offered after the restore", func() bool {
				out, err := r.Client().GetCurrentUserData(context.Background(), &connect.GetCurrentUserDataInput{
					InstanceId: &r.InstanceID, Filters: &types.UserDataFilters{Agents: []string{r.Agent.UserID}},
				})
				return err == nil && len(out.UserDataList) == 1 && len(out.UserDataList[0].Contacts) > 0
			})
		})
	}
}

// kept is a data directory that a server has left, with a task, a file and a backup of both.
type kept struct {
	dir, archive, task, file string
	config                   server.Config
}

func keep(t *testing.T) kept {
	t.Helper()
	k := kept{dir: t.TempDir(), archive: filepath.Join(t.TempDir(), "backup.tar")}
	k.config = settings(k.dir, "")
	s := servertest.Start(t, k.config)
	k.task = s.StartTask("first")
	k.file = attach(t, s, k.task, "a note")
	s.Stop()
	succeeds(t, "backup", "--data", k.dir, "--to", k.archive)
	return k
}

// tree reads a directory, but for the lock.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "tasklane.lock" {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRestoreChangesNothingWhenItRefuses(t *testing.T) {
	t.Parallel()
	k := keep(t)
	whole, err := os.ReadFile(k.archive)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(flipped, []byte("a note"))] ^= 1
	schema := bytes.Replace(bytes.Clone(whole), []byte(`"format": 1`), []byte(`"format": 9`), 1)
	var climbing bytes.Buffer
	w := tar.NewWriter(&climbing)
	if err := w.WriteHeader(&tar.Header{Name: "attachments/../../x", Size: 1, Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("x")) // into memory
	_ = w.Close()
	tests := []struct {
		name    string
		archive []byte
		words   string
	}{
		{"cut off in a file", whole[:len(whole)/2], "its end is missing"},
		{"cut off before the manifest", whole[:bytes.Index(whole, []byte("manifest.json"))], "its end is missing"},
		{"cut off in the manifest", whole[:bytes.Index(whole, []byte(`"entries"`))], "its end is missing"},
		{"one bit of a file", flipped, "size or digest differ"},
		{"another format", schema, "its format is 9"},
		{"no archive", []byte(strings.Repeat("hello ", 1000)), "it is not a backup of Tasklane"},
		{"empty", nil, "it is not a backup of Tasklane"},
		{"an entry that leads out", climbing.Bytes(), "it has an entry"},
	}
	before := tree(t, k.dir)
	for _, tt := range tests {
		archive := filepath.Join(t.TempDir(), "backup.tar")
		if err := os.WriteFile(archive, tt.archive, 0o600); err != nil {
			t.Fatal(err)
		}
		fails(t, 2, tt.words, "restore", "--data", k.dir, "--from", archive, "--replace")
		after := tree(t, k.dir)
		if len(after) != len(before) {
			t.Errorf("%s: there are %d files, before %d", tt.name, len(after), len(before))
		}
		for name, text := range before {
			if after[name] != text {
				t.Errorf("%s: %s has changed", tt.name, name)
			}
		}
	}
	fails(t, 2, "is there already: use another directory, or --replace", "restore", "--data", k.dir, "--from", k.archive)
	fails(t, 2, "no-such-file", "restore", "--data", k.dir, "--from", "no-such-file")
	s := servertest.Start(t, k.config)
	fails(t, 2, "a server runs on", "restore", "--data", k.dir, "--from", k.archive, "--replace")
	s.Stop()
	succeeds(t, "restore", "--data", k.dir, "--from", k.archive, "--replace")
	s = restarted(t, k.config, s)
	s.Stop()
}

func TestBackupWithoutData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	to := filepath.Join(t.TempDir(), "backup.tar")
	fails(t, 2, "no such file", "backup", "--data", dir, "--to", to)
	fails(t, 2, "no such file", "verify", "--data", dir)
	fails(t, 2, "--to", "backup", "--data", dir)
	if entries := tree(t, dir); len(entries) > 0 {
		t.Errorf("commands that failed have made %v", entries)
	}
	entries, err := os.ReadDir(filepath.Dir(to))
	if err != nil || len(entries) > 0 {
		t.Errorf("a backup that failed leaves %v, %v", entries, err)
	}
}

func TestVerifyFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	k := keep(t)
	succeeds(t, "verify", "--data", k.dir)
	instance := uuid.NewString()
	tests := []struct {
		name   string
		change string // of the database
		files  func(dir string) error
		want   string
	}{
		{"a contact that cannot be decoded", `UPDATE contact SET body = '{'`, nil, "1 rows of table contact that cannot be decoded"},
		{"a resource that cannot be decoded", `UPDATE resource SET body = '[]' WHERE kind = 'queue'`, nil, "1 rows of table resource that cannot be decoded"},
		{"a resource of no kind", `UPDATE resource SET kind = 'none' WHERE kind = 'queue'`, nil, "is of unknown kind none"},
		{"events that cannot be decoded", `UPDATE event SET body = 'x'`, nil, "rows of table event that cannot be decoded"},
		{"attributes that cannot be decoded", `UPDATE chain SET attributes = 'x'`, nil, "1 rows of table chain that cannot be decoded"},
		{"events of no contact", `UPDATE event SET contact_id = 'x'`, nil, "events of no contact, the first: x"},
		{"no attributes", `DELETE FROM chain`, nil, "1 contacts without attributes"},
		{"no contact", `DELETE FROM contact`, nil, "1 attached files of no contact"},
		{"no instance", `DELETE FROM instance`, nil, "1 contacts of no instance"},
		{"another instance", `UPDATE instance SET id = 'x'`, nil, "contacts of no instance"},
		{"no row", `DELETE FROM file`, nil, "1 attached files without a row"},
		{"no file", "", func(dir string) error {
			return os.RemoveAll(filepath.Join(dir, "attachments"))
		}, "1 rows of attached files without the file"},
		{"a short file", "", func(dir string) error {
			return filepath.WalkDir(filepath.Join(dir, "attachments"), func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				return os.Truncate(path, 2)
			})
		}, "1 attached files of another size"},
		{"a file of nobody", "", func(dir string) error {
			in := filepath.Join(dir, "attachments", instance)
			if err := os.MkdirAll(in, 0o700); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(in, uuid.NewString()), []byte("x"), 0o600)
		}, "1 attached files without a row"},
		{"a damaged file", "", func(dir string) error {
			f, err := os.OpenFile(filepath.Join(dir, "tasklane.db"), os.O_RDWR, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteAt(make([]byte, 4096), 5*4096)
			return err
		}, " damages of the file, the first: "},
		{"the bootstrap file of another database", "", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "bootstrap.json"), []byte(`{"instanceId":"x"}`), 0o600)
		}, "1 bootstrap files of an instance that the database lacks, the first: x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(k.dir)); err != nil {
				t.Fatal(err)
			}
			if tt.change != "" {
				(&world{t, settings(dir, "")}).exec(tt.change)
			}
			if tt.files != nil {
				if err := tt.files(dir); err != nil {
					t.Fatal(err)
				}
			}
			if said := fails(t, 1, "things are wrong", "verify", "--data", dir); !strings.Contains(said, tt.want) {
				t.Errorf("verify says\n%s\nwant %q", said, tt.want)
			}
		})
	}
}
