package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"oblik/api"
	"oblik/matcher"
	"oblik/matcher/index"
	"oblik/matcher/scan"
	"oblik/models"
)

// policyFlags are the decisions a deployment may choose.
type policyFlags struct {
	lockFlags
	VerifyThreshold   float64  `help:"Score from which two faces count as one person: 40 is a false match in 10,000 comparisons of unrelated people of LFW." default:"40"`
	VerifyFloor       float64  `help:"Lowest verify threshold a client may ask for." default:"30"`
	IdentifyThreshold float64  `help:"Score from which a search names a candidate: 20 is a false candidate in 100 searches." default:"20"`
	IdentifyFloor     float64  `help:"Lowest identify threshold a client may ask for." default:"10"`
	MinInterEye       float64  `help:"Least distance between the eyes to enrol, in pixels." default:"30"`
	ComparableFace    float64  `help:"Size from which a second face forbids enrolment, as a part of the chosen one's." default:"0.5"`
	MaxOutside        float64  `help:"Part of the face's box that may lie outside the photograph to enrol." default:"0.1"`
	MinSampleScore    float64  `help:"Least score between the photographs of one enrolment; 0 for none." default:"10"`
	FilterKeys        []string `help:"Attributes of biographic and contextual data that a search may filter on. Default: ${default}." placeholder:"KEY" default:"dateOfBirth,gender,nationality,region,yearOfBirth,enrollmentDate"`
	IncludeSelf       bool     `help:"A search with a person on record names this person too."`
}

func (f policyFlags) policy(maxImage int) api.Policy {
	p := api.DefaultPolicy()
	p.VerifyThreshold, p.VerifyFloor = f.VerifyThreshold, f.VerifyFloor
	p.IdentifyThreshold, p.IdentifyFloor = f.IdentifyThreshold, f.IdentifyFloor
	p.MinInterEye, p.ComparableFace, p.MaxImageBytes = f.MinInterEye, f.ComparableFace, maxImage
	p.MaxOutside, p.MinSampleScore = f.MaxOutside, f.MinSampleScore
	p.LockAfter, p.LockStop, p.FilterKeys, p.IncludeSelf = f.LockAfter, f.LockStop, f.FilterKeys, f.IncludeSelf
	return p
}

// matchFlags are those of every command that compares faces on record.
type matchFlags struct {
	engineFlags `embed:""`
	dataFlags   `embed:""`
	policyFlags `embed:""`
}

// service is the use cases with everything under them.
type service struct {
	*api.Service
	extractor extractor
	stores    *stores
	scale     *matcher.Calibration
	kernel    scan.Kernel // of searches
	away      error       // why the database was not there at the start
}

// serverTime is what one request waits for database and image store, so that
// with a bit more for finding out what became of a change it is answered within
// 2 s. The embedded store has the default.
const serverTime = 1500 * time.Millisecond

// open builds the service and makes it ready. The caller closes it.
func (f matchFlags) open(p *program, most int, log *slog.Logger) (*service, error) {
	s, err := f.prepare(p, most, log)
	if err == nil {
		err = s.begin(p.ctx)
	}
	if err != nil && s != nil {
		err = errors.Join(err, s.Close())
	}
	return s, err
}

// prepare builds the service: stores, workers (at most most), index. A store that
// is not there is no error, one that can't be used is. The caller closes it.
func (f matchFlags) prepare(p *program, most int, log *slog.Logger) (_ *service, err error) {
	ctx := p.ctx
	s := &service{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	format, scale, err := f.scale()
	if err != nil {
		return nil, err
	}
	s.scale = scale
	if made := scale.Table().Provenance; made.LongSide != f.LongSide || made.Detector != f.Detector {
		log.Warn("the scores were calibrated with another detector setting: false match rates may differ from what they promise",
			"calibrated", made.Detector, "at", made.LongSide, "in use", f.Detector, "at", f.LongSide)
	}
	searched, err := index.New(format, scale) // before anything is started: the kernel it is told to use may not be there
	if err != nil {
		return nil, err
	}
	s.kernel = searched.Kernel()
	if s.stores, err = f.openStores(ctx, log); err != nil {
		return nil, err
	}
	if s.extractor, err = f.extractor(most, log); err != nil {
		return nil, err
	}
	parts := api.Parts{
		Extractor: s.extractor, Comparer: matcher.NewCosine(format, scale), Index: searched,
		Policy: f.policy(f.MaxImage), Log: log, Workers: s.extractor.Ready(),
	}
	parts.Policy.ForgetImages = f.Images == "forget"
	s.stores.into(&parts)
	if p.parts != nil {
		parts = p.parts(parts, f.dataFolder())
	}
	if s.Service, err = api.New(parts); err != nil {
		return nil, err
	}
	records, images := s.Look(ctx)
	for _, err := range []error{records, images} {
		if models.KindOf(err) == models.Invalid {
			return nil, err
		}
	}
	s.away = records
	return s, nil
}

// begin loads the index. Without the image store the service verifies and
// erases all the same.
func (s *service) begin(ctx context.Context) error {
	if s.away != nil {
		return s.away
	}
	if err := s.Load(ctx); err != nil {
		return err
	}
	if err := s.Tidy(ctx); err != nil {
		s.Log.Warn("something is left to do and is tried again", "error", err)
	}
	return nil
}

// passing leaves out an error that may pass by itself.
func passing(err error) error {
	switch models.KindOf(err) {
	case models.Unavailable, models.Deadline, models.Uncertain:
		return nil
	}
	return err
}

// Close ends the workers and closes the stores.
func (s *service) Close() error {
	if s.extractor != nil {
		s.extractor.Close()
	}
	if s.stores != nil {
		return s.stores.close()
	}
	return nil
}

// alive is nil if a probe could be answered now.
func (s *service) alive() error {
	if s.extractor.Ready() == 0 {
		return models.Errorf("worker", models.Unavailable, "no worker is running")
	}
	return s.Ready()
}

// newLog writes text logs for people.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// newServiceLog writes the service's log for people or for machines.
func newServiceLog(w io.Writer, level slog.Level, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	return newLog(w, level)
}
