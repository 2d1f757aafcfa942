package benchmarks

import (
	"context"
	"slices"
	"time"
)

// singles are the times of a contender's requests one at a time.
type singles struct {
	count    int       // timed, in all rounds
	medians  []float64 // ms, a figure a round
	overs    []float64 // ms more than in process, a figure a round
	thisTurn []float64 // ms, a figure a request of the round under way
}

// enginesAlone are, for each engine with one, the contenders of one worker.
func enginesAlone(cs []Contender) (alone [][]int) {
	for _, group := range groupsOf(cs) {
		if cs[group[0]].Workers == 1 {
			alone = append(alone, group)
		}
	}
	return alone
}

// oneByOne lets the contenders of a group do one request each, in an order
// drawn anew, again and again for a turn each. Before each request comes one
// that is not timed: the caches then hold its own network, as under load, and
// not that of whoever went before.
func (r *race) oneByOne(ctx context.Context, group []int) error {
	local := r.inProcess(group)
	for start, limit := time.Now(), time.Duration(len(group))*r.turn; ; {
		for _, k := range r.order.Perm(len(group)) {
			i := group[k]
			took, err := r.second(ctx, i, i == local)
			if err != nil {
				return r.fault(i, err)
			}
			r.single[i].thisTurn = append(r.single[i].thisTurn, milliseconds(took))
		}
		if time.Since(start) >= limit {
			break
		}
	}
	r.endTurn(group)
	r.meter.add(1)
	return nil
}

// second does two requests and gives the time of the second, its stages too if
// told so.
func (r *race) second(ctx context.Context, i int, stages bool) (time.Duration, error) {
	if err := r.run[i](ctx); err != nil {
		return 0, err
	}
	if watch := r.Contenders[i].Watch; stages && watch != nil {
		if r.stages[i] == nil {
			r.stages[i] = &StageTimes{}
		}
		watch(r.stages[i].Observe)
		defer watch(nil)
	}
	start := time.Now()
	err := r.run[i](ctx)
	return time.Since(start), err
}

// endTurn reduces the requests of a round to its figures.
func (r *race) endTurn(group []int) {
	local := r.inProcess(group)
	for _, i := range group {
		s := &r.single[i]
		s.count += len(s.thisTurn)
		s.medians = append(s.medians, median(s.thisTurn))
		if local >= 0 && i != local {
			over := make([]float64, len(s.thisTurn))
			for k, ms := range s.thisTurn {
				over[k] = ms - r.single[local].thisTurn[k]
			}
			s.overs = append(s.overs, median(over))
		}
	}
	for _, i := range group {
		r.single[i].thisTurn = nil
	}
}

// inProcess is the group's contender that others are compared with, -1 if
// there is none.
func (r *race) inProcess(group []int) int {
	k := slices.IndexFunc(group, func(i int) bool {
		return r.Contenders[i].Kind == InProcess && r.Contenders[i].Variant == ""
	})
	if k < 0 {
		return -1
	}
	return group[k]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// per gives the time of each stage for one of n images; a stage that is run
// twice for an image counts twice, unlike in Milliseconds.
func (s *StageTimes) per(n int) map[string]float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := map[string]float64{}
	for stage, sum := range s.sum {
		ms[string(stage)] = milliseconds(sum) / float64(n)
	}
	return ms
}
