package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want string // what is printed
		ok   bool
	}{
		{
			"all is well", `
			{"Action":"start","Package":"p"}
			{"Action":"run","Package":"p","Test":"TestA"}
			{"Action":"run","Package":"p","Test":"TestA/sub"}
			{"Action":"output","Package":"p","Test":"TestA/sub","Output":"noise\n"}
			{"Action":"pass","Package":"p","Test":"TestA/sub"}
			{"Action":"pass","Package":"p","Test":"TestA"}
			{"Action":"output","Package":"p","Output":"PASS\n"}
			{"Action":"pass","Package":"p","Elapsed":1.25}
			{"Action":"skip","Package":"no/tests"}`,
			"ok      p 1.2s\n2 passed, 0 failed, 0 skipped\n", true,
		},
		{
			"what was simulated is told", `
			{"Action":"run","Package":"p","Test":"TestA"}
			{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: 1000 seeds simulated in 50s\n"}
			{"Action":"pass","Package":"p","Test":"TestA"}`,
			"1000 seeds simulated in 50s\n1 passed, 0 failed, 0 skipped\n", true,
		},
		{
			"a skipped test says why", `
			{"Action":"run","Package":"p","Test":"TestA"}
			{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
			{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: no database: none\n"}
			{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
			{"Action":"skip","Package":"p","Test":"TestA"}`,
			"skip    p TestA: no database: none\n0 passed, 0 failed, 1 skipped\n", true,
		},
		{
			"a failed test shows its output", `
			{"Action":"run","Package":"p","Test":"TestA"}
			{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: got 1, want 2\n"}
			{"Action":"fail","Package":"p","Test":"TestA"}
			{"Action":"output","Package":"p","Output":"FAIL\n"}
			{"Action":"fail","Package":"p","Elapsed":0.5}`,
			"    a_test.go:7: got 1, want 2\nFAIL    p 0.5s\n0 passed, 1 failed, 0 skipped\n", false,
		},
		{
			"a package that does not build", `
			{"ImportPath":"p","Action":"build-output","Output":"p/a.go:1: syntax error\n"}
			{"ImportPath":"p","Action":"build-fail"}
			{"Action":"start","Package":"p"}
			{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
			{"Action":"fail","Package":"p","FailedBuild":"p"}`,
			"p/a.go:1: syntax error\nFAIL\tp [build failed]\nFAIL    p 0.0s\n0 passed, 1 failed, 0 skipped\n", false,
		},
		{
			"a test that takes its process along", `
			{"Action":"run","Package":"p","Test":"TestA"}
			{"Action":"output","Package":"p","Test":"TestA","Output":"os.Exit(0)?\n"}
			{"Action":"pass","Package":"p"}`,
			"--- FAIL: TestA did not end\nos.Exit(0)?\nok      p 0.0s\n0 passed, 1 failed, 0 skipped\n", false,
		},
		{
			"a stream that breaks off", `
			{"Action":"run","Package":"p","Test":"TestA"}`,
			"--- FAIL: TestA did not end\n0 passed, 1 failed, 0 skipped\n", false,
		},
		{
			"no test", `go: no packages`,
			"go: no packages\n0 passed, 0 failed, 0 skipped\nNo test ran.\n", false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			r := newReport(&out)
			in := strings.ReplaceAll(strings.TrimSpace(tt.in), "\t\t\t", "")
			if err := r.read(strings.NewReader(in)); err != nil {
				t.Fatal(err)
			}
			if ok := r.close(); ok != tt.ok || out.String() != tt.want {
				t.Errorf("ok %t, want %t; printed:\n%swant:\n%s", ok, tt.ok, out.String(), tt.want)
			}
		})
	}
}
