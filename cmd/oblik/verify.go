package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"path/filepath"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
)

// verifyCmd compares one to one.
type verifyCmd struct {
	matchFlags
	Person    string   `help:"Id of the person on record to compare with; without it two files are compared."`
	Gallery   string   `help:"Gallery the person must be in." default:"ALL"`
	Threshold *float64 `help:"Score from which it is a match; not below the floor. Default: --verify-threshold."`
	JSON      bool     `name:"json" help:"Answer in JSON."`
	Files     []string `arg:"" name:"file" help:"One photograph with --person, else two."`
}

// Run implements the subcommand.
func (c verifyCmd) Run(p *program) error {
	want := 2
	if c.Person != "" {
		want = 1
	}
	if len(c.Files) != want {
		return models.Errorf("verify", models.Invalid, "%d files given; verify takes one with --person ID, else two", len(c.Files))
	}
	var samples []models.Sample
	for _, file := range c.Files {
		s, err := photo(file, c.MaxImage)
		if err != nil {
			return err
		}
		samples = append(samples, s)
	}
	if c.Person == "" {
		return c.images(p, samples)
	}
	if err := c.existing(); err != nil {
		return err
	}
	return c.withService(p, 1, func(ctx context.Context, s *service) error {
		d, err := s.Verify(ctx, caller("verify"), models.PersonID(c.Person), models.GalleryID(c.Gallery), samples, c.Threshold)
		if err != nil {
			return err
		}
		return c.answer(p.out, d, s.scale)
	})
}

// images compares two files; nothing is stored or read, so no data directory
// is opened.
func (c verifyCmd) images(p *program, samples []models.Sample) error {
	format, scale, err := c.scale()
	if err != nil {
		return err
	}
	x, err := c.extractor(len(samples), newLog(p.err, slog.LevelWarn))
	if err != nil {
		return err
	}
	defer x.Close()
	s, err := api.NewComparison(x, matcher.NewCosine(format, scale), c.policy(c.MaxImage))
	if err != nil {
		return err
	}
	d, err := s.VerifyImages(p.ctx, caller("verify"), samples[:1], samples[1:], c.Threshold)
	if err != nil {
		return err
	}
	return c.answer(p.out, d, scale)
}

func (c verifyCmd) answer(w io.Writer, d api.Decision, scale *matcher.Calibration) error {
	if c.JSON {
		out := map[string]any{
			"decision": d.Match, "score": d.Score.Value, "threshold": d.Threshold, "extrapolated": d.Score.Extrapolated,
			"similarity": d.Score.Similarity, "compared": d.Compared, "faces": d.Faces,
		}
		if c.Person != "" {
			out["encounterId"] = d.Encounter
		}
		if err := printJSON(w, out); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(w, verdict(d, scale))
		for i, n := range d.Faces {
			if n > 1 {
				fmt.Fprintf(w, "  %d faces in %s; the large one nearest to its centre was taken\n", n, filepath.Base(c.Files[i]))
			}
		}
	}
	if !d.Match {
		return errNo
	}
	return nil
}

// verdict says a decision in plain words.
func verdict(d api.Decision, scale *matcher.Calibration) string {
	switch {
	case d.Compared == 0:
		return "no decision: nothing on record can be compared"
	case d.Match:
		return fmt.Sprintf("same person: score %.1f, so high a score comes from %s", d.Score.Value, rarity(d.Score, scale))
	default:
		return fmt.Sprintf("not shown to be the same person: score %.1f, below the threshold of %g; so high a score comes from %s",
			d.Score.Value, d.Threshold, rarity(d.Score, scale))
	}
}

// rarity says how often unrelated people score as high: "fewer than 1 in
// 100,000 unrelated people". It claims no more than what was counted, however
// far the score is extrapolated.
func rarity(s models.Score, scale *matcher.Calibration) string {
	if s.Value <= 0 {
		return "most unrelated people"
	}
	return often(s, scale) + " unrelated people"
}

// often is the rate behind a score: "fewer than 1 in 1,000" or, from 1 in 100
// up, "3.2 in 100". What was counted ends lower for a score that was lowered
// for its many chances.
func often(s models.Score, scale *matcher.Calibration) string {
	lowered := scale.Score(s.Similarity).Value - s.Value
	s.Value = max(0, min(s.Value, scale.EmpiricalLimit()-lowered))
	switch rate := 100 * s.FMR(); {
	case s.Value >= 20:
		return "fewer than 1 in " + thousands(math.Pow(10, math.Floor(s.Value/10)))
	case rate >= 10:
		return fmt.Sprintf("%.0f in 100", rate)
	default:
		return fmt.Sprintf("%.2g in 100", rate)
	}
}

// thousands writes a whole number in groups of three digits.
func thousands(v float64) string {
	digits := fmt.Sprintf("%.0f", v)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
