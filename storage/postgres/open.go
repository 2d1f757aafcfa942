// Package postgres keeps rows in PostgreSQL, 14 or newer. Images are kept
// elsewhere, by storage/s3; here are their keys, digests and sizes.
//
// A change that was acknowledged survives the loss of this process and of the
// server: every session commits with synchronous_commit=on, whatever the
// server's default is. If the connection is lost during a COMMIT, nobody knows
// here whether the change was made: the error is [models.Uncertain], and
// [Store.Abandon] finds it out.
//
// Every change locks, in this order, its act's row, the rows of its persons, by
// their ids, and those of their tasks. So changes to one person wait for each other, a
// change and the giving up of its act exclude each other, and no two changes
// wait for each other in a ring. If other users of the database make a ring, a
// change is tried again, three times.
//
// What bounds the time of anything, besides the caller's context:
//
//	connect_timeout                     1 s   a server that is gone is an error soon
//	statement_timeout                   5 s   a statement does not work on for a client that gave up
//	lock_timeout                        2 s   one slow change does not gather a queue
//	idle_in_transaction_session_timeout 10 s  a lost client's locks go, also if its network is silent
//
// The URL can set others. A scan, the references and the trail take as long as
// their reader does: they lift the limits of a statement and of idleness in
// their transaction, which locks nothing. Who awaits announcements of changes
// waits on a connection of its own; an announcement is made after its change was
// committed, and neither delays it.
//
// The settings are given when a session begins, and statements are prepared
// for it: a connection pooler between must pool sessions, not transactions.
package postgres

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"oblik/models"
	"oblik/storage"
)

// Store is a pool of connections to one database. It is safe for concurrent
// use and implements [oblik/storage.Encounters], Mover, Galleries, Outbox, Acts,
// Trail, Names and Changes; [Store.Tasks] gives the tasks and [Store.Attempts]
// the failed verifications.
type Store struct {
	pool   *pgxpool.Pool
	origin string // random: tells this store's changes from others'
	news   *news
	ear    *ear
	pruned atomic.Int64 // when changes were pruned last, in seconds since 1970
}

// Open reads the configuration and gives a store. It makes no connection: a
// server that is down shows in [Store.Ping] and in every other method, as
// [models.Unavailable]. A URL that can't be read is [models.Invalid].
func Open(ctx context.Context, c Config) (*Store, error) {
	const op = "storage/postgres.Open"
	config, err := c.parse(op)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, translate(ctx, op, err)
	}
	s := &Store{pool: pool, origin: storage.NewKey()}
	s.news, s.ear = announce(pool, s.origin), newEar(config.ConnConfig, s.origin)
	return s, nil
}

// pingTimeout bounds the test of a connection that was idle for a second,
// which is made before it is used.
const pingTimeout = time.Second

// Ping says if the server is there and takes changes.
func (s *Store) Ping(ctx context.Context) error {
	const op = "storage/postgres.Ping"
	var readOnly bool
	err := s.pool.QueryRow(ctx, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean").Scan(&readOnly)
	if err != nil {
		return translate(ctx, op, err)
	}
	if readOnly {
		return models.Errorf(op, models.Unavailable, "the database takes no changes: it is a standby, or set to read only")
	}
	return nil
}

// Where names the server and the database, without user or secret.
func (s *Store) Where() string {
	c := s.pool.Config().ConnConfig
	return fmt.Sprintf("%s:%d/%s", c.Host, c.Port, c.Database)
}

// Close closes the connections when their users are done; an Await ends.
func (s *Store) Close() {
	s.ear.close()
	s.news.close()
	s.pool.Close()
}
