package hours

import (
	"strings"
	"time"
	_ "time/tzdata" // so that zones are known where the system has no data of them, as in a bare container

	"github.com/tasklane/tasklane/internal/fault"
)

// Zone is a time zone by its IANA name. The zero Zone is UTC.
type Zone struct{ location *time.Location }

// NewZone finds a zone by its name, such as Europe/Berlin or EST5EDT. It fails with [fault.Invalid].
func NewZone(name string) (Zone, error) {
	l, err := time.LoadLocation(name)
	// The first two mean something else to Go; the others are directories of the system's data, not names of zones.
	if err != nil || name == "" || name == "Local" || strings.HasPrefix(name, "right/") || strings.HasPrefix(name, "posix/") {
		return Zone{}, fault.New(fault.Invalid, "TimeZone: %q is not a time zone of the IANA database", name)
	}
	return Zone{l}, nil
}

// String is the zone's name.
func (z Zone) String() string { return z.in().String() }

func (z Zone) in() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// MarshalText writes the zone's name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// UnmarshalText reads a zone's name. It fails as [NewZone] does.
func (z *Zone) UnmarshalText(text []byte) error {
	zone, err := NewZone(string(text))
	*z = zone
	return err
}
