package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Profile says on whose authority a check demands something.
type Profile string

// The profiles.
const (
	OSIA  Profile = "osia"  // the standard
	Oblik Profile = "oblik" // where that is silent, this service's own answer
)

// Check is one row of the table.
type Check struct {
	ID      string // the operationId it is about, a slash, and what
	Clause  string // of the standard; for Oblik, of what the standard leaves open
	Profile Profile
	run     func(*trial)
}

// operation is the one the check is about; nil: none in particular.
func (c Check) operation() *operation {
	id, _, _ := strings.Cut(c.ID, "/")
	return operationOf(id)
}

// Photos are image files, in a format that the service reads.
type Photos struct {
	Mated1, Mated2 []byte // one person, twice
	Other          []byte // somebody else
	Faceless       []byte // nobody
}

// Config says what to check, and how.
type Config struct {
	URL    string            // of the service, without /v1
	Token  string            // a bearer token with all [Scopes]
	Scoped map[string]string // by scope, a token with that scope alone; may lack some
	Photos Photos
	// Profiles are whose checks are run.
	Profiles []Profile
	// Only limits them to those whose ids match, if it is not nil.
	Only *regexp.Regexp
	// Inbox receives callbacks. nil: none can be received, and what needs them is
	// not tested.
	Inbox *Inbox
	// Client sends the requests; nil: one that trusts the system's authorities
	// and follows no redirects.
	Client *http.Client
	// Limit is the time for one check, more than zero.
	Limit time.Duration
	// Seed is in all ids that are made: 1 to 32 letters a-z and digits, new for
	// each run, so that what an interrupted one left is not met again.
	Seed string
	// Each, if not nil, is told each result at once.
	Each func(Result)
}

// bench is what the checks of one run share.
type bench struct {
	Config
	absent map[string]bool // operationIds that the service does not offer
	made   int             // ids
}

var seeds = regexp.MustCompile(`^[a-z0-9]{1,32}$`)

// SeeNoOther has a client take a redirect as the answer it is: the standard
// has none, and the token is for nobody else.
func SeeNoOther(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Run runs the checks, one after the other. An error says that they could not
// be run: no service, or one that refuses the token.
func Run(ctx context.Context, c Config) (Report, error) {
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" || base.User != nil || base.Scheme != "http" && base.Scheme != "https" {
		return Report{}, errors.New("conformance: the URL must be that of a service: https://HOST[:PORT]")
	}
	if !seeds.MatchString(c.Seed) {
		return Report{}, errors.New("conformance: a seed has 1 to 32 letters a-z and digits")
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	if c.Client == nil {
		c.Client = &http.Client{CheckRedirect: SeeNoOther}
	}
	b := &bench{Config: c, absent: map[string]bool{}}
	if err := b.survey(ctx); err != nil {
		return Report{}, err
	}
	report := Report{URL: c.URL, Seed: c.Seed}
	for _, check := range b.chosen() {
		if ctx.Err() != nil {
			return report, fmt.Errorf("conformance: interrupted: %w", ctx.Err())
		}
		result := b.try(ctx, check)
		report.Results = append(report.Results, result)
		if c.Each != nil {
			c.Each(result)
		}
	}
	return report, nil
}

// chosen are the checks that Config asks for.
func (b *bench) chosen() []Check {
	var chosen []Check
	for _, check := range Checks() {
		for _, p := range b.Profiles {
			if check.Profile == p && (b.Only == nil || b.Only.MatchString(check.ID)) {
				chosen = append(chosen, check)
			}
		}
	}
	return chosen
}

// Checks is the table of all checks.
func Checks() []Check {
	var all []Check
	for _, part := range [][]Check{
		everyOperation(), everyBody(), everyCallback(),
		creating, reading, updating, erasing, merging, moving, marking, templates,
		identifying, identifyingStored, verifying, galleries, tasks, ours, oursSearching,
	} {
		all = append(all, part...)
	}
	return all
}
