package engine

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/contact"
)

// idSource makes the ids of new things, and draws the shares of flows, from one source of random bytes. It may be used by
// several goroutines when its source may.
type idSource struct{ random io.Reader }

func newIDSource(random io.Reader) idSource {
	if random == nil {
		random = rand.Reader
	}
	return idSource{random}
}

// newID makes the id of anything but a contact.
func (i idSource) newID() string { return uuid.Must(uuid.NewRandomFromReader(i.random)).String() }

// newContactID makes the id of a contact; see [contact.NewID].
func (i idSource) newContactID(now time.Time) string { return contact.NewIDFrom(i.random, now) }

// percent draws a whole number from 1 to 100.
func (i idSource) percent() int {
	n, err := rand.Int(i.random, big.NewInt(100))
	if err != nil {
		panic(fmt.Sprintf("the source of random bytes fails: %v", err))
	}
	return int(n.Int64()) + 1
}
