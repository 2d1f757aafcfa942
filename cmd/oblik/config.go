package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"oblik/models"
)

// envPrefix starts the environment variable of every flag: --data-dir is
// OBLIK_DATA_DIR. A flag wins over its variable, that over the file.
const envPrefix = "OBLIK"

// configured gives kong the environment and the configuration file named by
// --config or OBLIK_CONFIG.
func configured(args []string) []kong.Option {
	return []kong.Option{
		kong.DefaultEnvars(envPrefix),
		kong.Resolvers(&fileConfig{path: configPath(args)}),
	}
}

func configPath(args []string) string {
	for i, a := range args {
		if path, ok := strings.CutPrefix(a, "--config="); ok {
			return path
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv(envPrefix + "_CONFIG")
}

// fileConfig resolves flags from a JSON object whose keys are flag names.
type fileConfig struct {
	path   string
	values map[string]any
}

const maxConfigBytes = 1 << 20

// Validate implements [kong.Resolver]: it refuses keys of the
// file and OBLIK_ variables that no command knows, so that a slip of the
// pen is not silently the default.
func (f *fileConfig) Validate(app *kong.Application) error {
	known := flagNames(app.Node)
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		key, ours := strings.CutPrefix(name, envPrefix+"_")
		if ours && !slices.Contains(known, strings.ToLower(strings.ReplaceAll(key, "_", "-"))) {
			return models.Errorf("config", models.Invalid, "the environment sets %s, which no command knows", name)
		}
	}
	for key := range f.values {
		if !slices.Contains(known, key) || key == "config" {
			return models.Errorf("config", models.Invalid, "%s: %q is not known", f.path, key)
		}
	}
	return nil
}

func (f *fileConfig) read() error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	d := json.NewDecoder(io.LimitReader(file, maxConfigBytes))
	d.UseNumber()
	if err := d.Decode(&f.values); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the object")
	}
	return nil
}

// Resolve implements [kong.Resolver].
func (f *fileConfig) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if f.path != "" && f.values == nil { // kong resolves before it validates
		f.values = map[string]any{}
		if err := f.read(); err != nil {
			return nil, models.Errorf("config", models.Invalid, "%s: %w", f.path, err)
		}
	}
	if slices.ContainsFunc(flag.Envs, func(name string) bool { _, set := os.LookupEnv(name); return set }) {
		return nil, nil //nolint:nilnil // the environment wins, and kong would let a file win over it
	}
	switch v := f.values[flag.Name].(type) {
	case nil:
		return nil, nil //nolint:nilnil // kong's way of "not set here"
	case string, bool:
		return v, nil
	case json.Number:
		return v.String(), nil
	default:
		return nil, models.Errorf("config", models.Invalid, "%s: %q must be a string, a number, true or false", f.path, flag.Name)
	}
}

// flagNames lists the flags of a command and all below it.
func flagNames(n *kong.Node) []string {
	var names []string
	for _, f := range n.Flags {
		names = append(names, f.Name)
	}
	for _, c := range n.Children {
		names = append(names, flagNames(c)...)
	}
	return names
}

// configCmd prints what the service would run with.
type configCmd struct {
	serviceFlags
}

// Run implements the subcommand: a JSON object in the form of the
// configuration file. No flag holds a secret, only names of files that do.
func (c configCmd) Run(p *program) error {
	values := make(map[string]any)
	for _, f := range p.flags {
		if f.Name == "help" || f.Name == "config" {
			continue
		}
		values[f.Name] = f.Target.Interface()
		if s, ok := values[f.Name].(fmt.Stringer); ok { // durations and levels as they are written
			values[f.Name] = s.String()
		}
	}
	values["weights-dir"], values["data-dir"] = c.weightsFolder(), c.dataFolder()
	return printJSON(p.out, values)
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
