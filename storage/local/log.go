package local

import (
	"context"
	"errors"
)

// The log is cut after so many bytes even if nothing was deleted: it is read
// through in 10 ms. A usual commit is counted as commitBytes.
const (
	cutEvery    = 10 << 20
	commitBytes = cutEvery / 256
)

// grown says that a commit made the log longer, by so many bytes, and cuts it if
// it is long.
func (s *Store) grown(ctx context.Context, bytes int) {
	if n := s.written.Add(int64(bytes)); n/cutEvery != (n-int64(bytes))/cutEvery {
		_ = s.cutLog(context.WithoutCancel(ctx)) // the commit stands, and a later cut makes up for this one
	}
}

// cutLog wipes what is in the write-ahead log, moves it into the database and
// cuts it to nothing. Readers of older snapshots are waited for as long as the
// writer's busy_timeout says; after that the cut is owed, see [Store.settle].
func (s *Store) cutLog(ctx context.Context) (err error) {
	s.cut.Lock()
	defer s.cut.Unlock()
	s.residue = true
	conn, err := s.write.Conn(ctx) // held, so that nothing is written between the two steps
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := wipe(ctx, conn, s.file+"-wal"); err != nil {
		return err
	}
	var busy, frames, moved int
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	s.residue = busy != 0
	return nil
}

// settle makes up for a cut that is owed.
func (s *Store) settle(ctx context.Context) error {
	s.cut.Lock()
	owed := s.residue
	s.cut.Unlock()
	if !owed {
		return nil
	}
	return s.cutLog(context.WithoutCancel(ctx))
}
