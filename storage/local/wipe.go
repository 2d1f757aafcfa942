package local

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// secure_delete overwrites what SQLite frees. But when SQLite moves rows to
// another page to balance a tree and has to build the page anew, it leaves
// their old bytes in the gap between the page's cell pointers and its cells;
// about two in a thousand deleted templates could be read there. So the gaps
// of all pages in the write-ahead log, which is every page changed, are
// wiped before the log is cut. It costs a read of the log.
//
// The formats are those of https://sqlite.org/fileformat2.html, sections 1.6
// and 4.1.

const (
	walHeader   = 32
	frameHeader = 24
	// maxPages bounds the database to 128 GB. It also makes the first byte of
	// an overflow or freelist page, part of a page number, at most 1, which is
	// no type of a tree page: the two can't be taken for one another.
	maxPages = 1<<25 - 1
)

// wipe clears the gaps of all pages in the log, in one transaction.
func wipe(ctx context.Context, db beginner, log string) error {
	pages, err := gapped(log)
	if err != nil || len(pages) == 0 {
		return err
	}
	return transact(ctx, db, func(tx *sql.Tx) error {
		for number := range pages {
			var page []byte
			if err := tx.QueryRowContext(ctx, "SELECT data FROM sqlite_dbpage WHERE pgno = ?", number).Scan(&page); err != nil {
				return err
			}
			if from, to := gap(page, number); !clearBytes(page[from:to]) {
				continue
			}
			if _, err := tx.ExecContext(ctx, "UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?", page, number); err != nil {
				return err
			}
		}
		return nil
	})
}

// gapped reads a write-ahead log and gives the numbers of the pages that have
// something in their gap. A frame that was not committed may be among them;
// wipe looks at the page itself.
func gapped(log string) (pages map[uint32]bool, err error) {
	f, err := os.Open(log) // #nosec G304 G703 -- the operator's directory
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := bufio.NewReaderSize(f, 1<<16)
	var head [walHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, ended(err)
	}
	size := binary.BigEndian.Uint32(head[8:])
	if size < 512 || size > 1<<16 {
		return nil, fmt.Errorf("a write-ahead log with pages of %d bytes", size)
	}
	frame := make([]byte, frameHeader+size)
	pages = map[uint32]bool{}
	for {
		if _, err := io.ReadFull(r, frame); err != nil {
			return pages, ended(err)
		}
		if string(frame[8:16]) != string(head[16:24]) {
			return pages, nil // the salts differ: frames of an earlier round
		}
		number, page := binary.BigEndian.Uint32(frame), frame[frameHeader:]
		if from, to := gap(page, number); !zero(page[from:to]) {
			pages[number] = true
		}
	}
}

// ended makes a log's end no error.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// gap gives the unallocated region of a tree page, and an empty one for any
// other page.
func gap(page []byte, number uint32) (from, to int) {
	head := 0
	if number == 1 {
		head = 100 // the database's header comes first
	}
	if len(page) < head+12 {
		return 0, 0
	}
	switch page[head] {
	case 2, 5: // interior pages of an index and of a table
		from = head + 12
	case 10, 13: // their leaves
		from = head + 8
	default:
		return 0, 0
	}
	from += 2 * int(binary.BigEndian.Uint16(page[head+3:]))
	to = int(binary.BigEndian.Uint16(page[head+5:]))
	if to == 0 {
		to = 1 << 16 // 65536 does not fit two bytes
	}
	if from > to || to > len(page) {
		return 0, 0
	}
	return from, to
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// clearBytes sets b to zero and says if anything changed.
func clearBytes(b []byte) bool {
	changed := !zero(b)
	clear(b)
	return changed
}
