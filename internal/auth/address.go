package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of the proxies in front of the server, whose word about where a request comes from counts.
type Proxies []netip.Prefix

// LocalProxies are those of the machine itself.
var LocalProxies = Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// ParseProxies reads networks and addresses; no text means [LocalProxies].
func ParseProxies(texts []string) (Proxies, error) {
	if len(texts) == 0 {
		return LocalProxies, nil
	}
	var all Proxies
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("%q is neither a network nor an address", text)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

func (p Proxies) has(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}

// Address is where a request comes from: the nearest address that is no proxy's. Of an IPv6 address it is the network
// of 64 bits, all of which one household has.
func (p Proxies) Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	near, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	near = near.Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.has(near) {
			break
		}
		far, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break // what lies behind is anybody's word
		}
		near = far.Unmap()
	}
	if near.Is6() {
		network, _ := near.WithZone("").Prefix(64) // of 128 bits there are 64
		return network.String()
	}
	return near.String()
}
