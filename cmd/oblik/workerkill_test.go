package main

import (
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"
)

// outcome is one answer of the service under load.
type outcome struct {
	at           time.Time
	status, code int
}

// load asks without a pause until stopped.
type load struct {
	mu       sync.Mutex
	outcomes []outcome
	stop     chan struct{}
	clients  sync.WaitGroup
}

func startLoad(t *testing.T, s *server) *load {
	l := &load{stop: make(chan struct{})}
	for _, name := range []string{"obama2.jpg", "obama3.jpg", "biden.jpg", "obama.jpg"} {
		photo := photoFile(t, name)
		l.clients.Go(func() {
			for {
				select {
				case <-l.stop:
					return
				default:
				}
				var f fault
				status := s.do("POST", "/v1/verify/g/p", probe(photo), &f)
				l.mu.Lock()
				l.outcomes = append(l.outcomes, outcome{time.Now(), status, f.Code})
				l.mu.Unlock()
			}
		})
	}
	return l
}

func (l *load) end() {
	close(l.stop)
	l.clients.Wait()
}

// good counts the answers of status 200 in a stretch of time, and gives the
// first of them after its begin.
func (l *load) good(from, to time.Time) (n int, first time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range l.outcomes {
		if o.status == 200 && o.at.After(from) && o.at.Before(to) {
			if n++; n == 1 || o.at.Sub(from) < first {
				first = o.at.Sub(from)
			}
		}
	}
	return n, first
}

func (l *load) rate(from, to time.Time) float64 {
	n, _ := l.good(from, to)
	return float64(n) / to.Sub(from).Seconds()
}

// Workers killed at random, one a second, while verifies come as fast as they
// are answered: only requests that were in a killed worker fail, and answers
// come again soon, after all workers were killed at once too.
func TestWorkersKilledUnderLoad(t *testing.T) {
	kills, calm := 12, 3*time.Second
	if testing.Short() {
		kills, calm = 3, time.Second
	}
	const hung = 10 * time.Second // without an answer; what it takes is logged
	s := startServer(t, t.TempDir(), nil, "--workers", "2")
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("enrol: %d", status)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	l := startLoad(t, s)
	began := time.Now()
	time.Sleep(calm)
	var killed []time.Time // one worker each
	kill := func(pid int) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err == nil {
			killed = append(killed, time.Now())
		}
	}
	first := time.Now()
	for range kills {
		time.Sleep(500*time.Millisecond + time.Duration(r.IntN(1000))*time.Millisecond)
		if workers := s.workers(t); len(workers) > 0 {
			kill(workers[r.IntN(len(workers))])
		}
	}
	last := time.Now()
	time.Sleep(2 * time.Second)
	for _, pid := range s.workers(t) {
		kill(pid)
	}
	all := time.Now()
	recovered := all.Add(2 * time.Second)
	time.Sleep(time.Until(recovered) + calm)
	end := time.Now()
	l.end()

	failed, refused := 0, 0
	for _, o := range l.outcomes {
		switch {
		case o.status == 200:
		case o.status == 503 && o.code == 50310:
			failed++
		case o.status == 503 && o.code == 50301: // a slow machine has none back before the next kill
			refused++
		default:
			t.Errorf("an answer of status %d, code %d", o.status, o.code)
		}
	}
	if failed > len(killed) {
		t.Errorf("%d requests failed of %d kills", failed, len(killed))
	}
	var longest time.Duration
	for i, k := range killed {
		n, wait := l.good(k, end)
		longest = max(longest, wait)
		if n == 0 || wait > hung {
			t.Errorf("kill %d: the next answer came after %v", i+1, wait)
		}
	}
	answered, _ := l.good(began, end)
	_, back := l.good(all, end)
	t.Logf("%d workers killed: %d requests answered, %d failed with code 50310, %d with 50301", len(killed), answered, failed, refused)
	t.Logf("answers a second: %.1f before, %.1f while a worker was killed every second, %.1f from 2 s after all were killed at once",
		l.rate(began, first), l.rate(first, last), l.rate(recovered, end))
	t.Logf("the longest time from a kill to the next answer: %v; from the killing of all: %v", longest.Round(time.Millisecond), back.Round(time.Millisecond))
	s.stop()
}
