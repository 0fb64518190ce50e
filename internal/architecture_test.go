package internal_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const domain = "fault arn hours contact attachment agent template directory metric routing flow flowlog"

// mayImport is the whole architecture. A package that is not here may not exist.
// "*" allows every package but those for tests.
var mayImport = map[string]string{
	"fault": "", "telemetry": "",
	"arn":              "fault",
	"hours":            "fault",
	"contact":          "fault arn",
	"attachment":       "fault",
	"agent":            "fault arn",
	"template":         "fault arn contact",
	"directory":        "fault arn",
	"metric":           "fault contact agent",
	"routing":          "fault arn contact agent hours",
	"flow":             "fault arn contact hours",
	"flowchart":        "flow",
	"flowlog":          "",
	"engine":           domain,
	"dispatch":         domain + " engine telemetry",
	"store":            domain + " engine store/migrations",
	"backup":           "attachment store",
	"rehearse":         domain + " engine dispatch store",
	"store/migrations": "",
	"outbox":           "fault contact engine telemetry",
	"outbox/webhook":   "fault contact outbox",
	"outbox/nats":      "fault contact outbox",
	"outbox/kafka":     "fault contact outbox",
	"wire":             "fault",
	"auth":             "fault arn directory",
	"awsapi":           domain + " engine wire auth telemetry",
	"files":            domain + " engine",
	"lambda":           domain + " engine telemetry",
	"desk":             domain + " engine auth telemetry",
	"console":          domain + " engine auth telemetry",
	"server":           "*",
	"cmd/tasklane":     "server",
}

// testsMayImport holds the packages that only tests use. No arrow of mayImport leads to them.
var testsMayImport = map[string]string{
	"store/pgtest":      "",
	"store/disktest":    "",
	"store/storetest":   domain + " engine store store/pgtest",
	"server/servertest": "* store/pgtest",
	"simulation":        "", // it has only tests, which may import everything
}

// domainNeverImports keeps input and output out of the domain: it takes values and returns values.
var domainNeverImports = strings.Fields("database/sql net/http log log/slog os")

// sqlDrivers belong to the store, because the test of the SQL rules reads no other package.
var sqlDrivers = []string{"database/sql", "github.com/jackc/pgx/v5", "modernc.org/sqlite"}

// imports holds what each package imports, tests left out. Our own packages are named as in mayImport.
type imports map[string][]string

func TestArrowsPointOneWay(t *testing.T) {
	for _, breach := range read(t).breaches() {
		t.Error(breach)
	}
}

func TestArrowTableRefuses(t *testing.T) {
	tests := []struct {
		name string
		give imports
		want string // empty means allowed
	}{
		{"an arrow of the table", imports{"contact": {"fault", "arn"}}, ""},
		{"an arrow backwards", imports{"contact": {"engine"}}, "contact may not import engine"},
		{"edges that meet", imports{"awsapi": {"store"}}, "awsapi may not import store"},
		{"a package nobody planned", imports{"util": nil}, "util is not in the table of packages"},
		{"anything from the server", imports{"server": {"awsapi", "store"}}, ""},
		{"a test's package in the server", imports{"server": {"store/pgtest"}}, "server may not import store/pgtest"},
		{"a test's package in a test's package", imports{"store/storetest": {"store/pgtest"}}, ""},
		{"input in the domain", imports{"flow": {"net/http"}}, "flow is domain and may not import net/http"},
		{"input at an edge", imports{"awsapi": {"net/http"}}, ""},
		{"SQL outside the store", imports{"auth": {"database/sql"}}, "auth may not import database/sql: SQL is in store"},
		{"SQL in a part of the store", imports{"store/pgtest": {"github.com/jackc/pgx/v5/stdlib"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			if diff := cmp.Diff(want, tt.give.breaches()); diff != "" {
				t.Errorf("breaches of %v (-want +got):\n%s", tt.give, diff)
			}
		})
	}
}

// breaches returns a line for each import that the architecture forbids.
func (all imports) breaches() []string {
	var lines []string
	for pkg, imported := range all {
		if _, ok := allowed(pkg); !ok {
			lines = append(lines, pkg+" is not in the table of packages")
			continue
		}
		for _, path := range imported {
			if why := forbids(pkg, path); why != "" {
				lines = append(lines, why)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// forbids tells why pkg may not import path; empty means that it may.
func forbids(pkg, path string) string {
	if _, ours := allowed(path); ours {
		if row, _ := allowed(pkg); !slices.Contains(row, path) {
			return fmt.Sprintf("%s may not import %s", pkg, path)
		}
		return ""
	}
	if slices.Contains(strings.Fields(domain), pkg) && slices.Contains(domainNeverImports, path) {
		return fmt.Sprintf("%s is domain and may not import %s", pkg, path)
	}
	for _, driver := range sqlDrivers {
		inStore := pkg == "store" || strings.HasPrefix(pkg, "store/")
		if !inStore && (path == driver || strings.HasPrefix(path, driver+"/")) {
			return fmt.Sprintf("%s may not import %s: SQL is in store", pkg, path)
		}
	}
	return ""
}

// allowed returns the packages of ours that pkg may import, and whether pkg may exist.
func allowed(pkg string) ([]string, bool) {
	row, ok := mayImport[pkg]
	if !ok {
		row, ok = testsMayImport[pkg]
	}
	packages := strings.Fields(row)
	if slices.Contains(packages, "*") {
		for name := range mayImport {
			packages = append(packages, name)
		}
	}
	return packages, ok
}

// read parses the sources itself: the test cache sees the files a test opens, but not what `go list` reads.
func read(t *testing.T) imports {
	t.Helper()
	all := imports{}
	root := os.DirFS("..")
	for _, dir := range []string{"cmd", "internal"} {
		err := fs.WalkDir(root, dir, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "dist"):
				return fs.SkipDir
			case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			pkg := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "internal/")
			imported, err := importsOf(filepath.Join("..", path))
			all[pkg] = append(all[pkg], imported...)
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return all
}

func importsOf(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		path = strings.TrimPrefix(path, "github.com/tasklane/tasklane/")
		paths = append(paths, strings.TrimPrefix(path, "internal/"))
	}
	return paths, nil
}
