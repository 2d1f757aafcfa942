package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
	"oblik/storage/local"
)

// dataFlags say where people are kept.
type dataFlags struct {
	DataDir string `help:"Data directory: database, images and token key. Default: ~/.local/share/oblik/data." type:"path"`
}

func (f dataFlags) dataFolder() string {
	if f.DataDir != "" {
		return f.DataDir
	}
	return filepath.Join(dataHome(), "data")
}

// dataHome is the user's folder for this program's data.
func dataHome() string {
	if home := os.Getenv("XDG_DATA_HOME"); home != "" {
		return filepath.Join(home, "oblik")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "/var/lib/oblik" // a system service has no home
	}
	return filepath.Join(home, ".local", "share", "oblik")
}

// policyFlags are the decisions a deployment may choose.
type policyFlags struct {
	VerifyThreshold   float64 `help:"Score from which two faces count as one person: 40 is a false match in 10,000 comparisons of unrelated people of LFW." default:"40"`
	VerifyFloor       float64 `help:"Lowest verify threshold a client may ask for." default:"30"`
	IdentifyThreshold float64 `help:"Score from which a search names a candidate: 20 is a false candidate in 100 searches." default:"20"`
	IdentifyFloor     float64 `help:"Lowest identify threshold a client may ask for." default:"10"`
	MinInterEye       float64 `help:"Least distance between the eyes to enrol, in pixels." default:"30"`
	ComparableFace    float64 `help:"Size from which a second face forbids enrolment, as a part of the chosen one's." default:"0.5"`
	MaxOutside        float64 `help:"Part of the face's box that may lie outside the photograph to enrol." default:"0.1"`
	MinSampleScore    float64 `help:"Least score between the photographs of one enrolment; 0 for none." default:"10"`
}

func (f policyFlags) policy(maxImage int) api.Policy {
	p := api.DefaultPolicy()
	p.VerifyThreshold, p.VerifyFloor = f.VerifyThreshold, f.VerifyFloor
	p.IdentifyThreshold, p.IdentifyFloor = f.IdentifyThreshold, f.IdentifyFloor
	p.MinInterEye, p.ComparableFace, p.MaxImageBytes = f.MinInterEye, f.ComparableFace, maxImage
	p.MaxOutside, p.MinSampleScore = f.MaxOutside, f.MinSampleScore
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
	store     *local.Store
	scale     *matcher.Calibration
}

// existing is an error if there is no data directory: to look somebody up in a
// mistyped one must not make it and answer "not found".
func (f dataFlags) existing() error {
	if !local.Exists(f.dataFolder()) {
		return models.Errorf("data", models.NotFound, "no data directory in %s; `oblik enroll` or `oblik serve` makes one", f.dataFolder())
	}
	return nil
}

// open builds the service: store, sweep, workers (at most most), index. The
// caller closes it.
func (f matchFlags) open(p *program, most int, log *slog.Logger) (_ *service, err error) {
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
	if s.store, err = local.Open(ctx, f.dataFolder()); err != nil {
		return nil, err
	}
	report, err := s.store.Sweep(ctx)
	if err != nil {
		return nil, err
	}
	if report.Strays+report.Missing > 0 {
		log.Warn("sweep at start", "images", report.Images, "strays removed", report.Strays, "images missing", report.Missing)
	}
	if s.extractor, err = f.extractor(most, log); err != nil {
		return nil, err
	}
	parts := api.Parts{
		Extractor: s.extractor, Comparer: matcher.NewCosine(format, scale), Index: matcher.NewFlat(format, scale),
		Encounters: s.store, Images: s.store.Images(), Galleries: s.store, Outbox: s.store,
		Policy: f.policy(f.MaxImage), Log: log,
	}
	if p.parts != nil {
		parts = p.parts(parts, f.dataFolder())
	}
	if s.Service, err = api.New(parts); err != nil {
		return nil, err
	}
	return s, s.Load(ctx)
}

// Close ends the workers and closes the store.
func (s *service) Close() error {
	if s.extractor != nil {
		s.extractor.Close()
	}
	if s.store != nil {
		return s.store.Close()
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
