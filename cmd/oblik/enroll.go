package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"oblik/api"
	"oblik/models"
)

// enrollCmd stores one encounter with all the photographs or, with --from, a
// whole register, one encounter a photograph.
type enrollCmd struct {
	matchFlags
	bulkFlags
	Person    string   `help:"Id of the person; made if there is none on record."`
	Encounter string   `help:"Id of the encounter; made up if not given."`
	Gallery   []string `help:"Gallery to put the person into." default:"default"`
	JSON      bool     `name:"json" help:"Answer in JSON."`
	Files     []string `arg:"" optional:"" name:"file" help:"Photographs of the person, each of one face."`
}

// check refuses flags that do not go together.
func (c enrollCmd) check() error {
	bad := func(text string) error { return models.Errorf("enroll", models.Invalid, "%s", text) }
	switch {
	case c.From != "" && (c.Person != "" || c.Encounter != "" || len(c.Files) > 0):
		return bad("--from names people and photographs: --person, --encounter and files do not go with it")
	case c.From != "":
		return c.bulkFlags.check()
	case c.Resume || c.Report != "":
		return bad("--resume and --report go with --from")
	case c.Person == "" || len(c.Files) == 0:
		return bad("--person and a photograph are needed, or --from")
	}
	return nil
}

// Run implements the subcommand.
func (c enrollCmd) Run(p *program) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.From != "" {
		return c.bulk(p)
	}
	e := models.Encounter{
		Key:    models.EncounterKey{Person: models.PersonID(c.Person), Encounter: models.EncounterID(c.Encounter)},
		Status: models.Active, Type: enrolment, Galleries: c.galleries(),
	}
	for _, file := range c.Files {
		sample, err := photo(file, c.MaxImage)
		if err != nil {
			return err
		}
		e.Samples = append(e.Samples, sample)
	}
	return c.withService(p, len(c.Files), func(ctx context.Context, s *service) error {
		done, err := s.Enroll(ctx, caller("enroll"), e)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(p.out, map[string]any{
				"personId": done.Key.Person, "encounterId": done.Key.Encounter, "quality": c.quality(done.Quality),
			})
		}
		fmt.Fprintf(p.out, "enrolled %s, encounter %s\n", done.Key.Person, done.Key.Encounter)
		for _, q := range done.Quality {
			fmt.Fprintf(p.out, "  %-24s %3.0f px between the eyes, detector %.2f, faces %d\n",
				filepath.Base(c.Files[q.Sample]), q.InterEye, q.Confidence, q.Faces)
		}
		return nil
	})
}

// enrolment is an encounter's type if nothing else is said.
const enrolment = "enrolment"

func (c enrollCmd) galleries() (ids []models.GalleryID) {
	for _, g := range c.Gallery {
		ids = append(ids, models.GalleryID(g))
	}
	return ids
}

// quality is the wire's form of what was measured, file by file.
func (c enrollCmd) quality(list []api.SampleQuality) []map[string]any {
	out := make([]map[string]any, 0, len(list))
	for _, q := range list {
		out = append(out, map[string]any{"file": c.Files[q.Sample], "faces": q.Faces,
			"interEye": q.InterEye, "confidence": q.Confidence})
	}
	return out
}

// withService opens the service, runs f and closes it again.
func (f matchFlags) withService(p *program, most int, run func(context.Context, *service) error) (err error) {
	s, err := f.open(p, most, newLog(p.err, slog.LevelWarn))
	if err != nil {
		return err
	}
	defer func() {
		if e := s.Tidy(p.ctx); e != nil {
			s.Log.Warn("something is left to do", "error", e)
		}
		if e := s.Close(); err == nil {
			err = e
		}
	}()
	return run(p.ctx, s)
}
