package index

// births is a ring of the places where rows have come to be, put or moved. With
// it a search that looked at the rows one after the other can tell, at its end,
// which have changed behind its back: a row's place is either in the ring, or
// holds what it held, or holds nothing.
type births struct {
	ring []place
	n    uint64 // since the beginning
}

// ringSize is how many changes a search can make up for. A search takes some
// milliseconds, and each change costs it less than a microsecond at its end.
const ringSize = 1 << 14

func newBirths() *births { return &births{ring: make([]place, ringSize)} }

func (b *births) add(p place) {
	b.ring[b.n%ringSize] = p
	b.n++
}

// since calls f for every birth from number n on. It reports false, and calls
// nothing, if they are more than the ring holds.
func (b *births) since(n uint64, f func(place)) bool {
	if b.n-n > ringSize {
		return false
	}
	for ; n < b.n; n++ {
		f(b.ring[n%ringSize])
	}
	return true
}
