package benchmarks

// fold puts the rounds of all ways into the report.
func (r *searching) fold(all []*way, out *SearchSize, read int) {
	perNs := map[int][]float64{} // bytes that memory gives, by threads
	for _, w := range all {
		if w.index != nil {
			continue
		}
		for _, ms := range w.times.medians() {
			perNs[w.threads] = append(perNs[w.threads], float64(read)/ms/1e6)
		}
		out.ReadPerNs = append(out.ReadPerNs, Bandwidth{Threads: w.threads, Bytes: read, PerNs: spread(perNs[w.threads])})
	}
	for _, w := range all {
		if w.index == nil {
			continue
		}
		t := SearchTime{Queries: w.queries, Threads: w.threads, Milliseconds: spread(w.times.medians()), P99: w.times.quantile(0.99)}
		for _, round := range w.times.rounds {
			t.Count += len(round)
		}
		switch w.gallery {
		case few:
			out.Small = append(out.Small, t)
			continue
		case everyone:
			out.SmallAlone = append(out.SmallAlone, t)
			continue
		}
		if w.queries == 1 && len(perNs[w.threads]) > 0 {
			part := make([]float64, len(perNs[w.threads]))
			for i, ms := range w.times.medians() {
				part[i] = float64(out.Templates*r.RowBytes) / ms / 1e6 / perNs[w.threads][i]
			}
			of := spread(part)
			t.OfBandwidth = &of
		}
		out.Times = append(out.Times, t)
	}
}
