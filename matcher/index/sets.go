package index

import (
	"slices"
	"strconv"
	"strings"

	"oblik/matcher/quant"
	"oblik/models"
)

// maxOwn is how many sets of galleries have partitions of their own. A client
// that makes a gallery for each person would otherwise take a block of 16 rows
// for each of them and a call of the scan for each block.
const maxOwn = 4096

// gallery is one that an encounter is in.
type gallery struct {
	own    []*set // those that have it and partitions of their own
	shared int    // the number of the others that have it
	rows   int    // ACTIVE templates in it
}

// set is a list of galleries that some encounter has, exactly in this order.
type set struct {
	number    uint32 // from 1 on
	key       string
	names     []models.GalleryID
	galleries []*gallery // without doubles
	entries   int        // that have it
	own       bool       // it has partitions of its own
	parts     [quant.Classes]*partition
}

func (g *gallery) gain(s *set) {
	if s.own {
		g.own = append(g.own, s)
	} else {
		g.shared++
	}
}

func (g *gallery) lose(s *set) {
	if s.own {
		at := slices.Index(g.own, s)
		g.own = slices.Delete(g.own, at, at+1)
	} else {
		g.shared--
	}
}

// in reports whether the set has gallery g.
func (s *set) in(g *gallery) bool { return slices.Contains(s.galleries, g) }

// sets are all sets and galleries that there are. These are on Go's heap: a
// register has few. Each costs some 300 bytes and its name.
type sets struct {
	galleries map[models.GalleryID]*gallery
	byKey     map[string]*set
	byNumber  []*set // from 1 on; nil where free
	free      []uint32
	own       int
}

func newSets() *sets {
	return &sets{
		galleries: make(map[models.GalleryID]*gallery),
		byKey:     make(map[string]*set),
		byNumber:  make([]*set, 1),
	}
}

// hold is the set of these galleries, with one entry more.
func (s *sets) hold(names []models.GalleryID) *set {
	key := setKey(names)
	if have := s.byKey[key]; have != nil {
		have.entries++
		return have
	}
	made := &set{key: key, names: slices.Clone(names), entries: 1, own: s.own < maxOwn}
	if made.own {
		s.own++
	}
	for _, name := range names {
		g := s.galleries[name]
		if g == nil {
			g = &gallery{}
			s.galleries[name] = g
		}
		if !made.in(g) {
			made.galleries = append(made.galleries, g)
			g.gain(made)
		}
	}
	s.byKey[key] = made
	s.number(made)
	return made
}

func (s *sets) number(made *set) {
	if n := len(s.free); n > 0 {
		made.number = s.free[n-1]
		s.free = s.free[:n-1]
		s.byNumber[made.number] = made
		return
	}
	made.number = uint32(len(s.byNumber)) //nolint:gosec // no more than entries
	s.byNumber = append(s.byNumber, made)
}

// release takes one entry from a set. The last one's end is the set's, and that
// of the galleries that no other set has.
func (s *sets) release(gone *set) {
	if gone.entries--; gone.entries > 0 {
		return
	}
	for _, name := range gone.names {
		at := slices.Index(gone.galleries, s.galleries[name])
		if at < 0 {
			continue // named twice
		}
		g := gone.galleries[at]
		gone.galleries = slices.Delete(gone.galleries, at, at+1)
		if g.lose(gone); len(g.own) == 0 && g.shared == 0 {
			delete(s.galleries, name)
		}
	}
	if gone.own {
		s.own--
	}
	delete(s.byKey, gone.key)
	s.byNumber[gone.number] = nil
	s.free = append(s.free, gone.number)
}

// setKey is the same for the same names in the same order only.
func setKey(names []models.GalleryID) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(strconv.Itoa(len(n)))
		b.WriteByte(':')
		b.WriteString(string(n))
	}
	return b.String()
}
