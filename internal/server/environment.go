package server

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const envPrefix = "TASKLANE_"

// foreignEnv are variables that begin as ours do and are not: those of tests, and those that Kubernetes and Docker set
// in every container for a service or a container that is named tasklane.
var foreignEnv = regexp.MustCompile(`^TASKLANE_(TEST_.*|ENV_.*|NAME=/.*|(.*_)?SERVICE_(HOST|PORT)(_.*)?=.*|` +
	`(.*_)?PORT=(tcp|udp|sctp)://.*|(.*_)?PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?=.*)`)

// checkEnvironment fails for a variable that begins as ours do and is no setting, such as one that is misspelt.
func checkEnvironment(root *kong.Node, environ []string) error {
	known := settings(root)
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(known, name) || foreignEnv.MatchString(entry) {
			continue
		}
		hint := "the settings are in tasklane serve --help"
		if near := nearest(name, known); near != "" {
			hint = "is " + near + " meant?"
		}
		return usageError{fmt.Errorf("the environment variable %s is no setting: %s", name, hint)}
	}
	return nil
}

// settings are the variables that commands read, in order.
func settings(n *kong.Node) []string {
	var names []string
	for _, f := range n.Flags {
		names = append(names, f.Envs...)
	}
	for _, child := range n.Children {
		names = append(names, settings(child)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// farthest is how many characters a word may differ in from what was meant.
const farthest = 3

// nearest is the word that differs least from one; empty when all are too far.
func nearest(word string, words []string) (near string) {
	least := farthest + 1
	for _, w := range words {
		if d := distance(word, w); d < least {
			near, least = w, d
		}
	}
	return near
}

// distance is in how many characters two words differ: added, left out or replaced (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
