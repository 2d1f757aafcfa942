package main

import (
	"context"
	"math/rand/v2"
	"os"
	"time"

	"oblik/models"
)

// The pauses between attempts while the stores are away.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// maxDeadlines is how often a photograph may run out of time with the stores at
// hand: it takes too long itself then.
const maxDeadlines = 5

// enroll enrols one item and says what became of it. While the stores are away
// it waits. An end of ctx ends the waiting, not an attempt.
func (b *bulk) enroll(ctx context.Context, it item) result {
	switch {
	case it.skip != "":
		return result{fate: skipped, reason: it.skip, next: "see whether it belongs into the register"}
	case it.fault != nil:
		return resultOf(it.fault)
	}
	var since time.Time // when waiting began
	deadlines, open := 0, false
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		what, err := b.attempt(context.WithoutCancel(ctx), it, open)
		if err == nil {
			return result{fate: what}
		}
		switch models.KindOf(err) {
		case models.Uncertain:
			open = true
		case models.Deadline:
			deadlines++
		case models.Unavailable:
		default:
			return resultOf(err)
		}
		if since.IsZero() {
			since = time.Now()
		}
		if deadlines >= maxDeadlines && b.s.Ready() == nil && b.s.Impaired() == nil {
			return resultOf(err)
		}
		if time.Since(since) >= b.flags.GiveUpAfter {
			b.stop(errGivenUp)
			return resultOf(err)
		}
		if !sleep(ctx, pause) {
			return resultOf(err)
		}
	}
}

// sleep waits for a time between half of pause and pause, so that not all come
// back at once. It is false if ctx ends before.
func sleep(ctx context.Context, pause time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause/2 + rand.N(pause/2)): // #nosec G404 -- nobody gains by guessing it
		return true
	}
}

// attempt enrols an item, or finds that it is on record. open says that an
// earlier attempt may have stored it: it has, then.
func (b *bulk) attempt(ctx context.Context, it item, open bool) (fate, error) {
	if b.flags.Resume && !open { // told before the photograph is read
		if there, err := b.onRecord(ctx, it.key); err != nil || there {
			return already, err
		}
	}
	sample, err := bulkPhoto(it.path, b.flags.MaxImage)
	if err != nil {
		return "", err
	}
	_, err = b.s.Enroll(ctx, caller("enroll"), models.Encounter{
		Key: it.key, Status: models.Active, Type: it.kind, Galleries: it.galleries, Samples: []models.Sample{sample},
	})
	switch {
	case models.KindOf(err) != models.Conflict:
		return enrolled, err
	case open:
		return enrolled, nil
	case b.flags.Resume:
		return already, nil
	}
	return "", err
}

func (b *bulk) onRecord(ctx context.Context, key models.EncounterKey) (bool, error) {
	if err := b.s.Ready(); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, b.s.StoreTime)
	defer cancel()
	_, err := b.s.Encounters.Read(ctx, key)
	if models.KindOf(err) == models.NotFound {
		return false, nil
	}
	return err == nil, err
}

// bulkPhoto reads a photograph. Its errors don't name the file, which stands
// beside them; what is no file, a pipe for instance, is not opened.
func bulkPhoto(path string, limit int) (models.Sample, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return models.Sample{}, fileFault(err)
	case !info.Mode().IsRegular():
		return models.Sample{}, models.Errorf("file", models.Invalid, "not a file")
	case info.Size() > int64(limit):
		return models.Sample{}, models.Errorf("file", models.LargeImage, "%d bytes, at most %d are accepted", info.Size(), limit)
	}
	sample, err := photo(path, limit)
	if err != nil {
		err = fileFault(err)
	}
	return sample, err
}
