package main

import (
	"context"
	"hash/maphash"
	"slices"

	"oblik/models"
)

// register is what is to be enrolled.
type register interface {
	// each calls f with every item, in the same order every time, until f
	// returns an error. Items are made as f takes them, never all at once.
	each(f func(item) error) error
}

// item is one photograph to enrol, as one encounter.
type item struct {
	file      string // as the register names it
	path      string // to open it
	key       models.EncounterKey
	galleries []models.GalleryID
	kind      string // the encounter's type
	fault     error  // why it can't be enrolled, as the register shows already
	skip      string // why it is no photograph of the register; empty if it is one
}

// doubles finds encounters that a register names twice, with little memory
// however long it is: a first pass keeps 8 bytes an item and then those hashes
// alone that came twice.
type doubles struct {
	seed  maphash.Seed
	twice map[uint64]bool
	seen  map[models.EncounterKey]bool // of those in twice
}

func (d *doubles) hash(key models.EncounterKey) uint64 { return maphash.Comparable(d.seed, key) }

// survey counts a register's items and prepares to find its doubles. A register
// of nothing is an error: it is hardly what was meant.
func survey(ctx context.Context, r register) (total int, d *doubles, err error) {
	d = &doubles{seed: maphash.MakeSeed(), twice: map[uint64]bool{}, seen: map[models.EncounterKey]bool{}}
	var hashes []uint64
	err = r.each(func(it item) error {
		total++
		if it.fault == nil && it.skip == "" {
			hashes = append(hashes, d.hash(it.key))
		}
		return ctx.Err()
	})
	if err != nil {
		return 0, nil, err
	}
	if total == 0 {
		return 0, nil, models.Errorf("enroll", models.Invalid, "--from names no photograph")
	}
	slices.Sort(hashes)
	for i := 1; i < len(hashes); i++ {
		if hashes[i] == hashes[i-1] {
			d.twice[hashes[i]] = true
		}
	}
	return total, d, nil
}

// check refuses the second of two items of one encounter.
func (d *doubles) check(it item) item {
	if it.fault != nil || it.skip != "" || !d.twice[d.hash(it.key)] {
		return it
	}
	if d.seen[it.key] {
		it.fault = models.Errorf("enroll", models.Invalid, "the register names this encounter of this person twice")
	}
	d.seen[it.key] = true
	return it
}
