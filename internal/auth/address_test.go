package auth

import (
	"net/http/httptest"
	"testing"
)

func TestAddressIsTheNearestThatIsNoProxys(t *testing.T) {
	inner, err := ParseProxies([]string{"10.0.0.0/8", "2001:db8::1"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, remote string
		forwarded    []string
		proxies      Proxies
		want         string
	}{
		{"no proxy", "192.0.2.1:4711", nil, LocalProxies, "192.0.2.1"},
		{"a client's own word", "192.0.2.1:4711", []string{"198.51.100.7"}, LocalProxies, "192.0.2.1"},
		{"a proxy of the machine", "127.0.0.1:4711", []string{"198.51.100.7"}, LocalProxies, "198.51.100.7"},
		{"what a client told the proxy", "127.0.0.1:4711", []string{"203.0.113.9, 198.51.100.7"}, LocalProxies, "198.51.100.7"},
		{"two proxies", "10.1.1.1:4711", []string{"203.0.113.9, 198.51.100.7", "10.2.2.2"}, inner, "198.51.100.7"},
		{"only proxies", "10.1.1.1:4711", []string{"10.2.2.2"}, inner, "10.2.2.2"},
		{"rubbish", "10.1.1.1:4711", []string{"198.51.100.7, unknown"}, inner, "10.1.1.1"},
		{"nobody is believed", "127.0.0.1:4711", []string{"198.51.100.7"}, nil, "127.0.0.1"},
		{"IPv6 is a network", "[2001:db8:1:2:3:4:5:6]:4711", nil, LocalProxies, "2001:db8:1:2::/64"},
		{"IPv6 with a zone", "[fe80::1%eth0]:4711", nil, LocalProxies, "fe80::/64"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:4711", nil, LocalProxies, "192.0.2.1"},
		{"a proxy named by its address", "[2001:db8::1]:4711", []string{"198.51.100.7"}, inner, "198.51.100.7"},
		{"no address", "@", nil, LocalProxies, "unknown"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("POST", "/login", nil)
		r.RemoteAddr = tt.remote
		r.Header["X-Forwarded-For"] = tt.forwarded
		if got := tt.proxies.Address(r); got != tt.want {
			t.Errorf("%s: Address = %q, want %q", tt.name, got, tt.want)
		}
	}
	if _, err := ParseProxies([]string{"proxy.internal"}); err == nil {
		t.Error("a name is taken for a network")
	}
}
