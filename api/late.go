package api

import (
	"context"
	"slices"
	"sync"
	"time"
)

// late are images whose storing failed or was given up. A request that nobody
// waits for any more may still reach the image store, after the outbox has
// deleted what was not there yet: so they stay in the outbox for lateTime, and
// are then deleted, also if another process has done so before.
type late struct {
	mu  sync.Mutex
	all []lateImage
}

type lateImage struct {
	key string
	at  time.Time
}

const (
	lateTime = 20 * time.Second
	maxLate  = 4096 // the oldest are forgotten then
)

func (l *late) add(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := time.Now().Add(lateTime)
	for _, key := range keys {
		l.all = append(l.all, lateImage{key, at})
	}
	l.all = l.all[max(0, len(l.all)-maxLate):]
}

// without gives the keys that need not wait.
func (l *late) without(keys []string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := map[string]bool{}
	for _, image := range l.all {
		held[image.key] = true
	}
	return slices.DeleteFunc(keys, func(key string) bool { return held[key] })
}

// next is an image whose time has come, if there is one.
func (l *late) next() (key string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.all) == 0 || time.Now().Before(l.all[0].at) {
		return "", false
	}
	key = l.all[0].key
	l.all = l.all[1:]
	return key, true
}

// deleteLate deletes those whose time has come.
func (s *Service) deleteLate(ctx context.Context) error {
	for {
		key, ok := s.late.next()
		if !ok {
			return nil
		}
		if err := s.drop(ctx, key); err != nil {
			s.late.add([]string{key})
			return err
		}
	}
}
