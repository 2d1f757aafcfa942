package matcher

import (
	"context"
	"slices"
	"sync"

	"oblik/models"
)

// Flat is an exact [Index]: every search compares the probe with every
// template of the gallery. Vectors lie in one block, a row each; removing
// moves the last row into the gap.
type Flat struct {
	format      models.Format
	calibration *Calibration

	mu      sync.RWMutex
	vectors []float32                     // len(owners) * format.Dimension
	owners  []models.EncounterKey         // of each row
	byKey   map[models.EncounterKey][]int // the rows of an encounter
	entries map[models.EncounterKey]entry // also those without a template
}

// entry is what a search asks of an encounter before it compares.
type entry struct {
	active    bool
	galleries []models.GalleryID
}

// NewFlat makes an empty index of one format.
func NewFlat(format models.Format, calibration *Calibration) *Flat {
	return &Flat{
		format: format, calibration: calibration,
		byKey:   make(map[models.EncounterKey][]int),
		entries: make(map[models.EncounterKey]entry),
	}
}

// Put implements [Index]. Templates of another format, left from earlier
// weights, are passed over: they can't be searched.
func (x *Flat) Put(entries ...models.Entry) error {
	vectors := make([][][]float32, len(entries))
	for i, e := range entries {
		for _, t := range e.Templates {
			if t.Format != x.format {
				continue
			}
			v, err := Vector(t)
			if err != nil {
				return err
			}
			vectors[i] = append(vectors[i], v)
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, e := range entries {
		x.remove(e.Key)
		x.entries[e.Key] = entry{active: e.Status == models.Active, galleries: slices.Clone(e.Galleries)}
		for _, v := range vectors[i] {
			x.byKey[e.Key] = append(x.byKey[e.Key], len(x.owners))
			x.owners = append(x.owners, e.Key)
			x.vectors = append(x.vectors, v...)
		}
	}
	return nil
}

// Remove implements [Index].
func (x *Flat) Remove(keys ...models.EncounterKey) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, k := range keys {
		x.remove(k)
	}
	return nil
}

// Replace implements [Index].
func (x *Flat) Replace(person models.PersonID, entries ...models.Entry) error {
	var old []models.EncounterKey
	x.mu.RLock()
	for k := range x.entries {
		if k.Person == person {
			old = append(old, k)
		}
	}
	x.mu.RUnlock()
	if err := x.Remove(old...); err != nil {
		return err
	}
	return x.Put(entries...)
}

// Reset implements [Index].
func (x *Flat) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.vectors, x.owners = nil, nil
	clear(x.byKey)
	clear(x.entries)
}

// Len implements [Index].
func (x *Flat) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.entries)
}

// remove forgets one encounter, its last row first so that the rows it moves
// are never its own.
func (x *Flat) remove(key models.EncounterKey) {
	dim := x.format.Dimension
	rows := x.byKey[key]
	slices.Sort(rows)
	for _, r := range slices.Backward(rows) {
		last := len(x.owners) - 1
		if r != last {
			moved := x.owners[last]
			x.owners[r] = moved
			copy(x.vectors[r*dim:(r+1)*dim], x.vectors[last*dim:])
			at := slices.Index(x.byKey[moved], last)
			x.byKey[moved][at] = r
		}
		clear(x.vectors[last*dim:]) // an erased template does not linger in memory
		x.owners, x.vectors = x.owners[:last], x.vectors[:last*dim]
	}
	delete(x.byKey, key)
	delete(x.entries, key)
}

// Search implements [Index]. The number of templates compared, N, lowers each
// score by 10*log10(N).
func (x *Flat) Search(ctx context.Context, probe models.Template, o models.SearchOptions) ([]models.Candidate, error) {
	if probe.Format != x.format {
		return nil, models.Errorf("search", models.Mismatch, "a probe of %q, the index holds %q", probe.Format.Weights, x.format.Weights)
	}
	if o.Max < 1 || o.Max > models.MaxCandidates {
		return nil, models.Errorf("search", models.Invalid, "%d candidates asked for, 1 to %d can be given", o.Max, models.MaxCandidates)
	}
	p, err := Vector(probe)
	if err != nil {
		return nil, err
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	best, n, err := x.scan(ctx, p, o)
	if err != nil {
		return nil, err
	}
	return x.candidates(best, n, o), nil
}
