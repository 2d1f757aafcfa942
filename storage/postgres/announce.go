package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// channel is what announcements are made on. Every schema of a database uses
// the same: an announcement too many costs a reading of the changes.
const channel = "oblik_changes"

// An announcement rests after each, so that it tells of all changes meanwhile;
// whoever closes the store waits for the last one so long at most.
const (
	restAfter = 20 * time.Millisecond
	lastTry   = time.Second
)

// news announces changes to whoever listens at other stores, after they were
// committed: a NOTIFY in their transactions would make all COMMITs of the
// database wait for each other. One that fails is not repeated: listeners look
// for changes in any case, only later.
type news struct {
	some   chan struct{} // holds one if there is something to tell
	closed chan struct{}
	once   sync.Once
	ended  sync.WaitGroup
}

// announce tells what it is told, with the name of whom it comes from.
func announce(pool *pgxpool.Pool, origin string) *news {
	n := &news{some: make(chan struct{}, 1), closed: make(chan struct{})}
	n.ended.Go(func() {
		for n.wait() {
			ctx, cancel := context.WithTimeout(context.Background(), lastTry)
			_, _ = pool.Exec(ctx, "SELECT pg_notify($1, $2)", channel, origin)
			cancel()
			select {
			case <-time.After(restAfter):
			case <-n.closed:
			}
		}
	})
	return n
}

// wait is false when nothing is to be told any more.
func (n *news) wait() bool {
	select {
	case <-n.some:
		return true
	case <-n.closed:
	}
	select {
	case <-n.some: // the last
		return true
	default:
		return false
	}
}

// tell says that something has changed. It waits for nobody.
func (n *news) tell() {
	select {
	case n.some <- struct{}{}:
	default: // it is still to be told of another
	}
}

func (n *news) close() {
	n.once.Do(func() { close(n.closed) })
	n.ended.Wait()
}
