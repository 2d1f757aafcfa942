package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
)

// identifyCmd searches.
type identifyCmd struct {
	matchFlags
	Gallery   string   `help:"Gallery to search." default:"ALL"`
	Threshold *float64 `help:"Score from which a candidate is named; not below the floor. Default: --identify-threshold."`
	Max       int      `help:"Longest list of candidates, 1..1000." default:"10"`
	JSON      bool     `name:"json" help:"Answer in JSON."`
	File      string   `arg:"" help:"Photograph of the person sought."`
}

// Run implements the subcommand.
func (c identifyCmd) Run(p *program) error {
	if c.Max < 1 || c.Max > models.MaxCandidates {
		return models.Errorf("identify", models.Invalid, "--max %d is not within 1..%d", c.Max, models.MaxCandidates)
	}
	if err := c.existing(); err != nil {
		return err
	}
	probe, err := photo(c.File, c.MaxImage)
	if err != nil {
		return err
	}
	return c.withService(p, 1, func(ctx context.Context, s *service) error {
		found, err := s.Identify(ctx, caller("identify"), models.GalleryID(c.Gallery), []models.Sample{probe},
			api.IdentifyOptions{Threshold: c.Threshold, Max: c.Max})
		if err != nil {
			return err
		}
		if err := c.answer(p, found.Candidates, s.scale); err != nil {
			return err
		}
		if len(found.Candidates) == 0 {
			return errNo
		}
		return nil
	})
}

func (c identifyCmd) answer(p *program, candidates []models.Candidate, scale *matcher.Calibration) error {
	if c.JSON {
		list := make([]map[string]any, 0, len(candidates))
		for i, x := range candidates {
			list = append(list, map[string]any{"rank": i + 1, "personId": x.Person, "encounterId": x.Encounter,
				"score": x.Score.Value, "extrapolated": x.Score.Extrapolated, "similarity": x.Score.Similarity})
		}
		return printJSON(p.out, list)
	}
	if len(candidates) == 0 {
		fmt.Fprintln(p.out, "nobody on record scores high enough")
		return nil
	}
	t := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "rank\tperson\tscore\tsearches of unrelated people that name somebody with such a score")
	for i, x := range candidates {
		fmt.Fprintf(t, "%d\t%s\t%.1f\t%s\n", i+1, x.Person, x.Score.Value, often(x.Score, scale))
	}
	return t.Flush()
}
