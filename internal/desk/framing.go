package desk

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

// localPages are all pages of this machine, as a content security policy names them.
var localPages = []string{"http://localhost:*", "http://127.0.0.1:*"}

// Framers are the sources, as a content security policy names them, whose pages may show the panel that is asked for
// in a frame: the approved origins of the instance that the caller is signed in to. Who is not signed in gets no more
// than a page that waits for that, and may be framed by those of all instances.
func (d *Desk) Framers(r *http.Request) []string {
	var sources []string
	if d.local {
		sources = append(sources, localPages...)
	}
	if s, _, ok, err := d.sessions.FindCookie(r); ok && err == nil {
		return append(sources, d.approved(s.Instance)...)
	}
	for _, i := range d.engine.Instances() {
		sources = append(sources, d.approved(i.ID)...)
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// approved are the approved origins of an instance.
func (d *Desk) approved(instance string) (origins []string) {
	all, err := d.engine.ApprovedOrigins(instance)
	if err != nil {
		return nil // the instance is gone
	}
	for _, o := range all {
		origins = append(origins, o.Name)
	}
	return origins
}

// trusts reports whether pages of an origin may frame the panel of some instance.
func (d *Desk) trusts(origin string) bool {
	if d.local && directory.LocalOrigin(origin) {
		return true
	}
	return slices.ContainsFunc(d.engine.Instances(), func(i directory.Instance) bool {
		return slices.Contains(d.approved(i.ID), origin)
	})
}

// reach is where the cookie of a user must reach: to pages of other sites, once the instance has approved any.
func (d *Desk) reach(instance string) auth.Reach {
	if len(d.approved(instance)) > 0 {
		return auth.AnySite
	}
	return auth.OwnSite
}

// signOutFrom is the sign-out that a link leads to, or a script of a page that frames the panel asks for. Pages of
// other sites cannot sign an agent out unseen.
func (d *Desk) signOutFrom(w http.ResponseWriter, r *http.Request) {
	origin := asking(r)
	if d.trusts(origin) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Add("Vary", "Origin")
	} else if site := r.Header.Get("Sec-Fetch-Site"); r.Header.Get("Sec-Fetch-Mode") != "navigate" && (site == "cross-site" || site == "same-site") {
		writeMessage(w, http.StatusForbidden, "The request comes from a page of another site, whose origin is not approved")
		return
	}
	d.signOut(w, r)
}

// asking is the origin of the page that a request comes from, as far as the browser tells.
func asking(r *http.Request) string {
	if origin := r.Header.Get("Origin"); origin != "" {
		return origin
	}
	u, err := url.Parse(r.Header.Get("Referer"))
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
