package benchmarks

import (
	"sync"
	"time"

	"oblik/matcher"
)

// StageTimes adds up what a [matcher.Trace] tells, of many pipelines.
type StageTimes struct {
	mu    sync.Mutex
	sum   map[matcher.Stage]time.Duration
	count map[matcher.Stage]int64
}

// Observe is a [matcher.Trace]: give it to every pipeline the factory makes.
func (s *StageTimes) Observe(stage matcher.Stage, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sum == nil {
		s.sum, s.count = map[matcher.Stage]time.Duration{}, map[matcher.Stage]int64{}
	}
	s.sum[stage] += took
	s.count[stage]++
}

// Milliseconds gives the mean time of each stage.
func (s *StageTimes) Milliseconds() map[string]float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := map[string]float64{}
	for stage, sum := range s.sum {
		ms[string(stage)] = float64(sum) / float64(time.Millisecond) / float64(s.count[stage])
	}
	return ms
}
