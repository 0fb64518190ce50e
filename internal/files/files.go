// Package files keeps the bytes of attached files: in a directory, behind URLs that it signs itself, and fetched
// from the URLs that tasks start with. What is known of a file is in the engine; a file of the directory without a
// row there does not exist for anybody.
//
//	StartAttachedFileUpload ──► PUT  /_files/… ──► INSTANCE/ID.upload ──► CompleteAttachedFileUpload ──► INSTANCE/ID
//	StartTaskContact ──► row FETCHING ──► claim ──► GET S3Url ──► INSTANCE/ID ──► row and reference APPROVED
//	DeleteAttachedFile ──► row DELETED ──► INSTANCE/ID is removed ──► row is removed
//
// Bytes are written first and their row is committed after them; they are removed first and their row after them.
// So a crash leaves at worst bytes that nobody sees, and what is left of those is swept at the next start.
package files

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
)

// Secrets are random texts that all servers of one database share.
type Secrets interface {
	Secret(ctx context.Context, name string) (string, error)
}

// Options of the files. Engine, Secrets, Dir and BaseURL are required; the zero value of another field means its
// default.
type Options struct {
	Engine  *engine.Engine
	Secrets Secrets
	// Dir is made when it is not there. Servers that share a database share it too.
	Dir string
	// BaseURL is where clients reach this server.
	BaseURL string
	// Allow are the places besides the public Internet that files may be fetched from: none.
	Allow Allow
	// FetchTimeout bounds one fetch: 30 s.
	FetchTimeout time.Duration
	// Resolver resolves the names of hosts: that of the system.
	Resolver *net.Resolver
}

// Files is an [http.Handler] for /_files/, and what is done with files by itself.
type Files struct {
	engine  *engine.Engine
	secrets Secrets
	disk    *disk
	baseURL string
	timeout time.Duration
	client  *http.Client

	wake  chan struct{} // of capacity 1
	slots chan struct{} // one for each fetch under way
}

const (
	fetchesAtOnce = 4
	dueAtOnce     = 64
	// claimSlack is how much longer a claim lasts than a fetch: time to write its outcome.
	claimSlack = 15 * time.Second
	// longestSleep bounds how long the loop sleeps: another server may have left something undone.
	longestSleep = 10 * time.Second
	afterFailure = 5 * time.Second
)

// New opens the directory. It must be called before the first command, because it watches commits.
func New(opts Options) (*Files, error) {
	d, err := openDisk(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("attachments directory: %w", err)
	}
	f := &Files{
		engine: opts.Engine, secrets: opts.Secrets, disk: d, baseURL: opts.BaseURL, timeout: opts.FetchTimeout,
		client: newClient(opts.Allow, opts.Resolver), wake: make(chan struct{}, 1), slots: make(chan struct{}, fetchesAtOnce),
	}
	if f.timeout == 0 {
		f.timeout = 30 * time.Second
	}
	opts.Engine.Watch(func(c engine.Commit) {
		if c.FileDue || c.Reset {
			f.Wake()
		}
	})
	return f, nil
}

// Wake has what is due done now, such as after the clock was moved.
func (f *Files) Wake() {
	select {
	case f.wake <- struct{}{}:
	default: // it is about to look
	}
}

// Run fetches, gives up and removes files until ctx ends, and returns when all that it started has ended.
func (f *Files) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { f.sweep(ctx) })
	for ctx.Err() == nil {
		sleep, err := f.lookEverywhere(ctx, &running)
		if err != nil {
			if ctx.Err() == nil {
				slog.ErrorContext(ctx, "attached files failed", "err", err)
			}
			sleep = afterFailure
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-f.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// lookEverywhere does what is due with the files of all instances, and tells how long it is until the next is.
func (f *Files) lookEverywhere(ctx context.Context, running *sync.WaitGroup) (time.Duration, error) {
	next, err := f.engine.NextFiles(ctx)
	if err != nil {
		return 0, err
	}
	now := f.engine.Now()
	sleep := longestSleep
	var failures []error
	for id, at := range next {
		if at.After(now) {
			sleep = min(sleep, at.Sub(now))
			continue
		}
		if _, err := f.engine.Instance(id); err != nil {
			continue // another node has made it, or deleted it, a moment ago
		}
		if err := f.look(ctx, running, id); err != nil {
			failures = append(failures, fmt.Errorf("instance %s: %w", id, err))
		}
		sleep = 0 // what was put off may be next
	}
	return sleep, errors.Join(failures...)
}

// look does what is due with the files of an instance.
func (f *Files) look(ctx context.Context, running *sync.WaitGroup, instance string) error {
	for {
		due, err := f.engine.DueFiles(ctx, instance, dueAtOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, file := range due {
			if err := f.do(ctx, running, instance, file); err != nil {
				return fmt.Errorf("file %s: %w", file.ID, err)
			}
		}
	}
}

// do does what is due with one file. A fetch goes on in the background.
func (f *Files) do(ctx context.Context, running *sync.WaitGroup, instance string, file *attachment.File) error {
	switch file.State {
	case attachment.Uploading:
		return f.engine.GiveUploadUp(ctx, instance, file.ID)
	case attachment.Deleted:
		if err := f.disk.remove(instance, file.ID); err != nil {
			return err
		}
		return f.engine.FileRemoved(ctx, instance, file.ID)
	case attachment.Fetching:
		return f.begin(ctx, running, instance, file.ID)
	default:
		panic("nothing is due with a file that is " + string(file.State))
	}
}

// begin claims a file and fetches it in the background, when there is a slot for it.
func (f *Files) begin(ctx context.Context, running *sync.WaitGroup, instance, id string) error {
	select {
	case f.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	free := func() { <-f.slots }
	file, err := f.engine.ClaimFile(ctx, instance, id, f.timeout+claimSlack)
	if err != nil || file == nil {
		free()
		return err
	}
	running.Go(func() {
		defer free()
		outcome := f.fetch(ctx, instance, file)
		// What was found out is kept also when the server stops.
		if err := f.endFetch(context.WithoutCancel(ctx), instance, file, outcome); err != nil {
			slog.ErrorContext(ctx, "cannot keep the outcome of a fetch", "file", file.ID, "err", err)
		}
	})
	return nil
}

// endFetch keeps the outcome of a fetch. Bytes that nobody wants any more are removed.
func (f *Files) endFetch(ctx context.Context, instance string, file *attachment.File, o attachment.Outcome) error {
	unwanted, err := f.engine.EndFetch(ctx, instance, file, o)
	if err != nil || !unwanted {
		return err
	}
	return f.disk.remove(instance, file.ID)
}
