package engine

import (
	"strings"
	"sync"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// What can stand behind the id or ARN of a flow or a module, after a colon, besides the number of a version and, of a
// module, the name of an alias.
const (
	savedQualifier  = "$SAVED"  // the draft
	latestQualifier = "$LATEST" // what is published, as when nothing stands there
)

// qualified parts the id or ARN of a flow or a module from what stands behind it.
func qualified(name string) (idOrARN, qualifier string) {
	from := strings.LastIndex(name, "/") + 1
	id, qualifier, _ := strings.Cut(name[from:], ":")
	return name[:from] + id, qualifier
}

// addressed parts a name as [qualified] does, of a text that is to be changed. It fails with [fault.Unusable] for
// anything but the draft and what is published.
func addressed(name string) (idOrARN string, draft bool, err error) {
	idOrARN, qualifier := qualified(name)
	switch qualifier {
	case "", latestQualifier:
		return idOrARN, false, nil
	case savedQualifier:
		return idOrARN, true, nil
	default:
		return "", false, fault.New(fault.Unusable, "%s names a version, which cannot be changed", name)
	}
}

// Text is one text of a flow or a module.
type Text[T any] struct {
	Entry[T]

	Content  string
	Settings string          // of a module
	Draft    bool            // the saved text, and not the published one
	Numbered *Entry[Version] // set when the text is that of a version
}

// runnable is the value of an object that has a text that runs.
type runnable interface {
	// runs is the program of the text; nil when none was published.
	runs() *flow.Program
	// barred tells why the text must not begin to run; nil: it may. The reason is a [fault.Unusable].
	barred() error
}

// current is what a flow, a module or a version of a module, by its id, is now: the name of its text, and the program.
// It fails with [fault.NotFound], and with [fault.Unusable] when it is archived or was never published.
func (t *tenant) current(kind arn.Kind, id string) (flow.Ref, *flow.Program, error) {
	o, err := t.object(kind, id)
	if err != nil {
		return flow.Ref{}, nil, err
	}
	r, ok := o.value.(runnable)
	if !ok {
		return flow.Ref{}, nil, fault.New(fault.Unusable, "A %s cannot be run", kind.Noun())
	}
	if err := r.barred(); err != nil {
		return flow.Ref{}, nil, err
	}
	return flow.Ref{Kind: kind, ID: o.ID, Version: o.Version}, r.runs(), nil
}

// versions reads configuration as it was; see [Reader].
type versions interface {
	Version(kind arn.Kind, id string, version int64) (Resource, error)
}

// pinned is the program of a text that a run began with, also when it was changed, archived or deleted since.
// It fails with [fault.NotFound] when there never was such a text.
func (t *tenant) pinned(in versions, ref flow.Ref) (*flow.Program, error) {
	if o, ok := t.catalog.get(ref.Kind, ref.ID); ok && o.Version == ref.Version {
		return programOf(ref, o.value)
	}
	if p := t.texts.get(ref); p != nil {
		return p, nil
	}
	r, err := in.Version(ref.Kind, ref.ID, ref.Version)
	if err != nil {
		return nil, err
	}
	decode, ok := decoders[ref.Kind]
	if !ok {
		return programOf(ref, nil)
	}
	v, err := decode(r)
	if err != nil {
		return nil, err
	}
	p, err := programOf(ref, v)
	if err != nil {
		return nil, err
	}
	t.texts.keep(ref, p)
	return p, nil
}

// programOf is the program in the value of an object. It fails with [fault.NotFound] when there is none.
func programOf(ref flow.Ref, value any) (*flow.Program, error) {
	if r, ok := value.(runnable); ok {
		if p := r.runs(); p != nil {
			return p, nil
		}
	}
	return nil, fault.New(fault.NotFound, "Version %d of %s %s has no text that runs", ref.Version, ref.Kind.Noun(), ref.ID)
}

// maxTexts bounds the programs that are kept besides those of the catalog.
const maxTexts = 64

// texts are programs of texts that are no longer current, and that runs go on with. The zero value is ready.
type texts struct {
	mu       sync.Mutex // guards what follows
	programs map[flow.Ref]*flow.Program
	order    []flow.Ref // oldest first
}

// get returns nil when the program is not kept.
func (t *texts) get(ref flow.Ref) *flow.Program {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.programs[ref]
}

// keep puts a program in, and the oldest out when there are too many.
func (t *texts) keep(ref flow.Ref, p *flow.Program) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.programs == nil {
		t.programs = map[flow.Ref]*flow.Program{}
	}
	if t.programs[ref] == nil {
		t.order = append(t.order, ref)
	}
	t.programs[ref] = p
	if len(t.order) > maxTexts {
		delete(t.programs, t.order[0])
		t.order = t.order[1:]
	}
}

// forget is for a store that was emptied: versions begin anew there.
func (t *texts) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.programs, t.order = nil, nil
}
