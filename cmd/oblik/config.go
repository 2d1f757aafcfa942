package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"oblik/matcher/scan"
	"oblik/models"
)

// envPrefix starts the environment variable of every setting: --data-dir is
// OBLIK_DATA_DIR. A flag wins over its variable, that over the file.
const envPrefix = "OBLIK_"

// settings resolves flags from the environment and from a JSON object whose
// keys are flag names. Settings are the flags of the service (those of `oblik
// config`); whom to erase is said on the command line alone.
type settings struct {
	path   string // of the file; empty for none
	values map[string]any
}

const maxConfigBytes = 1 << 20

// newSettings looks for --config, the last one if there are several, and for
// OBLIK_CONFIG.
func newSettings(args []string) *settings {
	path := os.Getenv(envPrefix + "CONFIG")
	for i, a := range args {
		if named, ok := strings.CutPrefix(a, "--config="); ok {
			path = named
		}
		if a == "--config" && i+1 < len(args) {
			path = args[i+1]
		}
	}
	return &settings{path: path}
}

// Validate implements [kong.Resolver]: it refuses keys of the file and OBLIK_
// variables that are no setting, so that a slip of the pen is not silently the
// default.
func (s *settings) Validate(app *kong.Application) error {
	known := settingNames(app)
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		key, ours := strings.CutPrefix(name, envPrefix)
		if ours && name != envPrefix+"CONFIG" && name != scan.Variable && !known[strings.ToLower(strings.ReplaceAll(key, "_", "-"))] {
			return models.Errorf("config", models.Invalid, "the environment sets %s, which is no setting", name)
		}
	}
	for key := range s.values {
		if !known[key] {
			return models.Errorf("config", models.Invalid, "%s: %q is no setting", s.path, key)
		}
	}
	return nil
}

// Resolve implements [kong.Resolver].
func (s *settings) Resolve(k *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if s.path != "" && s.values == nil { // kong resolves before it validates
		if err := s.read(); err != nil {
			return nil, models.Errorf("config", models.Invalid, "%s: %w", s.path, err)
		}
	}
	if !settingNames(k.Model)[flag.Name] {
		return nil, nil //nolint:nilnil // kong's way of "not set here"
	}
	name := envPrefix + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
	if v, ok := os.LookupEnv(name); ok {
		if v == "" { // the default may be another database
			return nil, models.Errorf("config", models.Invalid, "the environment sets %s to nothing; unset it for the default", name)
		}
		return v, nil
	}
	switch v := s.values[flag.Name].(type) {
	case nil:
		return nil, nil //nolint:nilnil // as above
	case string, bool:
		return v, nil
	case json.Number:
		return v.String(), nil
	default:
		return nil, models.Errorf("config", models.Invalid, "%s: %q must be a string, a number, true or false", s.path, flag.Name)
	}
}

// read fills values from the file. A key twice is refused: one of them would
// not be in force.
func (s *settings) read() error {
	file, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	s.values = map[string]any{}
	d := json.NewDecoder(io.LimitReader(file, maxConfigBytes))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("no JSON object")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name := fmt.Sprint(key)
		if _, twice := s.values[name]; twice {
			return fmt.Errorf("%q is set twice", name)
		}
		var v any
		if err := d.Decode(&v); err != nil {
			return err
		}
		s.values[name] = v
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the object")
	}
	return nil
}

// settingNames are the flags of `oblik config`.
func settingNames(app *kong.Application) map[string]bool {
	names := map[string]bool{}
	for _, command := range app.Children {
		for _, f := range command.Flags {
			if command.Name == "config" && f.Name != "help" {
				names[f.Name] = true
			}
		}
	}
	return names
}
