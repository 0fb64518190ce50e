package files

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A task starts with URLs that its caller chooses, and this server fetches them: from inside a network that the
// caller may not reach. So it connects to public addresses only. The address is checked when it is dialled, after
// the name was resolved, and for every redirect: a name that resolves to something else the second time gains
// nothing.

// Allow holds places that files may be fetched from although they are not public.
type Allow struct {
	prefixes []netip.Prefix
	hosts    []string // host:port, in lower case
}

// ParseAllow reads places: a network (10.1.0.0/16), an address (10.1.2.3), or a host with its port (minio:9000), which
// is dialled whatever address it has.
func ParseAllow(places []string) (Allow, error) {
	var a Allow
	for _, place := range places {
		if prefix, err := netip.ParsePrefix(place); err == nil {
			a.prefixes = append(a.prefixes, prefix.Masked())
			continue
		}
		if addr, err := netip.ParseAddr(place); err == nil {
			a.prefixes = append(a.prefixes, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		host, port, err := net.SplitHostPort(place)
		if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || host == "" {
			return Allow{}, fmt.Errorf("%q is neither a network, an address, nor a host with a port", place)
		}
		a.hosts = append(a.hosts, strings.ToLower(place))
	}
	return a, nil
}

// errForbidden says that a URL leads to an address that is not public.
var errForbidden = errors.New("the address is not public")

// dialer returns a function that connects to public addresses and those that are allowed, and to no others.
func (a Allow) dialer(resolver *net.Resolver) func(ctx context.Context, network, address string) (net.Conn, error) {
	plain := &net.Dialer{Timeout: 10 * time.Second, Resolver: resolver}
	guarded := *plain
	guarded.Control = func(_, address string, _ syscall.RawConn) error { return a.check(address) }
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if slices.Contains(a.hosts, strings.ToLower(address)) {
			return plain.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
}

// check reports whether an address, ip:port, may be dialled.
func (a Allow) check(address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", errForbidden, err)
	}
	addr := to.Addr().Unmap()
	allowed := slices.ContainsFunc(a.prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
	if !allowed && !public(addr) {
		return errForbidden
	}
	return nil
}

// special are the networks that are not public although no method of [netip.Addr] says so
// (https://www.iana.org/assignments/iana-ipv4-special-registry, …-ipv6-special-registry).
var special = prefixes(
	"0.0.0.0/8",                                         // this network
	"100.64.0.0/10",                                     // shared by carriers (CGNAT); metadata of some clouds
	"168.63.129.16/32",                                  // metadata and DNS of Azure
	"192.0.0.0/24",                                      // protocol assignments; metadata of Oracle Cloud
	"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation
	"192.88.99.0/24",             // 6to4 relays
	"198.18.0.0/15",              // benchmarks
	"240.0.0.0/4",                // reserved, broadcast
	"2001::/23",                  // protocol assignments, Teredo among them: it holds an IPv4 address
	"2001:db8::/32", "3fff::/20", // documentation
	"2002::/16", // 6to4: it holds an IPv4 address
)

var (
	unicast6 = netip.MustParsePrefix("2000::/3")     // the part of IPv6 that is assigned
	nat64    = netip.MustParsePrefix("64:ff9b::/96") // an IPv4 address is in the last 32 bits
)

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, text := range all {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// public reports whether an address is one of the public Internet.
func public(addr netip.Addr) bool {
	addr = addr.Unmap() // ::ffff:10.0.0.1 is 10.0.0.1
	if addr.Zone() != "" || !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	if nat64.Contains(addr) {
		bytes := addr.As16()
		return public(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	if addr.Is6() && !unicast6.Contains(addr) {
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(addr) })
}
