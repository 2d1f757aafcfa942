package postgres

import (
	"context"
	"time"
)

const (
	// changesLife is how long a change is kept: a copy that was not brought up to
	// date for longer has to be made anew.
	changesLife = 24 * time.Hour
	pruneEvery  = 5 * time.Minute
	prunedPage  = 10_000 // rows of one statement
)

// oldChanges deletes of the oldest changes those that are over, but for a window
// of them: a copy that stands at the newest of these is still known. Numbers grow
// with time, nearly, so no index by time is needed.
const oldChanges = `
	DELETE FROM changes WHERE seq <= (
		SELECT max(seq) FROM (SELECT seq, made FROM changes ORDER BY seq LIMIT $1) oldest WHERE made < now() - $2::interval) - $3`

// prune forgets old changes, once in a while.
func (s *Store) prune(ctx context.Context) error {
	now := time.Now().Unix()
	last := s.pruned.Load()
	if now-last < int64(pruneEvery/time.Second) || !s.pruned.CompareAndSwap(last, now) {
		return nil
	}
	for {
		tag, err := s.pool.Exec(ctx, oldChanges, prunedPage, changesLife, window)
		if err != nil || tag.RowsAffected() < prunedPage-window {
			return err
		}
	}
}
