package models

import "math"

// Score is the outcome of a comparison on the scale -10*log10(FMR): 30 says
// that one in 1,000 pairs of unrelated people scores as high, 40 one in 10,000,
// whatever the weights. "Unrelated people" are those the calibration was made
// on (its provenance names them); people of one family or region are likelier
// to be confused.
type Score struct {
	Value        float64 // 0..MaxScore
	Similarity   float64 // the cosine the score comes from, -1..1; means nothing across weights
	Extrapolated bool    // from the fitted tail, beyond what could be counted
}

// MaxScore is the highest score there is; FMR 1e-10.
const MaxScore = 100.0

// Less gives the score lowered for the best of n independent chances to match
// by accident: 10*log10(n), the union bound. n references of one person give
// the best of n; a search over n encounters a false positive *identification*
// rate. It never falls below 0; n below 1 counts as 1.
func (s Score) Less(n int) Score {
	if n > 1 {
		s.Value = math.Max(0, s.Value-10*math.Log10(float64(n)))
	}
	return s
}

// FMR is the rate the score stands for, 1e-10..1.
func (s Score) FMR() float64 { return math.Pow(10, -s.Value/10) }

// Candidate is one person found by a search.
type Candidate struct {
	Person    PersonID
	Encounter EncounterID // the person's best
	Galleries []GalleryID // of that encounter
	Score     Score       // already lowered for the size of what was searched
}

// SearchOptions bound a search.
type SearchOptions struct {
	Gallery   GalleryID // [AllGalleries] for all
	Threshold float64   // candidates score at least this
	Max       int       // at most so many candidates, 1..MaxCandidates
	Exclude   PersonID  // a person who is never a candidate; empty for nobody
}

// MaxCandidates is the longest list of candidates a search returns.
const MaxCandidates = 1000
