package benchmarks

import "slices"

// Spread is what several rounds gave.
type Spread struct {
	Median float64   `json:"median"`
	Least  float64   `json:"least"`
	Most   float64   `json:"most"`
	Rounds []float64 `json:"rounds"` // in the order they were run
}

// spread of at least one round.
func spread(rounds []float64) Spread {
	return Spread{Median: median(rounds), Least: slices.Min(rounds), Most: slices.Max(rounds), Rounds: rounds}
}

// median of at least one value; the mean of the middle two if their number is
// even.
func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	half := len(v) / 2
	if len(v)%2 == 1 {
		return v[half]
	}
	return (v[half-1] + v[half]) / 2
}

// result puts the rounds on the photograph at hand together.
func (r *race) result() PhotographSpeed {
	out := PhotographSpeed{Width: r.photo.Width, Height: r.photo.Height, Bytes: len(r.photo.Data),
		Throughput: []Throughput{}, Latency: []Latency{}, Stages: []StageSpeed{}} // for machines an empty list is no null
	for _, group := range r.groups {
		raw := slices.IndexFunc(group, func(i int) bool { return r.Contenders[i].Kind == RawLoop })
		for _, i := range group {
			t := Throughput{Contestant: r.Contenders[i].Contestant, Note: r.note[i], ImagesPerSecond: spread(r.perSecond[i])}
			if raw >= 0 && i != group[raw] {
				part := spread(quotients(r.perSecond[i], r.perSecond[group[raw]]))
				t.OfRaw = &part
			}
			out.Throughput = append(out.Throughput, t)
		}
	}
	for _, group := range r.alone {
		local := r.inProcess(group)
		for _, i := range group {
			s := r.single[i]
			l := Latency{Contestant: r.Contenders[i].Contestant, Requests: s.count, Milliseconds: spread(s.medians)}
			if len(s.overs) > 0 {
				over, times := spread(s.overs), spread(quotients(s.medians, r.single[local].medians))
				l.OverInProcess, l.OfInProcess = &over, &times
			}
			out.Latency = append(out.Latency, l)
			if r.stages[i] != nil {
				out.Stages = append(out.Stages, StageSpeed{Engine: l.Engine, Milliseconds: r.stages[i].per(s.count)})
			}
		}
	}
	return out
}

// quotients divides round by round: the machine was the same to both then.
func quotients(a, b []float64) []float64 {
	q := make([]float64, len(a))
	for i := range a {
		q[i] = a[i] / b[i]
	}
	return q
}
