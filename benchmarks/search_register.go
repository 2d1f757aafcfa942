package benchmarks

import (
	"context"
	"fmt"
	"hash/fnv"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"oblik/matcher"
	"oblik/models"
)

// The galleries of a register: everyone's, and that of a few.
const (
	everyone models.GalleryID = "register"
	few      models.GalleryID = "few"
)

// register is who is in the index: person number i has one encounter, with
// vector i. few of them, evenly spread, are in the small gallery, too.
type register struct {
	vectors Vectors
	format  models.Format
	people  int
	few     int
}

// fill puts everyone into the index, on all cores.
func (g register) fill(ctx context.Context, index matcher.Index, m *meter) error {
	const block = 1024
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			rows := make([]float32, block*g.vectors.Dim())
			for ctx.Err() == nil {
				first := int(next.Add(block)) - block
				if first >= g.people {
					return
				}
				n := min(block, g.people-first)
				if err := g.put(index, first, rows[:n*g.vectors.Dim()]); err != nil {
					cancel(err)
				}
				m.add(n)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// put reads vectors from first on into rows, and puts them into the index.
func (g register) put(index matcher.Index, first int, rows []float32) error {
	if err := g.vectors.Read(first, rows); err != nil {
		return err
	}
	dim := g.vectors.Dim()
	entries := make([]models.Entry, len(rows)/dim)
	for i := range entries {
		template, err := matcher.Encode(g.format.Weights, rows[i*dim:(i+1)*dim])
		if err != nil {
			return models.Errorf("bench", models.Invalid, "vector %d: %w", first+i, err)
		}
		entries[i] = g.entry(first+i, template)
	}
	return index.Put(entries...)
}

func (g register) entry(number int, template models.Template) models.Entry {
	galleries := []models.GalleryID{everyone}
	if g.few > 0 && number%(g.people/g.few) == 0 && number/(g.people/g.few) < g.few {
		galleries = append(galleries, few)
	}
	return models.Entry{Key: keyOf(number), Status: models.Active, Galleries: galleries, Templates: []models.Template{template}}
}

// keyOf names person number n as a client would, with UUIDs: scattered ones,
// which end in the number.
func keyOf(n int) models.EncounterKey {
	return models.EncounterKey{Person: models.PersonID(uuidOf("person", n)), Encounter: models.EncounterID(uuidOf("encounter", n))}
}

func uuidOf(kind string, n int) string {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d", kind, n) // a hash takes everything
	x := h.Sum64()
	return fmt.Sprintf("%08x-%04x-8%03x-8000-%012x", uint32(x), uint16(x>>32), uint16(x>>48)&0xfff, n) //nolint:gosec // parts of a hash
}

// numberOf is the number of the person whom [keyOf] named so.
func numberOf(id models.PersonID) (int, error) {
	if len(id) != 36 {
		return 0, models.Errorf("bench", models.Internal, "a person who is not in the register")
	}
	n, err := strconv.ParseUint(string(id[24:]), 16, 32)
	if err != nil {
		return 0, models.Errorf("bench", models.Internal, "a person who is not in the register")
	}
	return int(n), nil
}
