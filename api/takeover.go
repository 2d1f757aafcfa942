package api

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// takeOver replaces the pending people who share a lock, until none is left or
// that fails.
func (s *Service) takeOver(ctx context.Context, lock int) error {
	for {
		due := s.step.due(lock)
		if len(due) == 0 {
			return nil
		}
		people := slices.Collect(maps.Keys(due))
		if err := s.alone(ctx, people[0], func() error { return s.replace(ctx, people) }); err != nil {
			return err
		}
		s.step.done(lock, due)
	}
}

// replace makes the index hold what is on record of these people, for whoever
// is alone with them. Damaged entries are left out, as by [Service.Load].
func (s *Service) replace(ctx context.Context, people []models.PersonID) error {
	select {
	case s.step.reads <- struct{}{}:
		defer func() { <-s.step.reads }()
	case <-ctx.Done():
		return models.Errorf("follow", models.Deadline, "%w", ctx.Err())
	}
	entries, err := s.Changes.Entries(ctx, people...)
	if err != nil {
		return err
	}
	of := byPerson(entries)
	for _, person := range people {
		err := s.Index.Replace(person, of[person]...)
		if models.KindOf(err) == models.Integrity {
			err = s.Index.Replace(person, slices.DeleteFunc(of[person], s.damaged)...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func byPerson(entries []models.Entry) map[models.PersonID][]models.Entry {
	of := make(map[models.PersonID][]models.Entry)
	for _, e := range entries {
		of[e.Key.Person] = append(of[e.Key.Person], e)
	}
	return of
}

// damaged says that an index does not take an entry.
func (s *Service) damaged(e models.Entry) bool {
	return slices.ContainsFunc(e.Templates, func(t models.Template) bool {
		if t.Format != s.Extractor.Format() {
			return false // it is not looked at
		}
		_, err := matcher.Vector(t)
		return err != nil
	})
}

// catchUpTime is what a search waits for the index to take over a change: others
// pending at the same time must not hold it up.
const catchUpTime = 300 * time.Millisecond

// catchUp takes over what others have changed until now, and these people
// whatever the log says, as far as that is quick. [models.Unavailable] if the index
// has to be loaded anew.
func (s *Service) catchUp(ctx context.Context, people []models.PersonID) error {
	ctx, cancel := s.brief(ctx)
	defer cancel()
	s.step.name(people...)
	if err := s.readLog(ctx); err != nil {
		if models.KindOf(err) == models.Conflict { // it is none of the client's
			err = models.Errorf("follow", models.Unavailable, "%w", err)
		}
		return err
	}
	quick, cancel := context.WithTimeout(ctx, catchUpTime)
	defer cancel()
	var all sync.WaitGroup
	for _, lock := range s.step.waiting() {
		all.Go(func() { _ = s.takeOver(quick, lock) }) // who is not taken over stays pending
	}
	all.Wait()
	return nil
}
