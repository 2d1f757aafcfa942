package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"oblik/matcher/openvino"
)

// configCmd prints what the service would run with.
type configCmd struct {
	serviceFlags
}

// Run implements the subcommand: a JSON object in the form of the
// configuration file, if the service would accept it. No flag holds a secret,
// only names of files that do.
func (c configCmd) Run(p *program) error {
	if _, err := c.params(); err != nil {
		return err
	}
	if err := c.policy(c.MaxImage).Validate(); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	values := make(map[string]any)
	for _, f := range p.flags {
		if f.Name == "help" || f.Name == "config" || f.Name == "version" {
			continue
		}
		values[f.Name] = f.Target.Interface()
		if s, ok := values[f.Name].(fmt.Stringer); ok { // durations and levels as they are written
			values[f.Name] = s.String()
		}
		if list, ok := values[f.Name].([]string); ok {
			values[f.Name] = strings.Join(list, ",")
		}
	}
	values["weights-dir"], values["compiled-dir"], values["data-dir"] = c.weightsFolder(), c.compiledFolder(), c.dataFolder()
	if dir := c.openvinoFolder(); dir != openvino.System {
		values["openvino-dir"] = dir
	}
	return printJSON(p.out, values)
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
