package api

import (
	"time"

	"oblik/models"
)

// TaskPolicy bounds the requests that are answered later. Zero values mean the
// defaults.
type TaskPolicy struct {
	// Room is how many may be waiting, worked on or undelivered at once, 10,000,
	// and MaxBytes how many bytes their requests and results may have, 4 GiB; a
	// request beyond either is [models.Unavailable], and work whose result is
	// waits. One client may have half of each, so that others find room. What
	// could not be delivered counts until it is removed, see Retention. What
	// others take within a second, on other nodes, is not seen.
	Room     int
	MaxBytes int64
	// Workers is how many are worked on at once, 4; extraction has its own bound,
	// [Parts].Workers. Deliverers is how many answers are delivered at once, 16; a
	// host gets at most half of them.
	Workers, Deliverers int
	// WorkTime and DeliverTime bound one attempt; 10 s each. Somebody else takes a
	// task whose process has died after that and [slack] more.
	WorkTime, DeliverTime time.Duration
	// MaxResult is the longest answer that is kept to be delivered, in bytes; a
	// longer one is [models.Invalid]. 32 MiB: up to Workers and Deliverers of them
	// are in memory.
	MaxResult int
	// Attempts to deliver before it is given up, 10. They are a random time apart,
	// up to Backoff, 1 s, doubled with each and never more than MaxBackoff, 5 min.
	// Work that our own stores put off waits likewise, but is not given up
	// before Retention; work that takes longer than WorkTime, and work whose
	// images can't be fetched, is given up after as many attempts. What has ended
	// its process [mostBegun] times is given up too.
	Attempts            int
	Backoff, MaxBackoff time.Duration
	// Retention of what is over, and the longest that work is put off; 24 h, which
	// is also how long a change is known to have been made before.
	Retention time.Duration
	// Drain is what attempts under way have when the service stops; 4 s. Then they
	// are broken off, and made again by whoever starts next.
	Drain time.Duration
}

// Validate refuses, as [models.Invalid], a negative value.
func (p TaskPolicy) Validate() error {
	if min(p.Room, p.Workers, p.Deliverers, p.MaxResult, p.Attempts) < 0 ||
		p.MaxBytes < 0 || min(p.WorkTime, p.DeliverTime, p.Backoff, p.MaxBackoff, p.Retention, p.Drain) < 0 {
		return models.Errorf("policy", models.Invalid, "a limit of the tasks is negative")
	}
	return nil
}

// usual fills in the defaults.
func (p TaskPolicy) usual() TaskPolicy {
	for _, n := range []struct {
		value *int
		usual int
	}{{&p.Room, 10_000}, {&p.Workers, 4}, {&p.Deliverers, 16}, {&p.MaxResult, 32 << 20}, {&p.Attempts, 10}} {
		if *n.value == 0 {
			*n.value = n.usual
		}
	}
	if p.MaxBytes == 0 {
		p.MaxBytes = 4 << 30
	}
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&p.WorkTime, 10 * time.Second},
		{&p.DeliverTime, 10 * time.Second},
		{&p.Backoff, time.Second},
		{&p.MaxBackoff, 5 * time.Minute},
		{&p.Retention, 24 * time.Hour},
		{&p.Drain, 4 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	return p
}
