package store_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dialectHook is the file that holds what differs between engines: only it may name SKIP LOCKED.
const dialectHook = "dialect.go"

// sqlPiece tells a string that continues a statement from any other text: keywords stand in upper case.
var sqlPiece = regexp.MustCompile(`^(SELECT|FROM|JOIN|WHERE|AND|OR|SET|VALUES|RETURNING|LIMIT|(ORDER|GROUP) BY|ON CONFLICT|FOR UPDATE|UNION)\b`)

func TestStatementsKeepTheRules(t *testing.T) {
	files := productFiles(t)
	found := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range statementsOf(t, string(text)) {
			found++
			for _, breach := range sqlBreaches(sql) {
				if name == dialectHook && strings.HasPrefix(breach, "SKIP LOCKED") {
					continue
				}
				t.Errorf("%s: %s:\n%s", name, breach, sql)
			}
		}
	}
	if len(files) > 0 && found == 0 {
		t.Error("no SQL in the store: does this test look in the right place?")
	}
}

func TestMigrationsKeepTheRules(t *testing.T) {
	migrations, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range migrations {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, breach := range migrationBreaches(string(text)) {
			t.Errorf("%s: %s", name, breach)
		}
	}
	if len(productFiles(t)) > 0 && len(migrations) == 0 {
		t.Error("no migrations in the store: does this test look in the right place?")
	}
}

// productFiles returns the Go files of the store, tests left out.
func productFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// statementsOf returns the SQL in the strings of a Go file. Strings that are added up count as one; what else
// is added to them (a call, a variable) reads as a space.
func statementsOf(t *testing.T, source string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	var visit func(ast.Node) bool
	visit = func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field: // its tag is a string too
			ast.Inspect(n.Type, visit)
			return false
		case *ast.BasicLit, *ast.BinaryExpr:
			text := addUp(n.(ast.Expr), func(other ast.Expr) { ast.Inspect(other, visit) })
			if text = strings.TrimSpace(text); statement.MatchString(text) || sqlPiece.MatchString(text) {
				found = append(found, text)
			}
			return false
		}
		return true
	}
	ast.Inspect(file, visit)
	return found
}

// addUp joins the strings of an expression, and hands what is no string to other.
func addUp(expr ast.Expr, other func(ast.Expr)) string {
	switch e := expr.(type) {
	case *ast.BinaryExpr:
		return addUp(e.X, other) + addUp(e.Y, other)
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil || e.Kind != token.STRING {
			return " "
		}
		return text
	}
	other(expr)
	return " "
}

// migrationBreaches returns what is wrong with a migration. No transaction surrounds it, since some engines
// have none for DDL. So it may die half way and run again from its top: it holds one statement, or only
// statements that may be repeated.
func migrationBreaches(text string) []string {
	var found []string
	// A table that is made anew must not be lost half way: such a file runs in one transaction, and says why.
	whole := strings.Contains(text, "-- transaction: ")
	if whole == strings.Contains(text, "-- +goose NO TRANSACTION\n") {
		found = append(found, `no line "-- +goose NO TRANSACTION", and no comment "-- transaction: why", or both`)
	}
	up, down, _ := strings.Cut(text, "-- +goose Down\n")
	for _, half := range []string{up, down} {
		steps := splitSteps(half)
		for _, step := range steps {
			found = append(found, sqlBreaches(step)...)
			if !whole && len(steps) > 1 && !regexp.MustCompile(`\bIF (NOT )?EXISTS\b`).MatchString(step) {
				found = append(found, fmt.Sprintf("one of %d statements, and cannot be repeated: %s", len(steps), step))
			}
		}
	}
	return found
}

// splitSteps splits where goose does: at the end of lines that end with a semicolon.
func splitSteps(text string) []string {
	var steps []string
	for step := range strings.SplitSeq(text, ";\n") {
		if strings.TrimSpace(sqlNoise.ReplaceAllString(step, "")) != "" {
			steps = append(steps, strings.TrimSpace(step))
		}
	}
	return steps
}

func TestStatementsAreFound(t *testing.T) {
	const source = `package p
		import "FROM"
		const one = "SELECT id FROM a"
		type row struct { id string ` + "`WHERE x`" + ` }
		func f() error {
			q := "SELECT id" + columns("INSERT INTO b") + " FROM c"
			q += " AND d = $1"
			run("delete from e")
			n := 1 + 2
			return errors.New("select nothing: " + q)
		}`
	want := []string{"SELECT id FROM a", "INSERT INTO b", "SELECT id  FROM c", "AND d = $1", "delete from e"}
	if diff := cmp.Diff(want, statementsOf(t, source)); diff != "" {
		t.Errorf("statementsOf (-want +got):\n%s", diff)
	}
}

func TestMigrationRules(t *testing.T) {
	const head = "-- +goose NO TRANSACTION\n-- +goose Up\n"
	tests := []struct{ name, text, want string }{ // want begins the breach; empty means none
		{"one statement", head + "ALTER TABLE a ADD COLUMN b TEXT;\n", ""},
		{"one up, one down", head + "ALTER TABLE a ADD b TEXT;\n-- +goose Down\nALTER TABLE a DROP COLUMN b;\n", ""},
		{"repeatable ones", head + "DROP INDEX IF EXISTS a;\nCREATE INDEX IF NOT EXISTS a ON b (c);\n-- end\n", ""},
		{"inside a transaction", "-- +goose Up\nDROP INDEX a;\n", "no line"},
		{"a table made anew", "-- +goose Up\n-- transaction: why\nDROP TABLE a;\nALTER TABLE b RENAME TO a;\n", ""},
		{"two at once", head + "DROP INDEX IF EXISTS a;\nDROP INDEX b;\n", "one of 2 statements"},
		{"a forbidden type", head + "ALTER TABLE a ADD COLUMN b JSONB;\n", "column b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := migrationBreaches(tt.text)
			right := len(got) == 0 && tt.want == "" || len(got) == 1 && tt.want != "" && strings.HasPrefix(got[0], tt.want)
			if !right {
				t.Errorf("migrationBreaches(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}
