package local

import (
	"context"
	"database/sql"
	"strings"

	"oblik/storage"
)

// Sweep implements [storage.Sweeper], a shard folder at a time. Files that
// have neither an image's name nor a half-written one's are left alone.
func (s *Store) Sweep(ctx context.Context) (storage.SweepReport, error) {
	var total storage.SweepReport
	for i := range shards {
		r, err := s.sweepShard(ctx, shard(i))
		total.Images += r.Images
		total.Strays += r.Strays
		total.Missing += r.Missing
		if err != nil {
			return total, translate("storage/local.Sweep", err)
		}
	}
	return total, nil
}

func (s *Store) sweepShard(ctx context.Context, dir string) (r storage.SweepReport, err error) {
	named, queued, err := s.shardRows(ctx, dir)
	if err != nil {
		return r, err
	}
	files, err := s.images.list(dir)
	if err != nil {
		return r, err
	}
	var strays []string
	for _, name := range files {
		key := strings.TrimSuffix(name, partial)
		if checkKey("", key) != nil || key[:2] != dir {
			continue
		}
		if key == name {
			r.Images++
		}
		if key == name && named[key] {
			delete(named, key)
			continue
		}
		strays = append(strays, dir+"/"+name)
	}
	r.Missing = len(named)
	for _, name := range strays {
		if err := s.images.remove(name); err != nil {
			return r, err
		}
		r.Strays++
	}
	if len(strays)+len(queued) == 0 {
		return r, nil
	}
	// The queue forgets an image only when its absence is durable.
	if err := s.images.sync(dir); err != nil {
		return r, err
	}
	for _, key := range queued {
		if err := s.Done(ctx, key); err != nil {
			return r, err
		}
	}
	return r, nil
}

// shardRows gives the keys that records name, and those that are queued for
// deletion, of one folder.
func (s *Store) shardRows(ctx context.Context, dir string) (named map[string]bool, queued []string, err error) {
	named = map[string]bool{}
	err = s.view(ctx, "storage/local.Sweep", func(tx *sql.Tx) error {
		// Keys are lower-case hex, so "g" ends the range.
		keys, err := column(ctx, tx, "SELECT image_key FROM samples WHERE image_key >= ? AND image_key < ?", dir, dir+"g")
		for _, key := range keys {
			named[key] = true
		}
		if err != nil {
			return err
		}
		queued, err = column(ctx, tx, "SELECT image_key FROM outbox WHERE image_key >= ? AND image_key < ?", dir, dir+"g")
		return err
	})
	return named, queued, err
}
