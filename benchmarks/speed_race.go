package benchmarks

import (
	"context"
	"math/rand/v2"
	"time"

	"oblik/models"
)

// race runs the contenders on one photograph after another.
type race struct {
	SpeedOptions
	turn   time.Duration
	order  *rand.Rand
	meter  *meter
	groups [][]int // contenders that are compared with each other, by index
	alone  [][]int // those of an engine with one worker

	// Of the photograph at hand, by contender:
	photo     Photograph
	run       []Runner
	note      []string
	perSecond [][]float64 // a figure a round
	single    []singles
	stages    []*StageTimes // nil but for those that tell
}

// groupsOf puts together the contenders of one engine and one number of
// workers, so that what is compared is measured within seconds.
func groupsOf(cs []Contender) (groups [][]int) {
	type key struct {
		engine  string
		workers int
	}
	place := map[key]int{}
	for i, c := range cs {
		k := key{c.Engine, c.Workers}
		g, known := place[k]
		if !known {
			g = len(groups)
			place[k], groups = g, append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// on measures one photograph: every round in another order.
func (r *race) on(ctx context.Context, photo Photograph) (PhotographSpeed, error) {
	if err := r.load(ctx, photo); err != nil {
		return PhotographSpeed{}, err
	}
	for range r.Rounds {
		if err := r.round(ctx); err != nil {
			return PhotographSpeed{}, err
		}
	}
	return r.result(), nil
}

// round gives everyone a turn.
func (r *race) round(ctx context.Context) error {
	units := make([]func() error, 0, len(r.groups)+len(r.alone))
	for _, group := range r.groups {
		units = append(units, func() error { return r.side(ctx, group) })
	}
	for _, group := range r.alone {
		units = append(units, func() error { return r.oneByOne(ctx, group) })
	}
	for _, i := range r.order.Perm(len(units)) {
		if err := units[i](); err != nil {
			return err
		}
	}
	return nil
}

// load makes the contenders ready for a photograph; each works on it once, so
// that no first time is in the figures.
func (r *race) load(ctx context.Context, photo Photograph) error {
	n := len(r.Contenders)
	r.photo = photo
	r.run, r.note, r.perSecond = make([]Runner, n), make([]string, n), make([][]float64, n)
	r.single, r.stages = make([]singles, n), make([]*StageTimes, n)
	for i, c := range r.Contenders {
		var err error
		if r.run[i], r.note[i], err = c.Load(photo.Data); err == nil {
			_, err = busy(ctx, c.Workers, 0, r.run[i])
		}
		if err != nil {
			return r.fault(i, err)
		}
	}
	return nil
}

// side gives each contender of a group a turn with all its workers.
func (r *race) side(ctx context.Context, group []int) error {
	for _, k := range r.order.Perm(len(group)) {
		i := group[k]
		perSecond, err := busy(ctx, r.Contenders[i].Workers, r.turn, r.run[i])
		if err != nil {
			return r.fault(i, err)
		}
		r.perSecond[i] = append(r.perSecond[i], perSecond)
		r.meter.add(1)
	}
	return nil
}

// busy runs n goroutines for a while, at least once each, and gives the images
// a second. Each goroutine's own rate counts to its own last image, so that the
// end, where some wait for others, is in no figure.
func busy(ctx context.Context, n int, turn time.Duration, run Runner) (perSecond float64, err error) {
	type outcome struct {
		perSecond float64
		err       error
	}
	outcomes := make(chan outcome, n)
	for range n {
		go func() {
			start, images, took := time.Now(), 0, time.Duration(0)
			for images == 0 || took < turn {
				if err := run(ctx); err != nil {
					outcomes <- outcome{err: err}
					return
				}
				images, took = images+1, time.Since(start)
			}
			outcomes <- outcome{perSecond: float64(images) / took.Seconds()}
		}()
	}
	for range n {
		o := <-outcomes
		perSecond += o.perSecond
		if err == nil {
			err = o.err
		}
	}
	return perSecond, err
}

// fault says who failed on which photograph.
func (r *race) fault(i int, err error) error {
	c := r.Contenders[i]
	return models.Errorf("bench", models.KindOf(err), "%s on a photograph of %dx%d: %w", c.Contestant, r.photo.Width, r.photo.Height, err)
}
