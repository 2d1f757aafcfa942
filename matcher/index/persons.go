package index

import (
	"hash/maphash"
	"math"
	"math/bits"

	"oblik/matcher/slab"
)

// person is someone with at least one encounter.
type person struct {
	id    idRef
	first uint32 // entry
	next  uint32 // person of the same bucket
}

const personSize = 12

// persons finds people by id: a hash table that grows by linear hashing. With
// every person added one bucket is divided in two, so no single change pays for
// the growth of the table.
type persons struct {
	ids    *ids
	people slab.Table
	heads  slab.Table // of each bucket the first person; bucket b is slot b+1
	seed   maphash.Seed
}

func newPersons(ids *ids) *persons {
	return &persons{
		ids: ids, seed: maphash.MakeSeed(),
		people: slab.NewTable(personSize, math.MaxUint32),
		heads:  slab.NewTable(4, math.MaxUint32),
	}
}

func (p *persons) at(i uint32) *person { return slab.At[person](&p.people, i) }

// find is the person of an id, 0 if there is none.
func (p *persons) find(id string) uint32 {
	if p.heads.Used() == 0 {
		return 0
	}
	pool, packed := packID(id)
	for i := *p.head(p.hash(packed)); i != 0; i = p.at(i).next {
		if p.ids.is(p.at(i).id, pool, packed) {
			return i
		}
	}
	return 0
}

// reserve makes room for one more person.
func (p *persons) reserve() error {
	if err := p.heads.Reserve(1); err != nil {
		return err
	}
	return p.people.Reserve(1)
}

// add makes a person who is not there yet.
func (p *persons) add(id string) uint32 {
	if p.people.Used() >= p.heads.Used() {
		p.divide()
	}
	i := p.people.New()
	_, packed := packID(id)
	p.at(i).id = p.ids.keep(id)
	p.push(p.head(p.hash(packed)), i)
	return i
}

func (p *persons) push(head *uint32, i uint32) { p.at(i).next, *head = *head, i }

// drop forgets a person and the id.
func (p *persons) drop(i uint32) {
	for link := p.head(p.hashOf(i)); ; link = &p.at(*link).next {
		if *link == i {
			*link = p.at(i).next
			break
		}
	}
	p.ids.forget(p.at(i).id)
	p.people.Free(i)
	if p.people.Used() == 0 {
		p.heads.Reset()
	}
}

// head is the bucket of a hash: of the 2^k possible ones, those from the number
// of buckets on are not yet divided from the one half as far.
func (p *persons) head(hash uint64) *uint32 {
	n := uint64(p.heads.Used()) //nolint:gosec // >= 0
	size := uint64(1) << bits.Len64(n-1)
	b := hash & (size - 1)
	if b >= n {
		b -= size / 2
	}
	return slab.At[uint32](&p.heads, uint32(b+1)) //nolint:gosec // < number of buckets
}

// divide adds a bucket and moves into it those who belong there.
func (p *persons) divide() {
	n := p.heads.Used()
	p.heads.New()
	if n == 0 {
		return
	}
	size := 1 << bits.Len(uint(n))
	old := slab.At[uint32](&p.heads, uint32(n-size/2+1)) //nolint:gosec // < number of buckets
	rest := *old
	for *old = 0; rest != 0; {
		i := rest
		rest = p.at(i).next
		p.push(p.head(p.hashOf(i)), i)
	}
}

func (p *persons) hashOf(i uint32) uint64 { return p.hash(p.ids.packed(p.at(i).id)) }

func (p *persons) hash(packed []byte) uint64 { return maphash.Bytes(p.seed, packed) }

func (p *persons) reset() {
	p.people.Reset()
	p.heads.Reset()
}
