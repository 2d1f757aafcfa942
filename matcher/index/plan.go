package index

import (
	"sync"

	"oblik/models"
)

// begin sets what queries look at, all of one moment, and plans their pass.
func (x *Index) begin(lock sync.Locker, queries []*query) *pass {
	p := &pass{x: x, lock: lock, queries: queries}
	wants := make(map[*partition]uint8)
	var order []*partition
	lock.Lock()
	defer lock.Unlock()
	for i, q := range queries {
		q.born = x.births.n
		if q.options.Gallery != models.AllGalleries {
			q.gallery = x.sets.galleries[q.options.Gallery]
		}
		q.exclude = x.excluded(q.options)
		n := x.compared(q.options)
		q.floor = floorOf(x.calibration, q.options.Threshold, n-n/64-1) // it may be fewer at the end
		q.setCut(q.floor)
		if q.floor > 1 {
			continue // nobody can score so high
		}
		for _, part := range x.searched(q.options.Gallery) {
			if wants[part] == 0 {
				order = append(order, part)
			}
			wants[part] |= 1 << i
		}
	}
	p.plan(order, wants)
	return p
}

// plan cuts the partitions into steps.
func (p *pass) plan(order []*partition, wants map[*partition]uint8) {
	var step []unit
	most := p.x.stepRows
	room := min(most, firstRows)
	next := func() {
		p.steps = append(p.steps, step)
		step, room = nil, min(most, firstRows<<min(len(p.steps), 8))
	}
	for _, part := range order {
		for i := range part.extents {
			end := min(extentRows(i), part.rows-extentStart(i))
			for from := 0; from < end; {
				to := min(end, from+room)
				step = append(step, unit{part, i, from, to, wants[part]})
				if room -= wholeBlocks(to - from); room <= 0 || len(step) == stepUnits {
					next()
				}
				from = to
			}
		}
	}
	if len(step) > 0 {
		next()
	}
}

// searched are the partitions that can hold a gallery's rows.
func (x *Index) searched(id models.GalleryID) (list []*partition) {
	if id == models.AllGalleries {
		for _, p := range x.parts[1:] {
			if p != nil && p.rows > 0 {
				list = append(list, p)
			}
		}
		return list
	}
	g := x.sets.galleries[id]
	if g == nil {
		return nil
	}
	for _, s := range g.own {
		for _, p := range s.parts {
			if p != nil && p.rows > 0 {
				list = append(list, p)
			}
		}
	}
	for _, p := range x.mixed {
		if g.shared > 0 && p != nil && p.rows > 0 {
			list = append(list, p)
		}
	}
	return list
}

// reads is the number of rows that a search of a gallery reads.
func (x *Index) reads(id models.GalleryID) (n int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if id == models.AllGalleries {
		return x.rows
	}
	for _, p := range x.searched(id) {
		n += p.rows
	}
	return n
}

// compared is the number of templates that a search compares: the ACTIVE ones
// of its gallery, but for the excluded person's.
func (x *Index) compared(o models.SearchOptions) int {
	n := x.rows
	g := x.sets.galleries[o.Gallery]
	if o.Gallery != models.AllGalleries {
		if g == nil {
			return 0
		}
		n = g.rows
	}
	p := x.excluded(o)
	if p == 0 {
		return n
	}
	for i := x.people.at(p).first; i != 0; i = x.entries.at(i).next {
		if x.entries.at(i).place.part != 0 && x.inGallery(i, o.Gallery) {
			n--
		}
	}
	return n
}

// excluded is the person who is left out, 0 for nobody.
func (x *Index) excluded(o models.SearchOptions) uint32 {
	if o.Exclude == "" {
		return 0
	}
	return x.people.find(string(o.Exclude))
}

// inGallery reports whether an entry's encounter is in a gallery.
func (x *Index) inGallery(entry uint32, id models.GalleryID) bool {
	if id == models.AllGalleries {
		return true
	}
	g := x.sets.galleries[id]
	return g != nil && x.sets.byNumber[x.entries.at(entry).set].in(g)
}
