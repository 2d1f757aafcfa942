package benchmarks

import (
	"cmp"
	"math"
	"slices"

	"oblik/models"
)

// Accuracy is the figure LFW's results are compared by: for each fold of the
// list, the share of its pairs that are told right at the threshold that is
// best on the other folds.
type Accuracy struct {
	Mean       float64   `json:"mean"`
	StdErr     float64   `json:"stdErr"` // standard error of the mean over the folds
	Folds      []float64 `json:"folds"`
	Thresholds []float64 `json:"thresholds"` // the similarity each fold was judged at
	Pairs      int       `json:"pairs"`
	LabelError int       `json:"labelErrors"` // pairs of the list that were not counted
}

// judged is a pair of the list with its similarity.
type judged struct {
	similarity float64
	mated      bool
}

// ListAccuracy judges the pairs of the list. A pair with a failed photograph
// does not match; one with a photograph that is not in the set at all is an
// error of kind [models.NotFound].
func ListAccuracy(s *Set, p *Pairs) (Accuracy, error) {
	if len(p.Folds) < 2 {
		return Accuracy{}, models.Errorf("accuracy", models.Invalid, "two folds or more are needed")
	}
	var a Accuracy
	folds := make([][]judged, len(p.Folds))
	index := s.index()
	for i, fold := range p.Folds {
		for _, pair := range fold {
			x, okX := index[pair.A]
			y, okY := index[pair.B]
			if !okX || !okY {
				return Accuracy{}, models.Errorf("accuracy", models.NotFound, "fold %d: a photograph of the list is not in the data set", i+1)
			}
			if !pair.Mated() && s.isLabelError(pair) {
				a.LabelError++
				continue
			}
			similarity := float64(lost)
			if x >= 0 && y >= 0 {
				similarity = float64(cosine(s.Vector(x), s.Vector(y)))
			}
			folds[i] = append(folds[i], judged{similarity, pair.Mated()})
			a.Pairs++
		}
	}
	a.judge(folds)
	return a, nil
}

// judge fills in the folds, their mean and its error.
func (a *Accuracy) judge(folds [][]judged) {
	for i := range folds {
		others := slices.Concat(slices.Concat(folds[:i]...), slices.Concat(folds[i+1:]...))
		t := bestThreshold(others)
		right := 0
		for _, j := range folds[i] {
			if (j.similarity >= t) == j.mated {
				right++
			}
		}
		a.Folds = append(a.Folds, float64(right)/float64(len(folds[i])))
		a.Thresholds = append(a.Thresholds, t)
	}
	n := float64(len(folds))
	for _, f := range a.Folds {
		a.Mean += f / n
	}
	for _, f := range a.Folds {
		a.StdErr += (f - a.Mean) * (f - a.Mean) / (n - 1)
	}
	a.StdErr = math.Sqrt(a.StdErr / n)
}

// bestThreshold is the one at which most pairs are told right; where several
// are equal, the middle one of them, since the ends are the chance of a pair.
func bestThreshold(pairs []judged) float64 {
	slices.SortFunc(pairs, func(a, b judged) int { return cmp.Compare(a.similarity, b.similarity) })
	right := 0 // at a threshold below all pairs
	for _, p := range pairs {
		if p.mated {
			right++
		}
	}
	best, ties := right, []float64{-1}
	for i, p := range pairs {
		if p.mated { // the threshold rises above p
			right--
		} else {
			right++
		}
		t := p.similarity + 1e-6
		if i+1 < len(pairs) {
			if pairs[i+1].similarity == p.similarity {
				continue
			}
			t = (p.similarity + pairs[i+1].similarity) / 2
		}
		if right > best {
			best, ties = right, ties[:0]
		}
		if right == best {
			ties = append(ties, t)
		}
	}
	return ties[len(ties)/2]
}

// index gives the place of every photograph's vector, -1 if it failed.
func (s *Set) index() map[Ref]int {
	index := make(map[Ref]int, len(s.Refs))
	for i, r := range s.Refs {
		index[r] = i
	}
	for _, f := range s.Failures {
		index[f.Ref] = -1
	}
	return index
}

func (s *Set) isLabelError(p Pair) bool {
	a, okA := slices.BinarySearch(s.People, p.A.Person)
	b, okB := slices.BinarySearch(s.People, p.B.Person)
	return okA && okB && !s.counted(int32(a), int32(b)) //nolint:gosec // <= maxImages
}
