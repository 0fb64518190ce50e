package wire

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"
)

// described are the messages of every operation whose members are described here, ours beside the SDK's.
func described(t *testing.T) map[string][2]reflect.Type {
	t.Helper()
	ours := map[string]reflect.Type{}
	for _, v := range messages {
		ours[reflect.TypeOf(v).Elem().Name()] = reflect.TypeOf(v).Elem()
	}
	pairs := map[string][2]reflect.Type{}
	client := reflect.TypeFor[*connect.Client]()
	for _, op := range Operations {
		if op.Errors == nil {
			continue
		}
		method, ok := client.MethodByName(op.Name)
		if !ok {
			t.Logf("the SDK's version does not have %s", op.Name)
			continue
		}
		in, out := method.Type.In(2).Elem(), method.Type.Out(0).Elem()
		pairs[op.Name+"Request"] = [2]reflect.Type{ours[op.Name+"Request"], in}
		pairs[op.Name+"Response"] = [2]reflect.Type{ours[op.Name+"Response"], out}
	}
	return pairs
}

// TestDrift lists every member that the SDK's types have and ours lack, of all operations described in full.
func TestDrift(t *testing.T) {
	d := drift{t: t, seen: map[reflect.Type]bool{}}
	for name, pair := range described(t) {
		if pair[0] == nil {
			t.Errorf("%s is not generated", name)
			continue
		}
		d.compare(name, pair[0], pair[1])
	}
	if d.members < 1000 {
		t.Errorf("only %d members were compared", d.members)
	}
}

type drift struct {
	t       *testing.T
	seen    map[reflect.Type]bool
	members int
}

func (d *drift) compare(path string, ours, theirs reflect.Type) {
	ours, theirs = element(ours), element(theirs)
	if theirs.Kind() != reflect.Struct || strings.HasPrefix(theirs.String(), "time.") || d.seen[theirs] {
		return
	}
	d.seen[theirs] = true
	if ours.Kind() != reflect.Struct {
		d.t.Errorf("%s is %s here and a structure in the SDK", path, ours)
		return
	}
	for i := range theirs.NumField() {
		f := theirs.Field(i)
		if !f.IsExported() || f.Name == "ResultMetadata" {
			continue
		}
		d.members++
		mine, ok := ours.FieldByName(f.Name)
		if !ok {
			d.t.Errorf("%s.%s is in the SDK and not in connect.api", path, f.Name)
			continue
		}
		if f.Type.Kind() != reflect.Interface { // a union of the SDK
			d.compare(path+"."+f.Name, mine.Type, f.Type)
		}
	}
}

// element is what a pointer, list or map holds.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

// TestGeneratedFilesAreUpToDate runs the generator and compares.
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	dir := t.TempDir()
	description, err := filepath.Abs("connect.api")
	if err != nil {
		t.Fatal(err)
	}
	generate := exec.Command("go", "run", "./wiregen", description, dir)
	generate.Dir = "../../tools"
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("wiregen: %v\n%s", err, out)
	}
	fresh, err := filepath.Glob(filepath.Join(dir, "*_gen*.go"))
	if err != nil || len(fresh) == 0 {
		t.Fatalf("the generator wrote %v, %v", fresh, err)
	}
	for _, file := range fresh {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Base(file))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what the generator writes: run go generate ./internal/wire", filepath.Base(file))
		}
	}
}
