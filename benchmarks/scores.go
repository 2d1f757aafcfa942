package benchmarks

import "math"

// scores is what rates are counted from, in a replicate.
type scores struct {
	people   int
	mated    []MatedScore            // rising
	nonMated []NonMatedScore         // falling; the highest, or all
	total    func(w []int32) float64 // the weight of all non-mated, kept or not
}

// scores are those of all cross pairs. The non-mated weight is
// ((sum w n)^2 - sum (w n)^2)/2 less that of the pairs of names left out.
func (c *Cross) scores() scores {
	n := c.set.sizes()
	return scores{people: len(c.set.People), mated: c.Mated, nonMated: c.Top, total: func(w []int32) float64 {
		var sum, squares, out float64
		for p := range n {
			x := float64(n[p]) * float64(w[p])
			sum += x
			squares += x * x
			for _, q := range c.set.excluded[p] {
				out += x * float64(n[q]) * float64(w[q]) // comes twice, from p and from q
			}
		}
		return (sum*sum - squares - out) / 2
	}}
}

// weight is that of one non-mated score in a replicate.
func (s NonMatedScore) weight(w []int32) float64 {
	if s.B < 0 {
		return float64(w[s.A])
	}
	return float64(w[s.A]) * float64(w[s.B])
}

// threshold is the lowest similarity at which no more than the share fmr of
// the non-mated scores match; NaN if those that are kept do not reach so far.
func (s scores) threshold(fmr float64, w []int32) float64 {
	allowed, sum := fmr*s.total(w)+1e-6, 0.0
	for _, n := range s.nonMated {
		if sum += n.weight(w); sum > allowed {
			return above(n.Similarity)
		}
	}
	return math.NaN()
}

// missedAt gives the share of the mated scores that is missed at each FMR.
func (s scores) missedAt(fmrs []float64, w []int32) []float64 {
	out := make([]float64, len(fmrs))
	for i, fmr := range fmrs {
		out[i] = math.NaN()
		if t := s.threshold(fmr, w); !math.IsNaN(t) {
			out[i] = s.missed(t, w)
		}
	}
	return out
}

// missed is the share of the mated scores below a threshold.
func (s scores) missed(threshold float64, w []int32) float64 {
	var below, all float64
	for _, m := range s.mated {
		x := float64(w[m.Person])
		all += x
		if float64(m.Similarity) < threshold {
			below += x
		}
	}
	return below / all
}

// matched is the share of the non-mated scores at or above a threshold.
func (s scores) matched(threshold float64, w []int32) float64 {
	var sum float64
	for _, n := range s.nonMated {
		if float64(n.Similarity) < threshold {
			break
		}
		sum += n.weight(w)
	}
	return sum / s.total(w)
}
