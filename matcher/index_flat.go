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

// hit is a person's best template in a search.
type hit struct {
	similarity float64
	key        models.EncounterKey
}

// scan compares the probe with every row the options allow and returns each
// person's best and the number of rows compared.
func (x *Flat) scan(ctx context.Context, probe []float32, o models.SearchOptions) (map[models.PersonID]hit, int, error) {
	const stride = 4096 // rows between two looks at the context
	dim, n := x.format.Dimension, 0
	floor := x.calibration.Similarity(o.Threshold) - 1e-6 // the 1:1 score of a candidate is never lower
	best := make(map[models.PersonID]hit)
	for i, key := range x.owners {
		if i%stride == 0 && ctx.Err() != nil {
			return nil, 0, models.Errorf("search", models.Deadline, "%w", ctx.Err())
		}
		if !x.searched(key, o) {
			continue
		}
		n++
		s := dot(probe, x.vectors[i*dim:(i+1)*dim])
		if s < floor {
			continue
		}
		if h, ok := best[key.Person]; !ok || better(hit{s, key}, h) {
			best[key.Person] = hit{s, key}
		}
	}
	return best, n, nil
}

// better orders hits of one person: the higher similarity, then the lower id.
func better(a, b hit) bool {
	if a.similarity != b.similarity {
		return a.similarity > b.similarity
	}
	return a.key.Encounter < b.key.Encounter
}

func (x *Flat) searched(key models.EncounterKey, o models.SearchOptions) bool {
	e := x.entries[key]
	if !e.active || (o.Exclude != "" && key.Person == o.Exclude) {
		return false
	}
	return o.Gallery == models.AllGalleries || slices.Contains(e.galleries, o.Gallery)
}
