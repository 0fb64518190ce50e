package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// A browser sends what any web page asks it to, to this machine and to its network, too. Two kinds of pages must get
// nothing done where no signature proves who calls:
//
//   - a page of another origin. It cannot read the answer, but a request without a preflight still takes effect.
//     Browsers name its origin, or say that the request crosses sites.
//   - a page whose host name its owner has pointed at this server (DNS rebinding). It is of the same origin, but the
//     Host header names that host.
//
// Clients that are no browsers send neither Origin nor Sec-Fetch-Site, and name a host that is ours.

// guard refuses what foreign pages send.
type guard struct {
	open  bool                // whoever reaches the server may do everything
	local bool                // pages of this machine may call
	hosts map[string]struct{} // names of this server, besides those of the machine for itself
	anyIP bool                // the server listens on all addresses of its machine: each of them names it
	base  string              // host and port of --base-url
}

func newGuard(c Config) *guard {
	g := &guard{open: c.open(), local: c.localCORS, hosts: map[string]struct{}{}}
	for _, name := range c.AllowHost {
		g.hosts[hostName(name)] = struct{}{}
	}
	if u, err := url.Parse(c.BaseURL); err == nil && u.Host != "" {
		g.base = u.Host
		g.hosts[hostName(u.Host)] = struct{}{}
	}
	if host := hostName(c.Listen); host == "" || isIP(host) && net.ParseIP(host).IsUnspecified() {
		g.anyIP = true
	} else {
		g.hosts[host] = struct{}{}
	}
	return g
}

// open reports whether whoever reaches the server may do everything.
func (c *Config) open() bool { return c.Auth == authOff || c.Development }

// ownPrefix begins the paths of Tasklane's own endpoints.
const ownPrefix = "/_tasklane/"

// handler refuses requests for hosts that are not this server, and those of foreign pages to Tasklane's own endpoints.
// Where only signatures and sessions open anything, other paths need no check: a foreign page has neither.
func (g *guard) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := strings.HasPrefix(path.Clean(r.URL.Path)+"/", ownPrefix)
		probe := r.URL.Path == "/healthz" || r.URL.Path == "/readyz"
		switch {
		case (own || g.open && !probe) && !g.names(r.Host):
			refusePage(w, "The host "+hostName(r.Host)+" is not known to be this server: add it with --allow-host")
		case own && g.foreign(r):
			refusePage(w, foreignPage)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// pages refuses requests of foreign pages to an endpoint that needs no signature.
func (g *guard) pages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.foreign(r) {
			refusePage(w, foreignPage)
			return
		}
		next.ServeHTTP(w, r)
	})
}

const foreignPage = "The request comes from a page of another origin"

func refusePage(w http.ResponseWriter, message string) {
	writeException(w, http.StatusForbidden, "AccessDeniedException", message)
}

// names reports whether a Host header names this server.
func (g *guard) names(host string) bool {
	name := hostName(host)
	if _, ok := g.hosts[name]; ok || localName(name) {
		return true
	}
	return g.anyIP && isIP(name)
}

// foreign reports whether a request comes from a page of another origin, of this machine's pages where they may not call.
func (g *guard) foreign(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	switch site := r.Header.Get("Sec-Fetch-Site"); len(origins) {
	case 0:
		return site != "" && site != "none" && site != "same-origin"
	case 1:
		u, err := url.Parse(origins[0])
		return err != nil || u.Host == "" ||
			!strings.EqualFold(u.Host, r.Host) && !strings.EqualFold(u.Host, g.base) && (!g.local || !localName(u.Hostname()))
	default:
		return true
	}
}

// hostName is the host of a Host header or an address, without its port, in small letters.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// localName reports whether a name is one of the machine for itself. RFC 6761 keeps names below localhost for it.
func localName(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || isIP(name) && net.ParseIP(name).IsLoopback()
}

func isIP(name string) bool { return net.ParseIP(name) != nil }

// warnIfOpen warns when others than this machine can reach a server that lets everybody do everything.
func (c *Config) warnIfOpen(ctx context.Context, address string) {
	if c.open() && !localName(hostName(address)) {
		slog.WarnContext(ctx, "everybody who reaches this server can read, change and reset everything: no signatures are checked, "+
			"or the development endpoints are on", "address", address)
	}
}
