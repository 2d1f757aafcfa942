package matcher

import (
	"cmp"
	"slices"

	"oblik/models"
)

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
	slices.SortFunc(list, byRank)
	return list[:min(len(list), o.Max)]
}

// byRank puts the better candidate first: by score, by similarity where the
// scale ends, then by person id.
func byRank(a, b models.Candidate) int {
	return cmp.Or(
		cmp.Compare(b.Score.Value, a.Score.Value),
		cmp.Compare(b.Score.Similarity, a.Score.Similarity),
		cmp.Compare(a.Person, b.Person),
	)
}
