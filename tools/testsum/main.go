// Command testsum reads what `go test -json` writes and sums it up for people: a line for each package and each
// skipped test, the output of each failed one, and at the end how many passed, failed and were skipped.
//
// Tests and their subtests count alike. What began and never ended counts as failed, and so does a package that
// fails without a failing test, because it does not build, say. It exits 1 when anything failed or nothing ran.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	if !r.close() {
		os.Exit(1)
	}
}

// event is a line of `go test -json`; see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string // empty for events of the package
	Elapsed float64
	Output  string
}

// test names a test, or with an empty name a package.
type test struct{ pkg, name string }

// report is the state of the summary.
type report struct {
	out                     io.Writer
	output                  map[test][]string // of what has not ended
	failures                map[string]int    // failed tests of the packages that have not ended
	passed, failed, skipped int
}

func newReport(out io.Writer) *report {
	return &report{out: out, output: map[test][]string{}, failures: map[string]int{}}
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			r.printf("%s\n", lines.Text()) // not from a test
			continue
		}
		r.add(e)
	}
	return lines.Err()
}

func (r *report) add(e event) {
	it := test{e.Package, e.Test}
	switch e.Action {
	case "start", "run":
		r.output[it] = nil
	case "output":
		r.output[it] = append(r.output[it], e.Output)
	case "build-output":
		r.printf("%s", e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(it, e.Action)
		}
		delete(r.output, it)
	}
}

// simulated is what a simulation says of itself; it is shown although it passed.
var simulated = regexp.MustCompile(`[0-9]+ seeds simulated.*`)

func (r *report) endTest(it test, action string) {
	switch action {
	case "pass":
		r.passed++
		for _, line := range r.output[it] {
			if found := simulated.FindString(line); found != "" {
				r.printf("%s\n", found)
			}
		}
	case "skip":
		r.skipped++
		r.printf("skip    %s %s: %s\n", it.pkg, it.name, reason(r.output[it]))
	case "fail":
		r.fail(it)
	}
}

// fail counts a failed test and shows what it said.
func (r *report) fail(it test) {
	r.failed++
	r.failures[it.pkg]++
	r.printf("%s", strings.Join(r.output[it], ""))
}

func (r *report) endPackage(e event) {
	r.failUnended(func(it test) bool { return it.pkg == e.Package })
	switch e.Action {
	case "pass":
		r.printf("ok      %s %.1fs\n", e.Package, e.Elapsed)
	case "fail":
		if r.failures[e.Package] == 0 {
			r.fail(test{pkg: e.Package})
		}
		r.printf("FAIL    %s %.1fs\n", e.Package, e.Elapsed)
	}
	delete(r.failures, e.Package)
}

// failUnended counts as failed the tests among the given that began and have not ended.
func (r *report) failUnended(among func(test) bool) {
	var unended []test
	for it := range r.output {
		if it.name != "" && among(it) {
			unended = append(unended, it)
		}
	}
	slices.SortFunc(unended, func(a, b test) int { return strings.Compare(a.pkg+a.name, b.pkg+b.name) })
	for _, it := range unended {
		r.printf("--- FAIL: %s did not end\n", it.name)
		r.fail(it)
		delete(r.output, it)
	}
}

// close prints the last line, and reports whether all is well.
func (r *report) close() bool {
	r.failUnended(func(test) bool { return true })
	r.printf("%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	if r.passed+r.failed+r.skipped == 0 {
		r.printf("No test ran.\n")
		return false
	}
	return r.failed == 0
}

func (r *report) printf(format string, args ...any) {
	fmt.Fprintf(r.out, format, args...)
}

// position begins a line that a test logs.
var position = regexp.MustCompile(`^\s+\w+\.go:\d+: `)

// reason is what a skipped test said.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		if at := position.FindString(line); at != "" {
			return strings.TrimSpace(strings.TrimPrefix(line, at))
		}
	}
	return "it does not say why"
}
