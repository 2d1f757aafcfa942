package matcher

import (
	"cmp"

	"oblik/models"
)

// ByRank puts the better candidate first: by score, by similarity where the
// scale ends, then by person id.
func ByRank(a, b models.Candidate) int {
	return cmp.Or(
		cmp.Compare(b.Score.Value, a.Score.Value),
		cmp.Compare(b.Score.Similarity, a.Score.Similarity),
		cmp.Compare(a.Person, b.Person),
	)
}
