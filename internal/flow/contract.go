package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Contract says how flows call a module: which input it takes, which branches it returns to besides Success and
// Error, and which data it returns. It comes from the Settings of the module, which stand beside its content:
//
//	{"input":       {"schema": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}},
//	 "resultData":  {"schema": {"type": "object", "properties": {"total": {"type": "number"}}}},
//	 "transitions": {"results": [{"name": "Refused", "description": "The order is not known"}]}}
//
// What is left out declares nothing. The zero value is the contract of a module without Settings. A contract never
// changes and may be shared.
type Contract struct {
	input    map[string]bool
	result   map[string]bool
	branches map[string]bool
}

// AcceptsInput reports whether the module takes an input of that name.
func (c *Contract) AcceptsInput(key string) bool { return c.input[key] }

// HasResult reports whether the data that the module returns has that name.
func (c *Contract) HasResult(key string) bool { return c.result[key] }

// HasBranch reports whether the module declares a branch of that name. Success and Error are there without being
// declared, and cannot be.
func (c *Contract) HasBranch(name string) bool { return c.branches[name] }

// maxBranches is how many branches a module may declare (AG contact-flow-modules).
const maxBranches = 8

// ParseContract reads the Settings of a module, a JSON text; the empty text declares nothing. Words of JSON Schema
// that would ask for more than names and types are problems, because nothing would keep to them. There is a contract
// also when there are problems, of what could be read: a module that was published keeps it when a later version of
// Tasklane checks more.
func ParseContract(settings string) (*Contract, []Problem) {
	if settings == "" {
		return &Contract{}, nil
	}
	top, err := decodeObject(settings)
	if err != nil {
		return &Contract{}, []Problem{problem("", "Invalid flow module settings: %v", err)}
	}
	var r contractReader
	r.only(top, "Settings", "input", "resultData", "transitions")
	c := &Contract{
		input:    r.data(top["input"], "Settings.input"),
		result:   r.data(top["resultData"], "Settings.resultData"),
		branches: r.branches(top["transitions"], "Settings.transitions"),
	}
	return c, r.problems
}

// contractReader gathers the problems of a contract.
type contractReader struct{ problems []Problem }

func (r *contractReader) report(path, format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, problem("", "Invalid flow module settings. Path: %s: %s", path, fmt.Sprintf(format, args...)))
	}
}

// object is a value that must be an object; absent and null are empty.
func (r *contractReader) object(v any, path string) map[string]any {
	m, ok := v.(map[string]any)
	if !ok && v != nil {
		r.report(path, "is not an object")
	}
	return m
}

// list is a value that must be an array; absent and null are empty.
func (r *contractReader) list(v any, path string) []any {
	l, ok := v.([]any)
	if !ok && v != nil {
		r.report(path, "is not an array")
	}
	return l
}

// only reports the members that an object may not have.
func (r *contractReader) only(m map[string]any, path string, names ...string) {
	for _, name := range sortedKeys(m) {
		if !slices.Contains(names, name) {
			r.report(path+"."+name, "is not known here; known are %s", strings.Join(names, ", "))
		}
	}
}

// data reads the schema of what a module takes or returns, and returns the names in it.
func (r *contractReader) data(v any, path string) map[string]bool {
	m := r.object(v, path)
	r.only(m, path, "schema")
	path += ".schema"
	schema := r.object(m["schema"], path)
	if len(schema) == 0 {
		return nil
	}
	if schema["type"] != "object" {
		r.report(path+".type", "must be object")
	}
	names := map[string]bool{}
	for name := range r.schema(schema, path, 1) {
		names[name] = true
	}
	return names
}

// schemaWords are the words of JSON Schema that a contract may use. The second line changes nothing.
var schemaWords = []string{
	"type", "properties", "required", "items",
	"$schema", "title", "description", "default", "examples", "additionalProperties",
}

// schemaTypes are the types of JSON Schema.
var schemaTypes = []string{"string", "number", "integer", "boolean", "object", "array", "null"}

// maxNesting is how deep schemas may be nested.
const maxNesting = 20

// schema reads a schema and those within it, and returns its properties.
func (r *contractReader) schema(m map[string]any, path string, depth int) map[string]any {
	if depth > maxNesting {
		r.report(path, "schemas may be nested %d deep at most", maxNesting)
		return nil
	}
	r.only(m, path, schemaWords...)
	if t, ok := m["type"].(string); !ok || !slices.Contains(schemaTypes, t) {
		r.report(path+".type", "must be one of %s", strings.Join(schemaTypes, ", "))
	}
	if more := m["additionalProperties"]; more != nil && more != false {
		r.report(path+".additionalProperties", "must be false")
	}
	properties := r.object(m["properties"], path+".properties")
	for _, name := range sortedKeys(properties) {
		at := path + ".properties." + name
		r.schema(r.object(properties[name], at), at, depth+1)
	}
	if m["items"] != nil {
		r.schema(r.object(m["items"], path+".items"), path+".items", depth+1)
	}
	for i, v := range r.list(m["required"], path+".required") {
		if name, ok := v.(string); !ok || properties[name] == nil {
			r.report(fmt.Sprintf("%s.required[%d]", path, i), "names no property")
		}
	}
	return properties
}

// branches reads the branches that a module declares.
func (r *contractReader) branches(v any, path string) map[string]bool {
	m := r.object(v, path)
	r.only(m, path, "results")
	path += ".results"
	results := r.list(m["results"], path)
	if len(results) > maxBranches {
		r.report(path, "has %d of at most %d branches", len(results), maxBranches)
	}
	names := map[string]bool{}
	for i, v := range results {
		at := fmt.Sprintf("%s[%d]", path, i)
		branch := r.object(v, at)
		r.only(branch, at, "name", "description")
		name, _ := branch["name"].(string)
		switch {
		case strings.TrimSpace(name) == "":
			r.report(at+".name", "must be a text that is not blank")
		case name == "Success" || name == "Error":
			r.report(at+".name", "%s is there without being declared", name)
		case names[name]:
			r.report(at+".name", "%s is declared twice", name)
		}
		names[name] = true
	}
	return names
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
