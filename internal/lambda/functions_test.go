package lambda

import (
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/arn"
)

func TestMostExactPatternSaysWhere(t *testing.T) {
	t.Parallel()
	functions, err := ParseFunctions(map[string]string{
		lookup:                               "http://unqualified",
		lookup + ":prod":                     "http://prod",
		"arn:aws:lambda:*:*:function:team-*": "http://team",
		"arn:aws:lambda:*:*:function:find":   "http://find",
		"*":                                  "https://rest",
	})
	if err != nil {
		t.Fatal(err)
	}
	const prefix = "arn:aws:lambda:us-east-1:000000000000:function:"
	for function, want := range map[string]string{
		lookup: "http://unqualified", lookup + ":test": "http://unqualified", lookup + ":prod": "http://prod",
		prefix + "team-a": "http://team", prefix + "team-a:prod": "http://team", prefix + "my-team-a": "https://rest",
		prefix + "find": "http://find", prefix + "find:1": "http://find", prefix + "finder": "https://rest",
	} {
		f, err := arn.ParseFunction(function)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := functions.url(function, f); got != want || !ok {
			t.Errorf("%s is at %q, %t; want %q", function, got, ok, want)
		}
	}
	only, err := ParseFunctions(map[string]string{lookup + ":prod": "http://prod"})
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := arn.ParseFunction(lookup); len(only) == 1 {
		if got, ok := only.url(lookup, f); ok {
			t.Errorf("the URL of an alias is also that of the function: %s", got)
		}
	}
}

func TestFunctionSettingIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ pattern, url, says string }{
		{"lookup", "http://h", `"lookup" is not the ARN`},
		{"arn:aws:lambda:eu-west-1:1:function:lookup", "http://h", "is not the ARN"},
		{lookup, "", "must begin with http"},
		{lookup, "ftp://h", lookup + ": its URL must begin with http"},
		{lookup, "http://", "must begin with http"},
		{lookup, "http://h\x00secret", "must begin with http"},
	} {
		_, err := ParseFunctions(map[string]string{tt.pattern: tt.url})
		if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s=%s: %v, want %q", tt.pattern, tt.url, err, tt.says)
		}
	}
}

func TestEndpointSetting(t *testing.T) {
	t.Parallel()
	keys := map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
	for _, tt := range []struct {
		setting     string
		environment map[string]string
		want        string // key, token and URL
		says        string
	}{
		{"", keys, "", ""},
		{"aws", keys, "a t ", ""},
		{"aws", nil, "", "AWS_ACCESS_KEY_ID"},
		{"http://localhost:4566", nil, "test  http://localhost:4566", ""},
		{"http://localhost:4566", keys, "a t http://localhost:4566", ""},
		{"localhost:4566", keys, "", "must be aws, or a URL"},
	} {
		e, err := ParseEndpoint(tt.setting, func(name string) string { return tt.environment[name] })
		got := ""
		if e != nil {
			got = e.credentials.AccessKeyID + " " + e.credentials.SessionToken + " " + e.url
		}
		if got != tt.want || (err != nil) != (tt.says != "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("ParseEndpoint(%q) = %q, %v; want %q, %q", tt.setting, got, err, tt.want, tt.says)
		}
	}
}
