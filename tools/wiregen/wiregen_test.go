package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const small = `# A description with one of everything.
exception IP InvalidParameterException 400
pattern word ^\w+$ but not ^no$
enum Kind ONE TWO

GetThing = GET /things/{Id}
  > Id* s(1..10) /word/; Most ?most i(1..5); Kind e:Kind
  < Things [Thing](0..3); Words {s:b}
  ! IP
empty ListNone = GET /none NoneList
later GetLater = GET /later
never GetNever = GET /never

Thing { Name* s(1..); Size d;
      When t }
union Either { A s; B l }
`

func TestDescriptionIsRead(t *testing.T) {
	a, err := parse(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	op := a.operations[0]
	if op.name != "GetThing" || len(op.in) != 3 || len(op.out) != 2 || len(op.errors) != 1 {
		t.Errorf("the operation is read as %+v", op)
	}
	id, most, kind := op.in[0], op.in[1], op.in[2]
	if !id.required || id.of.kind != 's' || id.of.min != "1" || id.of.max != "10" || id.of.pattern != "word" {
		t.Errorf("Id is read as %+v", id)
	}
	if most.required || most.query != "most" || most.of.kind != 'i' || kind.of.kind != 'e' || kind.of.name != "Kind" {
		t.Errorf("Most and Kind are read as %+v and %+v", most, kind)
	}
	things, words := op.out[0].of, op.out[1].of
	if things.kind != '[' || things.of.name != "Thing" || things.max != "3" || words.kind != '{' || words.key.kind != 's' || words.of.kind != 'b' {
		t.Errorf("the answer is read as %+v and %+v", things, words)
	}
	if thing, either := a.structures["Thing"], a.structures["Either"]; len(thing.members) != 3 || thing.union || !either.union {
		t.Errorf("the structures are read as %+v and %+v", thing, either)
	}
	if _, err := a.files(); err != nil {
		t.Errorf("what is made of it is no Go: %v", err)
	}
}

func TestMistakesInADescriptionAreNamed(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"GetThing", "cannot read the statement\nin: GetThing"},
		{"exception IP Invalid", "cannot read the statement"},
		{"  > Id s", "there is no operation before it"},
		{"GetThing = GET /things\n  > Id", "member Id: cannot read type"},
		{"GetThing = GET /things\n  > Id [s", `"]" expected before ""`},
		{"GetThing = GET /things\n  > Id {s b}", `":" expected before " b}"`},
		{"GetThing = GET /things\n  > Id s rest", `" rest" is left`},
		{"GetThing = GET /things\n  ! IP", "operation GetThing: no exception has code IP"},
		{"GetThing = GET /things\n  > Id [Thing]", "operation GetThing: member Id: there is no structure Thing"},
		{"GetThing = GET /things\n  < Id {s:e:Kind}", "operation GetThing: member Id: there is no enum Kind"},
		{"Thing { Id s(1..2) /word/ }", "structure Thing: member Id: there is no pattern word"},
	} {
		if _, err := parse(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("parse(%q) = %v, want %q", tt.text, err, tt.want)
		}
	}
}

func TestGeneratedFilesAreWritten(t *testing.T) {
	dir := t.TempDir()
	description := filepath.Join(dir, "small.api")
	if err := os.WriteFile(description, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(description, dir); err != nil {
		t.Fatal(err)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*_gen*.go"))
	if err != nil || len(made) != 7 {
		t.Errorf("made %v, %v; want 7 files", made, err)
	}
	if err := run(filepath.Join(dir, "none.api"), dir); err == nil {
		t.Error("a description that is not there is no error")
	}
}
