//go:build ui

package console

import (
	"regexp"
	"strings"
	"testing"
)

var reference = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

func TestBuiltPagesFindTheirAssets(t *testing.T) {
	t.Parallel()
	h := Handler(Options{})
	for _, path := range []string{"/", "/login", "/ccp-v2/"} {
		html := get(h, path, "").Body.String()
		found := reference.FindAllStringSubmatch(html, -1)
		if len(found) == 0 {
			t.Errorf("GET %s names no assets: %s", path, html)
		}
		for _, match := range found {
			if w := get(h, match[1], ""); w.Code != 200 {
				t.Errorf("GET %s, which %s needs, = %d, want 200", match[1], path, w.Code)
			}
		}
	}
}

// The content security policy would refuse these, and the page would stay white.
func TestBuiltPagesHoldNothingInline(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/login", "/ccp-v2/"} {
		html := get(Handler(Options{}), path, "").Body.String()
		for _, refused := range []string{"<style", "<script>", "style=", "data:"} {
			if strings.Contains(html, refused) {
				t.Errorf("GET %s holds %q: %s", path, refused, html)
			}
		}
	}
}
