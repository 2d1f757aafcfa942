package main

import (
	"context"

	monitor "oblik/api/observe"
	"oblik/models"
	"oblik/storage/postgres"
)

// sources are what is asked for at each scrape; the last three are questions to
// the database.
func sources(s *service, load func() (now, most int)) []monitor.Source {
	number := func(name, help string, f func() int) monitor.Source {
		return monitor.Source{Name: name, Help: help, Read: monitor.Number(f)}
	}
	return append(poolSources(s.stores.pool), []monitor.Source{
		number("index_encounters", "Encounters that can be found.", s.Index.Len),
		{Name: "index_sequence", Help: "Number up to which every change that other services made is in the index.", Read: monitor.Number(func() int64 { return s.Following().Sequence })},
		{Name: "index_age_seconds", Help: "Time since the log of changes was last read.", Read: monitor.Number(func() float64 { return s.Following().Age.Seconds() })},
		number("index_pending", "People whose changed records the index has not taken over yet.", func() int { return s.Following().Pending }),
		{Name: "index_amiss_total", Help: "Candidates that the records did not confirm: the search was made again.", Grows: true,
			Read: monitor.Number(func() int64 { return s.Following().Amiss })},
		number("workers_ready", "Processes that can extract templates now.", s.extractor.Ready),
		number("workers", "Processes that should be ready.", func() int { return s.Workers }),
		number("requests_now", "Requests being worked on.", func() int { n, _ := load(); return n }),
		number("requests_limit", "Requests that may be worked on at once; one more is refused.", func() int { _, most := load(); return most }),
		{Name: "ready", Help: "1 if a request could be answered now, else 0.", Read: monitor.Number(func() int { return truth(s.alive() == nil) })},
		{Name: "tasks", Help: "Asynchronous requests by state.", Label: "state", Read: func(ctx context.Context) (map[string]float64, error) {
			count, err := s.stores.Tasks().Count(ctx)
			values := map[string]float64{}
			for state, n := range count {
				values[string(state)] = float64(n)
			}
			return values, err
		}},
		{Name: "outbox_images", Help: "Erased images whose bytes wait for deletion; counting ends at 1000.", Read: single(func(ctx context.Context) (int, error) {
			waiting, err := s.stores.Pending(ctx, mostWaiting)
			return len(waiting), err
		})},
		{Name: "locked_people", Help: "People whose verification is refused until they are unlocked.", Read: single(func(ctx context.Context) (n int, err error) {
			err = s.stores.Attempts().Locked(ctx, s.Policy.LockStop, func(models.PersonID, int) error { n++; return nil })
			return n, err
		})},
	}...)
}

// poolSources are the connections to PostgreSQL; none without it.
func poolSources(pool func() postgres.PoolStats) []monitor.Source {
	if pool == nil {
		return nil
	}
	return []monitor.Source{
		{Name: "database_connections", Help: "Connections to PostgreSQL.", Label: "state", Read: func(context.Context) (map[string]float64, error) {
			p := pool()
			return map[string]float64{"in_use": float64(p.InUse), "idle": float64(p.Idle)}, nil
		}},
		{Name: "database_connections_limit", Help: "Connections to PostgreSQL there may be.", Read: monitor.Number(func() int { return pool().Most })},
		{Name: "database_waits_total", Help: "Questions that had to wait for a connection.", Grows: true, Read: monitor.Number(func() int64 { return pool().Waits })},
		{Name: "database_wait_seconds_total", Help: "Time waited for connections.", Grows: true,
			Read: monitor.Number(func() float64 { return pool().Waited.Seconds() })},
	}
}

// single makes a source of one number that may fail.
func single(f func(context.Context) (int, error)) func(context.Context) (map[string]float64, error) {
	return func(ctx context.Context) (map[string]float64, error) {
		n, err := f(ctx)
		return map[string]float64{"": float64(n)}, err
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
