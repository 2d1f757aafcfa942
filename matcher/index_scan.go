package matcher

import (
	"cmp"
	"context"
	"slices"

	"oblik/models"
)

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

// candidates turns each person's best hit into the ranked list.
func (x *Flat) candidates(best map[models.PersonID]hit, n int, o models.SearchOptions) []models.Candidate {
	list := make([]models.Candidate, 0, min(len(best), o.Max))
	for person, h := range best {
		score := x.calibration.Score(h.similarity).Less(n)
		if score.Value >= o.Threshold {
			list = append(list, models.Candidate{
				Person: person, Encounter: h.key.Encounter, Score: score,
				Galleries: slices.Clone(x.entries[h.key].galleries),
			})
		}
	}
	slices.SortFunc(list, ByRank)
	return list[:min(len(list), o.Max)]
}

// ByRank puts the better candidate first: by score, by similarity where the
// scale ends, then by person id.
func ByRank(a, b models.Candidate) int {
	return cmp.Or(
		cmp.Compare(b.Score.Value, a.Score.Value),
		cmp.Compare(b.Score.Similarity, a.Score.Similarity),
		cmp.Compare(a.Person, b.Person),
	)
}
