package main

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"oblik/api/conformance"
	"oblik/models"
)

// conformanceCmd checks a service, this one or another vendor's, over HTTP.
type conformanceCmd struct {
	URL         string            `required:"" help:"The service: https://HOST[:PORT], without /v1."`
	Token       string            `required:"" help:"A bearer token with all seven scopes."`
	ScopedToken map[string]string `help:"A token of the same client with one scope only, for each scope; without them wrong scopes are not tested." placeholder:"SCOPE=TOKEN"`
	CA          string            `name:"ca" help:"Authority that signed the service's certificate, a PEM file; the system's if not given." type:"path"`
	JSON        bool              `name:"json" help:"Print one JSON object in place of the table."`
	Profile     string            `enum:"osia,oblik,all" default:"osia" help:"osia: what the standard says; oblik: what this service answers where the standard is silent; all: both."`
	Only        string            `help:"Run only the checks whose ids match this regular expression." placeholder:"REGEXP"`
	Limit       time.Duration     `help:"Time for one check." default:"60s"`
	Seed        string            `help:"Letters and digits that are in all ids the run makes; new for each run if not given."`
	conformancePhotos
	conformanceCallbacks
}

// conformancePhotos are the photographs the checks enrol.
type conformancePhotos struct {
	Photos   string `help:"Folder with the photographs used by default: obama.jpg, obama2.jpg and biden.jpg." default:".cache/photos" type:"path"`
	Mated1   string `name:"mated-1" help:"A photograph of a person." type:"path"`
	Mated2   string `name:"mated-2" help:"Another photograph of the same person." type:"path"`
	Other    string `help:"A photograph of somebody else." type:"path"`
	Faceless string `help:"A picture without a face; a grey one is made if not given." type:"path"`
}

// Run implements the subcommand: status 0 if some checks passed and none failed,
// 1 if some failed, 2 if they could not be run.
func (c conformanceCmd) Run(p *program) (err error) {
	config, err := c.config()
	if err != nil {
		return err
	}
	if !c.NoAsync {
		inbox, stop, err := c.receive(p.ctx)
		if err != nil {
			return err
		}
		defer stop()
		config.Inbox = inbox
	}
	fmt.Fprintf(p.err, "seed %s\n", config.Seed)
	config.Each = func(r conformance.Result) {
		if r.Outcome == conformance.Failed {
			fmt.Fprintf(p.err, "fail %s: %s\n", r.ID, r.Reason)
		}
	}
	report, err := conformance.Run(p.ctx, config)
	if err != nil {
		return models.Errorf("conformance", models.Unavailable, "%w", err)
	}
	if err := c.print(p, report); err != nil {
		return err
	}
	switch {
	case len(report.Results) == 0:
		return models.Errorf("conformance", models.Invalid, "no check is chosen")
	case report.Count(conformance.Failed) > 0:
		return errNo
	case report.Count(conformance.Passed) == 0:
		return models.Errorf("conformance", models.Invalid, "no check could be run: what they are about is not offered, or could not be tested")
	}
	return nil
}

func (c conformanceCmd) print(p *program, report conformance.Report) error {
	if !c.JSON {
		return report.WriteTable(p.out)
	}
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	return e.Encode(report)
}

func (c conformanceCmd) config() (conformance.Config, error) {
	bad := func(err error) (conformance.Config, error) {
		return conformance.Config{}, models.Errorf("conformance", models.Invalid, "%w", err)
	}
	if c.Limit <= 0 || c.CallbackWait <= 0 {
		return bad(errors.New("--limit and --callback-wait must be more than zero"))
	}
	config := conformance.Config{
		URL: c.URL, Token: c.Token, Scoped: c.ScopedToken, Limit: c.Limit, Seed: c.Seed,
		Profiles: []conformance.Profile{conformance.Profile(c.Profile)},
	}
	if c.Profile == "all" {
		config.Profiles = []conformance.Profile{conformance.OSIA, conformance.Oblik}
	}
	if config.Seed == "" {
		config.Seed = strings.ToLower(rand.Text()[:8])
	}
	var err error
	if c.Only != "" {
		if config.Only, err = regexp.Compile(c.Only); err != nil {
			return bad(err)
		}
	}
	if config.Client, err = c.client(); err != nil {
		return bad(err)
	}
	config.Photos, err = c.read()
	return config, err
}

// client trusts --ca.
func (c conformanceCmd) client() (*http.Client, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, err
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("no certificate in %s", c.CA)
		}
	}
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: settings, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: conformance.SeeNoOther,
	}, nil
}
