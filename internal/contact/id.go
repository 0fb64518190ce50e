package contact

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// NewID makes the id of a contact: a UUID that reads as version 4, as Amazon Connect's do, whose first 48 bits
// are the time in milliseconds. Ids that grow with time keep the rows of tasks that start together on the same
// pages of the database; see docs/decisions/0002-contact-ids.md.
func NewID(now time.Time) string { return NewIDFrom(rand.Reader, now) }

// NewIDFrom is [NewID] with the random part read from a source, which must not fail.
func NewIDFrom(random io.Reader, now time.Time) string {
	var id uuid.UUID
	if _, err := io.ReadFull(random, id[6:]); err != nil {
		panic(fmt.Sprintf("the source of random bytes fails: %v", err))
	}
	binary.BigEndian.PutUint64(id[:8], uint64(now.UnixMilli())<<16|uint64(id[6])<<8|uint64(id[7]))
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// FirstID is not greater than any id that [NewID] makes in the millisecond of a time or later, and greater than all
// that it makes before.
func FirstID(at time.Time) string {
	var id uuid.UUID
	if ms := at.UnixMilli(); ms > 0 {
		binary.BigEndian.PutUint64(id[:8], uint64(ms)<<16)
	}
	return id.String()
}

// LastID is not less than any id that [NewID] makes in the millisecond of a time or before.
func LastID(at time.Time) string {
	const length = len("00000000-0000") // of the time in an id
	return FirstID(at)[:length] + "-ffff-ffff-ffffffffffff"
}
