// Package local is the embedded store: a SQLite database for rows and a folder
// of files for images, in one data directory, without a server.
//
//	oblik.db          rows; with oblik.db-wal and oblik.db-shm while it is open
//	images/3f/3f…     one file an image, named by its random key
//	lock              held by the one process that uses the directory
//
// An enrolment that was acknowledged survives the loss of the process and of
// the power: images are written temp, fsync, rename, fsync of the folder, and
// each commit is an fsync of the write-ahead log. It costs two fsyncs an image,
// one where its act begins and one where it ends.
//
// A deletion leaves nothing in the database's files but what its act says in the
// audit trail, which names the person by id: secure_delete overwrites
// what is freed, the pages SQLite forgets to overwrite are wiped (wipe.go), and
// the log is cut to nothing before the deletion is answered. The log can't be
// cut while a reader holds an old snapshot, and only a [Store.Scan] holds one
// for long. A deletion beside a scan therefore waits for a second at most, and
// the cut is made up for when the scan ends, at the next deletion, at
// [Store.Close] or at [Open]. What the disk itself keeps of freed blocks is
// beyond a program's reach; encrypt the disk.
package local

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver, named "sqlite"
)

// readers bounds the read connections, each with a page cache of 2 MB.
const readers = 4

// Store is an open data directory. It is safe for concurrent use and
// implements [oblik/storage.Encounters], Mover, Galleries, Outbox, Acts, Trail,
// Names and Changes; [Store.Images] gives the images, [Store.Tasks] the tasks
// and [Store.Attempts] the failed verifications.
type Store struct {
	lock   *os.File
	images *images
	file   string  // the database
	write  *sql.DB // one connection: SQLite has one writer, and waiting for it here is fair
	read   *sql.DB
	opened time.Time

	cut     sync.Mutex   // one cut of the log at a time
	residue bool         // a cut could not be made; guarded by cut
	written atomic.Int64 // to the log, by rough count; see grown
}

// Open opens the data directory dir and makes it if it is not there. A
// directory that others could look into is closed to them. Errors:
// models.Unavailable if another process uses it, models.Invalid if it holds
// other files, which are left as they are, or is one of a newer program. What an
// earlier process had under way is given up: its images are in the outbox.
func Open(ctx context.Context, dir string) (*Store, error) {
	const op = "storage/local.Open"
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, translate(op, err)
	}
	if err := makeDir(dir); err != nil {
		return nil, translate(op, err)
	}
	s := &Store{opened: time.Now()}
	if err := s.open(ctx, dir); err != nil {
		return nil, translate(op, errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, dir string) (err error) {
	if s.lock, err = lock(filepath.Join(dir, lockFile)); err != nil {
		return err
	}
	if s.images, err = openImages(filepath.Join(dir, imagesDir)); err != nil {
		return err
	}
	s.file = filepath.Join(dir, database)
	if err := touch(s.file); err != nil {
		return err
	}
	if s.write, err = connect(s.file, 1, writing); err != nil {
		return err
	}
	if err := s.dropStrays(ctx); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	if s.read, err = connect(s.file, readers, reading); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	if err := s.giveUp(ctx); err != nil {
		return err
	}
	return s.cutLog(ctx) // what a crash kept a deletion from cutting
}

// dropStrays deletes what nothing names in a directory of schema 1, whose programs
// wrote an image before anything named it and looked for such at each start.
func (s *Store) dropStrays(ctx context.Context) error {
	if at, err := version(ctx, s.write); err != nil || at != 1 {
		return err
	}
	return s.images.List(ctx, func(key string, _ int64) error {
		var named bool
		err := s.write.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM samples WHERE image_key = ?1)
			OR EXISTS (SELECT 1 FROM outbox WHERE image_key = ?1)`, key).Scan(&named)
		if err != nil || named {
			return err
		}
		return s.images.Delete(ctx, key)
	})
}

// giveUp abandons every act: whoever began it is gone, since the lock is ours.
func (s *Store) giveUp(ctx context.Context) error {
	return transact(ctx, s.write, func(tx *sql.Tx) error {
		_, err := abandonAll(ctx, tx, "SELECT id FROM acts")
		return err
	})
}

// The pragmas of a connection. The writer's busy_timeout bounds how long a
// deletion waits for readers; nothing else can be in its way. SQLite cuts no
// log of its own accord, since cutLog must see it first. Temporary tables stay
// in memory so that no row is ever in a file but the database's.
var (
	common  = []string{"foreign_keys(1)", "temp_store(MEMORY)", "trusted_schema(0)", "cell_size_check(1)"}
	writing = append([]string{"busy_timeout(1000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)",
		"wal_autocheckpoint(0)", "max_page_count(" + strconv.Itoa(maxPages) + ")"}, common...)
	reading = append([]string{"busy_timeout(5000)", "query_only(1)"}, common...)
)

func connect(file string, conns int, pragmas []string) (*sql.DB, error) {
	q := url.Values{"_pragma": pragmas}
	if conns == 1 {
		q.Set("_txlock", "immediate")
	}
	dsn := url.URL{Scheme: "file", Path: file, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// Close cuts the log, closes the files and lets another process in. No other
// method may be running.
func (s *Store) Close() error {
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close(), s.cutLog(context.Background()))
	}
	if s.write != nil {
		errs = append(errs, s.write.Close()) // as the last connection it removes the log
	}
	if s.images != nil {
		errs = append(errs, s.images.root.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return translate("storage/local.Close", errors.Join(errs...))
}
