package index

import (
	"encoding/hex"

	"oblik/matcher/slab"
	"oblik/models"
)

// idRef names a kept id: the pool in its upper 4 bits, the slot in the others.
type idRef uint32

const (
	slotBits = 28
	maxSlot  = 1<<slotBits - 1
)

// idPools are the sizes of the slots ids are kept in: the first is for UUIDs
// alone, the others hold a byte for the length and the text.
var idPools = [...]int{uuidSize, 8, 16, 24, 32, 40, 48, 64, 96, 132}

const uuidSize = 16

// ids are the texts of people's and encounters' ids. A UUID as it is usually
// written, 36 characters in lower case, takes 16 bytes. Doubles are not shared.
type ids struct{ pools [len(idPools)]slab.Table }

func newIDs() *ids {
	s := &ids{}
	for i, size := range idPools {
		s.pools[i] = slab.NewTable(size, maxSlot)
	}
	return s
}

// reserve makes room for these ids. [models.Invalid] says that one is too long.
func (s *ids) reserve(list ...string) error {
	var need [len(idPools)]int
	for _, id := range list {
		if len(id) > models.MaxIDLength {
			return models.Errorf("index", models.Invalid, "an id of %d bytes, at most %d are accepted", len(id), models.MaxIDLength)
		}
		pool, _ := packID(id)
		need[pool]++
	}
	for i, n := range need {
		if n > 0 {
			if err := s.pools[i].Reserve(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *ids) keep(id string) idRef {
	pool, packed := packID(id)
	slot := s.pools[pool].New()
	copy(s.pools[pool].Bytes(slot), packed)
	return idRef(pool)<<slotBits | idRef(slot) //nolint:gosec // pool < 16
}

func (s *ids) forget(r idRef) { s.pools[r>>slotBits].Free(uint32(r & maxSlot)) }

func (s *ids) text(r idRef) string {
	slot := s.pools[r>>slotBits].Bytes(uint32(r & maxSlot))
	if r>>slotBits != 0 {
		return string(slot[1 : 1+slot[0]])
	}
	var t [36]byte
	for i, span := range uuidSpans {
		hex.Encode(t[span.text:], slot[span.bytes:span.end])
		if i > 0 {
			t[span.text-1] = '-'
		}
	}
	return string(t[:])
}

// uuidSpans are the five groups of digits of a UUID: where each begins in the
// text and in the bytes, and where it ends in the bytes.
var uuidSpans = [...]struct{ text, bytes, end int }{{0, 0, 4}, {9, 4, 6}, {14, 6, 8}, {19, 8, 10}, {24, 10, 16}}

// packID is the pool of an id and what is kept in its slot.
func packID(id string) (pool int, packed []byte) {
	if u, ok := packUUID(id); ok {
		return 0, u[:]
	}
	packed = append(append(make([]byte, 0, 1+len(id)), byte(len(id))), id...) //nolint:gosec // <= MaxIDLength
	for pool = 1; idPools[pool] < len(packed); {
		pool++
	}
	return pool, packed
}

// packUUID is the number that a UUID of 36 characters writes, if it writes it
// in lower case as [ids.text] would.
func packUUID(id string) (u [uuidSize]byte, ok bool) {
	if len(id) != 36 {
		return u, false
	}
	for i := range len(id) {
		if c := id[i]; c >= 'A' && c <= 'F' {
			return u, false
		}
	}
	for i, span := range uuidSpans {
		if i > 0 && id[span.text-1] != '-' {
			return u, false
		}
		digits := id[span.text : span.text+2*(span.end-span.bytes)]
		if _, err := hex.Decode(u[span.bytes:], []byte(digits)); err != nil {
			return u, false
		}
	}
	return u, true
}

// is reports whether r is kept of the id that [packID] made this of.
func (s *ids) is(r idRef, pool int, packed []byte) bool {
	return int(r>>slotBits) == pool && string(s.packed(r)) == string(packed)
}

// packed is what [packID] makes of the id that r is kept of.
func (s *ids) packed(r idRef) []byte {
	slot := s.pools[r>>slotBits].Bytes(uint32(r & maxSlot))
	if r>>slotBits == 0 {
		return slot
	}
	return slot[:1+slot[0]]
}

func (s *ids) reset() {
	for i := range s.pools {
		s.pools[i].Reset()
	}
}

func (s *ids) mapped() (n int) {
	for i := range s.pools {
		n += s.pools[i].Mapped()
	}
	return n
}
