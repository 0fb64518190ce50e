package awsapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ignored are members that are taken and do nothing, as docs/divergences.md says.
var ignored = []string{
	"DeleteInstanceRequest.ClientToken",
	"ListTaskTemplatesRequest.MaxResults",
	"StopContactRequest.DisconnectReason",
	"UpdateInstanceAttributeRequest.ClientToken",
	"UpdateInstanceStorageConfigRequest.ClientToken",
}

// TestNoMemberIsIgnored reads the source: every member of a request that is served must be looked at by a function that
// is given the request.
func TestNoMemberIsIgnored(t *testing.T) {
	t.Parallel()
	read := map[string]bool{} // Request.Member
	served := map[string]bool{}
	for _, file := range parsed(t, "*.go") {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			for name, request := range requests(f) {
				served[request] = true
				ast.Inspect(f.Body, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok {
						if of, ok := s.X.(*ast.Ident); ok && of.Name == name {
							read[request+"."+s.Sel.Name] = true
						}
					}
					return true
				})
			}
		}
	}
	if len(served) < 100 {
		t.Fatalf("found %d requests that are served", len(served))
	}
	for _, file := range parsed(t, "../wire/messages_gen.go") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !served[spec.Name.Name] {
				return true
			}
			for _, f := range spec.Type.(*ast.StructType).Fields.List {
				member := spec.Name.Name + "." + f.Names[0].Name
				if known := slices.Contains(ignored, member); read[member] == known {
					t.Errorf("%s is read: %t, and listed as ignored: %t", member, read[member], known)
				}
			}
			return false
		})
	}
}

// parsed are the files of a pattern, tests left out.
func parsed(t *testing.T, pattern string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// requests are the parameters of a function that are requests, by name.
func requests(f *ast.FuncDecl) map[string]string {
	found := map[string]string{}
	for _, p := range f.Type.Params.List {
		kind := p.Type
		if star, ok := kind.(*ast.StarExpr); ok {
			kind = star.X
		}
		if s, ok := kind.(*ast.SelectorExpr); ok && strings.HasSuffix(s.Sel.Name, "Request") {
			for _, name := range p.Names {
				found[name.Name] = s.Sel.Name
			}
		}
	}
	return found
}
