package postgres

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
)

// ear listens for the announcements of others, on a connection of its own: one
// of the pool's would be missed there.
type ear struct {
	config *pgx.ConnConfig
	own    string         // the origin whose announcements are left out
	conn   chan *pgx.Conn // holds the connection, or nil, while nobody waits
	closed chan struct{}
	once   sync.Once
}

// newEar takes what the pool's connections have. Who listens runs no statement
// for days; a server that is gone shows by its silence, within half a minute.
func newEar(config *pgx.ConnConfig, own string) *ear {
	e := &ear{config: config.Copy(), own: own, conn: make(chan *pgx.Conn, 1), closed: make(chan struct{})}
	e.config.RuntimeParams["statement_timeout"] = "0"
	e.config.RuntimeParams["idle_session_timeout"] = "0"
	e.config.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3,
	}}).DialContext
	e.conn <- nil
	return e
}

// Await implements [storage.Changes]. An error of the connection ends it, and
// the next Await makes a new one, for which ctx should leave the time.
func (s *Store) Await(ctx context.Context) error {
	const op = "storage/postgres.Await"
	if err := s.ear.await(ctx); err != nil {
		select {
		case <-s.ear.closed:
			return models.Errorf(op, models.Unavailable, "the store is closed")
		default:
			return translate(ctx, op, err)
		}
	}
	return nil
}

func (e *ear) await(caller context.Context) error {
	ctx, cancel := context.WithCancel(caller)
	defer cancel()
	go func() {
		select {
		case <-e.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	var conn *pgx.Conn
	select {
	case conn = <-e.conn:
	case <-ctx.Done():
		return ctx.Err()
	}
	var err error
	select {
	case <-e.closed:
		err = context.Canceled
	default:
		conn, err = e.hear(ctx, conn)
	}
	if conn != nil && conn.IsClosed() {
		conn = nil
	}
	e.conn <- conn
	return err
}

// hear waits on a connection, or makes one, and gives it back.
func (e *ear) hear(ctx context.Context, conn *pgx.Conn) (*pgx.Conn, error) {
	if conn == nil {
		conn, err := pgx.ConnectConfig(ctx, e.config)
		if err != nil {
			return nil, err
		}
		_, err = conn.Exec(ctx, "LISTEN "+channel)
		if err != nil {
			_ = conn.Close(ctx) // it is of no use
		}
		return conn, err // what was told before was missed: that is news
	}
	for {
		heard, err := conn.WaitForNotification(ctx)
		if err != nil || heard.Payload != e.own {
			return conn, err
		}
	}
}

// close ends an Await and the connection.
func (e *ear) close() {
	e.once.Do(func() {
		close(e.closed)
		if conn := <-e.conn; conn != nil {
			ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
			defer cancel()
			_ = conn.Close(ctx) // the process may as well end
		}
		e.conn <- nil
	})
}
