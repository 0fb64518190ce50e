package store

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/template"
)

// storage is the id of the one storage association, which is made when there is none.
func (s *stage) storage() string {
	s.t.Helper()
	all, err := s.engine.Storages(instance)
	s.must(err)
	if len(all) > 0 {
		return all[0].ID
	}
	id, err := s.engine.AssociateStorage(s.t.Context(), instance, "", attachment.Storage{Bucket: "files"})
	s.must(err)
	return id
}

// newFile is what an upload begins with, and the ARN of the contact it goes to.
func (s *stage) newFile() (resource string, in engine.NewFile) {
	s.t.Helper()
	s.storage()
	i, err := s.engine.Instance(instance)
	s.must(err)
	return i.Of(arn.Contact, s.task()), engine.NewFile{Name: "order.txt", Size: 10, Token: s.name()}
}

// upload is a file whose upload has begun.
func (s *stage) upload() (resource, id string) {
	s.t.Helper()
	resource, in := s.newFile()
	f, err := s.engine.StartUpload(s.t.Context(), instance, resource, in)
	s.must(err)
	return resource, f.ID
}

// deleted is a file whose bytes are to be removed.
func (s *stage) deleted() string {
	s.t.Helper()
	resource, id := s.upload()
	s.must(s.engine.DeleteFile(s.t.Context(), instance, resource, id))
	return id
}

// withFile is what a task is made of that has a file to be fetched.
func (s *stage) withFile(in *engine.StartTask) {
	s.storage()
	in.Attachments = []engine.Attachment{{Name: "order.txt", URL: "https://example.com/order.txt"}}
}

// toFetch is a file to be fetched.
func (s *stage) toFetch() string {
	s.t.Helper()
	c, _, err := s.engine.Contact(s.t.Context(), instance, s.task(s.withFile))
	s.must(err)
	return c.References["order.txt"].Value
}

func (s *stage) claim(id string) *attachment.File {
	s.t.Helper()
	f, err := s.engine.ClaimFile(s.t.Context(), instance, id, time.Minute)
	s.must(err)
	return f
}

func onFile(file func(*stage) (resource, id string), do func(ctx context.Context, e *engine.Engine, resource, id string) error) func(*stage) func() error {
	return func(s *stage) func() error {
		resource, id := file(s)
		return func() error { return do(s.t.Context(), s.engine, resource, id) }
	}
}

var filePaths = []path{
	{"StartTask: with a file", starting((*stage).withFile)},
	{"AssociateStorage", func(s *stage) func() error {
		s.must(s.engine.DisassociateStorage(s.t.Context(), instance, s.storage(), ""))
		return func() error {
			_, err := s.engine.AssociateStorage(s.t.Context(), instance, "", attachment.Storage{Bucket: "files"})
			return err
		}
	}},
	{"UpdateStorage", func(s *stage) func() error {
		id, prefix := s.storage(), s.name()
		return func() error {
			return s.engine.UpdateStorage(s.t.Context(), instance, id, attachment.Storage{Bucket: "files", Prefix: prefix})
		}
	}},
	{"DisassociateStorage", func(s *stage) func() error {
		id := s.storage()
		return func() error { return s.engine.DisassociateStorage(s.t.Context(), instance, id, "") }
	}},
	{"StartUpload", func(s *stage) func() error {
		resource, in := s.newFile()
		return func() error {
			_, err := s.engine.StartUpload(s.t.Context(), instance, resource, in)
			return err
		}
	}},
	{"CompleteUpload", onFile((*stage).upload, func(ctx context.Context, e *engine.Engine, resource, id string) error {
		return e.CompleteUpload(ctx, instance, resource, id)
	})},
	{"DeleteFile", onFile((*stage).upload, func(ctx context.Context, e *engine.Engine, resource, id string) error {
		return e.DeleteFile(ctx, instance, resource, id)
	})},
	{"ClaimFile", func(s *stage) func() error {
		id := s.toFetch()
		return func() error {
			_, err := s.engine.ClaimFile(s.t.Context(), instance, id, time.Minute)
			return err
		}
	}},
	{"EndFetch", func(s *stage) func() error {
		f := s.claim(s.toFetch())
		return func() error {
			_, err := s.engine.EndFetch(s.t.Context(), instance, f, attachment.Outcome{State: attachment.Approved, Size: 10})
			return err
		}
	}},
	{"GiveUploadUp", func(s *stage) func() error {
		_, id := s.upload()
		s.must(s.store.SetOffset(s.t.Context(), s.store.Offset()+attachment.UploadTime+time.Second))
		return func() error { return s.engine.GiveUploadUp(s.t.Context(), instance, id) }
	}},
	{"FileRemoved", func(s *stage) func() error {
		id := s.deleted()
		return func() error { return s.engine.FileRemoved(s.t.Context(), instance, id) }
	}},
}

func (s *stage) newTemplate(description string) template.Template {
	return template.Template{
		Name: s.name(), Description: description, Active: true, Flow: s.stock.Flow,
		Fields: []template.Field{{Name: "Task name", Type: template.FieldName}}, Required: []string{"Task name"},
	}
}

// template makes a task template.
func (s *stage) template() string {
	s.t.Helper()
	id, err := s.engine.CreateTaskTemplate(s.t.Context(), instance, s.newTemplate(""), "")
	s.must(err)
	return id
}

var templatePaths = []path{
	{"CreateTaskTemplate", func(s *stage) func() error {
		in, token := s.newTemplate(""), s.name()
		return func() error {
			_, err := s.engine.CreateTaskTemplate(s.t.Context(), instance, in, token)
			return err
		}
	}},
	{"UpdateTaskTemplate", func(s *stage) func() error {
		id, in := s.template(), s.newTemplate("changed")
		return func() error {
			_, err := s.engine.UpdateTaskTemplate(s.t.Context(), instance, id, in)
			return err
		}
	}},
	{"DeleteTaskTemplate", func(s *stage) func() error {
		id := s.template()
		return func() error { return s.engine.DeleteTaskTemplate(s.t.Context(), instance, id) }
	}},
	{"ChangeTemplate", func(s *stage) func() error {
		id := s.task(func(in *engine.StartTask) { in.Flow, in.Template = "", s.stock.Template })
		to := s.template()
		return func() error { return s.engine.ChangeTemplate(s.t.Context(), instance, id, to) }
	}},
	{"UpdateRouting", onTask(queued, func(ctx context.Context, e *engine.Engine, id string) error {
		first := contact.Priority(1)
		return e.UpdateRouting(ctx, instance, id, engine.RoutingData{Priority: &first})
	})},
	{"Dismiss", byAgent(agent.Ended, func(e *engine.Engine, ctx context.Context, instance, contactID, user string) error {
		return e.Dismiss(ctx, instance, user, contactID)
	})},
}
