package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"oblik/models"
)

// bulkFlags are those of enrolling a register.
type bulkFlags struct {
	From        string        `help:"Enrol a register: a list, as CSV with the columns file and person and perhaps encounter, gallery (several with ; between) and type, or a folder with one folder of photographs a person." placeholder:"LIST.csv|DIR" type:"path"`
	Resume      bool          `help:"Go on with a register: what is on record already is as it should be."`
	Report      string        `help:"Write what became of each photograph to this CSV file, which --resume adds to. It names people." placeholder:"FILE" type:"path"`
	GiveUpAfter time.Duration `help:"How long a photograph waits for database and image store to come back, before the run ends." default:"5m"`
}

func (f bulkFlags) check() error {
	if f.GiveUpAfter < 0 {
		return models.Errorf("enroll", models.Invalid, "--give-up-after %s is less than nothing", f.GiveUpAfter)
	}
	return nil
}

// waiting is how many photographs per worker are in hand beyond the one it is
// extracting: they wait for the stores meanwhile. More gain nothing.
const waiting = 2

// bulk is one run over a register.
type bulk struct {
	s        *service
	flags    enrollCmd
	register register
	ledger   *ledger
	doubles  *doubles
	stop     context.CancelCauseFunc // ends the run; what is in hand is finished
}

// The reasons for which a run ends before its end.
var (
	errInterrupted = errors.New("interrupted")
	errGivenUp     = errors.New("the stores did not come back")
)

// bulk enrols a register. Its status is 0 if everything is on record at the end.
func (c enrollCmd) bulk(p *program) (err error) {
	r, err := openRegister(c.From, c.galleries())
	if err != nil {
		return err
	}
	total, doubles, err := survey(p.ctx, r)
	if err != nil {
		return err
	}
	s, err := c.open(p, 256, newLog(p.err, slog.LevelWarn))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	report, err := openReport(c.Report, c.Resume)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, report.Close()) }()
	b := &bulk{s: s, flags: c, register: r, doubles: doubles,
		ledger: newLedger(total, report, newProgress(p.err, total))}
	stopped := b.run(p.ctx)
	if err := b.ledger.print(p.out, c, s.extractor.Engine(), stopped); err != nil {
		return err
	}
	if stopped != nil && !errors.Is(stopped, errInterrupted) && !errors.Is(stopped, errGivenUp) {
		return stopped
	}
	if !b.ledger.complete() {
		return errNo
	}
	return nil
}

// run enrols everything, unless something ends it before: that is its error.
func (b *bulk) run(ctx context.Context) error {
	tending, rest := context.WithCancel(context.WithoutCancel(ctx))
	var tend sync.WaitGroup
	tend.Go(func() { b.s.Tend(tending) })
	err := b.work(ctx)
	rest()
	tend.Wait()
	tidying, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.s.StoreTime)
	defer cancel()
	if e := b.s.Tidy(tidying); e != nil {
		b.s.Log.Warn("something is left to do; the next run or the service sees to it", "error", e)
	}
	return err
}

// work feeds the photographs to as many goroutines as keep the workers busy.
func (b *bulk) work(ctx context.Context) error {
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	b.stop = stop
	items := make(chan item)
	var hands sync.WaitGroup
	for range (1 + waiting) * max(1, b.s.extractor.Ready()) {
		hands.Go(func() {
			for it := range items {
				if err := b.ledger.add(it, b.enroll(working, it)); err != nil {
					stop(err)
				}
			}
		})
	}
	err := b.register.each(func(it item) error {
		select {
		case items <- b.doubles.check(it):
			return nil
		case <-working.Done():
			return context.Cause(working)
		}
	})
	close(items)
	hands.Wait()
	b.ledger.finish()
	switch cause := context.Cause(working); {
	case ctx.Err() != nil && err == nil: // it came when nothing was left to begin
		return nil
	case ctx.Err() != nil:
		return errInterrupted
	case cause != nil:
		return cause
	}
	return err
}

// openRegister says what kind of register path is.
func openRegister(path string, galleries []models.GalleryID) (register, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, models.Errorf("enroll", models.Invalid, "--from: %w", err)
	case info.IsDir():
		return folder{path, galleries}, nil
	case info.Mode().IsRegular():
		return list{path, galleries}, nil
	}
	return nil, models.Errorf("enroll", models.Invalid, "--from is neither a file nor a folder") // a pipe can't be read twice
}
