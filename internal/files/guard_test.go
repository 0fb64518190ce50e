package files

import (
	"errors"
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestOnlyPublicAddressesAreDialled(t *testing.T) {
	tests := []struct {
		addr   string
		public bool
	}{
		{"1.1.1.1", true},
		{"52.216.8.1", true},
		{"172.15.255.255", true},
		{"172.32.0.1", true},
		{"100.63.255.255", true},
		{"100.128.0.1", true},
		{"223.255.255.255", true},
		{"2600:1f18::1", true},
		{"2a05:d018::1", true},

		{"0.0.0.0", false},
		{"0.1.2.3", false},
		{"127.0.0.1", false},
		{"127.255.255.254", false},
		{"10.0.0.1", false},
		{"172.16.0.1", false},
		{"172.31.255.255", false},
		{"192.168.1.1", false},
		{"169.254.169.254", false}, // metadata of AWS, GCP, Azure
		{"169.254.170.2", false},   // credentials of ECS
		{"100.64.0.1", false},
		{"100.100.100.200", false}, // metadata of Alibaba
		{"168.63.129.16", false},   // Azure
		{"192.0.0.192", false},     // Oracle
		{"192.0.2.1", false},
		{"192.88.99.1", false},
		{"198.18.0.1", false},
		{"198.19.255.255", false},
		{"198.51.100.1", false},
		{"203.0.113.1", false},
		{"224.0.0.1", false},
		{"239.255.255.250", false},
		{"240.0.0.1", false},
		{"255.255.255.255", false},

		{"::", false},
		{"::1", false},
		{"fe80::1", false},
		{"fe80::1%eth0", false},
		{"2600:1f18::1%eth0", false},
		{"fec0::1", false},
		{"fc00::1", false},
		{"fd00:ec2::254", false}, // metadata of AWS
		{"ff02::1", false},
		{"::ffff:10.0.0.1", false},
		{"::ffff:127.0.0.1", false},
		{"::ffff:169.254.169.254", false},
		{"::ffff:1.1.1.1", true}, // is 1.1.1.1
		{"::127.0.0.1", false},   // IPv4-compatible
		{"64:ff9b::1.1.1.1", true},
		{"64:ff9b::10.0.0.1", false},
		{"64:ff9b::127.0.0.1", false},
		{"64:ff9b::169.254.169.254", false},
		{"64:ff9b:1::1.1.1.1", false}, // NAT64 of the network itself
		{"2001::1", false},            // Teredo
		{"2001:db8::1", false},
		{"3fff::1", false},
		{"2002:7f00:1::1", false}, // 6to4 of 127.0.0.1
		{"2002:101:101::1", false},
		{"100::1", false}, // discarded
		{"5f00::1", false},
		{"4000::1", false}, // not assigned
	}
	for _, tt := range tests {
		if got := public(netip.MustParseAddr(tt.addr)); got != tt.public {
			t.Errorf("public(%s) = %t", tt.addr, got)
		}
		address := netip.AddrPortFrom(netip.MustParseAddr(tt.addr), 80).String()
		if err := (Allow{}).check(address); (err == nil) != tt.public || err != nil && !errors.Is(err, errForbidden) {
			t.Errorf("check(%s) = %v", address, err)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
	for _, address := range []string{"", "localhost:80", "10.0.0.1", "1.1.1.1", "[::1", "0x7f.1:80", "2130706433:80"} {
		if err := (Allow{}).check(address); !errors.Is(err, errForbidden) {
			t.Errorf("check(%q) = %v", address, err)
		}
	}
}

// TestPrivateAddressHasNoDisguise: however an IPv4 address that is not public is written as IPv6, it is not public.
func TestPrivateAddressHasNoDisguise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ip := [4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "ip"))
		plain := public(netip.AddrFrom4(ip))
		mapped := netip.AddrFrom16([16]byte{10: 0xff, 11: 0xff, 12: ip[0], 13: ip[1], 14: ip[2], 15: ip[3]})
		translated := netip.AddrFrom16([16]byte{1: 0x64, 2: 0xff, 3: 0x9b, 12: ip[0], 13: ip[1], 14: ip[2], 15: ip[3]})
		if public(mapped) != plain || public(translated) != plain {
			t.Errorf("%v is public %t, mapped %t, translated %t", ip, plain, public(mapped), public(translated))
		}
		compatible := netip.AddrFrom16([16]byte{12: ip[0], 13: ip[1], 14: ip[2], 15: ip[3]})
		sixToFour := netip.AddrFrom16([16]byte{0: 0x20, 1: 0x02, 2: ip[0], 3: ip[1], 4: ip[2], 5: ip[3], 15: 1})
		if public(compatible) || public(sixToFour) {
			t.Errorf("%v: as IPv4-compatible %t, as 6to4 %t", ip, public(compatible), public(sixToFour))
		}
	})
}

func TestParseAllow(t *testing.T) {
	a, err := ParseAllow([]string{"10.1.2.3/16", "192.168.1.1", "fd00::/8", "MinIO.internal:9000"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"10.1.255.255:80": true, "[::ffff:10.1.0.1]:80": true, "10.2.0.1:80": false, "192.168.1.1:1": true,
		"192.168.1.2:1": false, "[fd12::1]:443": true, "[fe80::1]:443": false, "1.1.1.1:443": true,
		"minio.internal:9000": false, // a name is no address: only the dialer takes it
	} {
		if err := a.check(address); (err == nil) != want {
			t.Errorf("check(%s) = %v, want ok %t", address, err, want)
		}
	}
	for _, bad := range []string{"", "minio", "10.0.0.0/33", "minio:", "minio:http", "minio:0", "minio:70000", ":80", "http://minio:80"} {
		if _, err := ParseAllow([]string{bad}); err == nil {
			t.Errorf("ParseAllow(%q) succeeded", bad)
		}
	}
}
