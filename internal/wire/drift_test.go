package wire

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
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
	d := drift{t: t, seen: map[reflect.Type]bool{}, unions: unionMembers(t)}
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
	unions  map[string][]string
	members int
}

func (d *drift) compare(path string, ours, theirs reflect.Type) {
	ours, theirs = element(ours), element(theirs)
	if theirs.PkgPath() == typesPackage && theirs.Kind() == reflect.Interface {
		d.compareUnion(path, ours, theirs.Name())
		return
	}
	if theirs.Kind() != reflect.Struct || strings.HasPrefix(theirs.String(), "time.") || d.seen[theirs] {
		return
	}
	d.seen[theirs] = true
	if ours.Kind() != reflect.Struct {
		d.t.Errorf("%s is %s here and a structure in the SDK", path, ours)
		return
	}
	for f := range theirs.Fields() {
		if !f.IsExported() || f.Name == "ResultMetadata" {
			continue
		}
		d.members++
		mine, ok := ours.FieldByName(f.Name)
		if !ok {
			d.t.Errorf("%s.%s is in the SDK and not in connect.api", path, f.Name)
			continue
		}
		d.compare(path+"."+f.Name, mine.Type, f.Type)
	}
}

// compareUnion looks for the members of a union of the SDK by name; reflection does not lead to their types.
func (d *drift) compareUnion(path string, ours reflect.Type, union string) {
	if len(d.unions[union]) == 0 {
		d.t.Errorf("%s: the SDK's sources have no member of the union %s", path, union)
	}
	for _, name := range d.unions[union] {
		d.members++
		if ours.Kind() != reflect.Struct {
			d.t.Errorf("%s is %s here and a union in the SDK", path, ours)
		} else if _, ok := ours.FieldByName(name); !ok {
			d.t.Errorf("%s.%s is in the SDK's union %s and not in connect.api", path, name, union)
		}
	}
}

const typesPackage = "github.com/aws/aws-sdk-go-v2/service/connect/types"

// unionMembers reads the names of the members of every union in the SDK's sources, which declare
// XMemberY for the member Y of the union X.
func unionMembers(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.Command("go", "list", "-f", "{{.Dir}}", typesPackage)
	dir, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "types.go"))
	if err != nil {
		t.Fatal(err)
	}
	unions := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^type (\w+)Member(\w+) struct`).FindAllStringSubmatch(string(source), -1) {
		unions[m[1]] = append(unions[m[1]], m[2])
	}
	return unions
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
