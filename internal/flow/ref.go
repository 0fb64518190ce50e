package flow

import "github.com/tasklane/tasklane/internal/arn"

// Ref names a text that never changes: a flow, a module or a version of a module, as it was at a version of its
// stored form. A run goes on with the text it began with, whatever is published meanwhile.
type Ref struct {
	Kind    arn.Kind `json:"kind"`
	ID      string   `json:"id"`
	Version int64    `json:"version"`
}
