package lambda

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
)

// Functions say at which URL a function is called instead of at the endpoint.
type Functions []rule

// rule gives a URL to the functions whose ARN matches a pattern.
type rule struct {
	pattern string
	regexp  *regexp.Regexp
	url     string
}

// ParseFunctions reads a table of URLs by the ARN of a function. An asterisk stands for any characters. The error names
// what is wrong.
func ParseFunctions(table map[string]string) (Functions, error) {
	var all Functions
	for pattern, target := range table {
		if !strings.HasPrefix(pattern, "arn:") && !strings.HasPrefix(pattern, "*") {
			return nil, fmt.Errorf("%q is not the ARN of a Lambda function", pattern)
		}
		if !strings.Contains(pattern, "*") {
			if _, err := arn.ParseFunction(pattern); err != nil {
				return nil, err
			}
		}
		if err := checkURL(target); err != nil {
			return nil, fmt.Errorf("%s: %w", pattern, err)
		}
		expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
		all = append(all, rule{pattern, regexp.MustCompile(`^` + expression + `$`), target})
	}
	slices.SortFunc(all, func(a, b rule) int {
		return cmp.Or(cmp.Compare(b.literals(), a.literals()), strings.Compare(a.pattern, b.pattern))
	})
	return all, nil
}

// checkURL reports whether something can be called. The error does not tell the URL: there may be a password in it.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("its URL must begin with http:// or https://")
	}
	return nil
}

// literals is how much of an ARN the pattern settles.
func (r rule) literals() int { return len(r.pattern) - strings.Count(r.pattern, "*") }

// url finds the URL of a function: that of the pattern that settles most of its ARN. A pattern without a version or an
// alias matches every one of them.
func (all Functions) url(function string, f arn.Function) (string, bool) {
	for _, r := range all {
		if r.regexp.MatchString(function) || r.regexp.MatchString(f.ARN) {
			return r.url, true
		}
	}
	return "", false
}
