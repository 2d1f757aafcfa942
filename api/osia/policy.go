package osia

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"golang.org/x/time/rate"

	"oblik/api"
	"oblik/models"
)

const (
	maxPolicyFile = 16 << 20 // bytes
	maxClients    = 10_000   // in a policy
	maxListed     = 1_000    // galleries or certificates of one client
	minRate       = 0.001    // requests a second
	maxRate       = 100_000  // requests a second, and at once
)

// Policy says what the operator leaves each client of what its token's scopes
// allow. A nil Policy leaves everybody everything.
type Policy struct {
	path  string
	rules atomic.Pointer[rules]
}

// rules are one reading of the file.
type rules struct {
	clients map[string]*rule
	others  *rule // of clients not named; nil to refuse them
}

// rule is what one client may do.
type rule struct {
	operations   []string // by operationId; nil for all
	limits       api.Limits
	hideScores   bool
	rate         rate.Limit // requests a second; 0 for as many as it likes
	burst        int        // requests at once, after a pause
	certificates []string   // the names its certificate may have; nil for the client's own
}

// grant is what a client may do in one operation.
type grant struct {
	limits api.Limits
	scores bool
}

var (
	everything = &rule{}
	refused    = &rule{operations: []string{}}
)

// LoadPolicy reads a JSON file; see policy_file.go. Anything in it that is not
// known or out of range is [models.Invalid], with the place.
func LoadPolicy(path string) (*Policy, error) {
	p := &Policy{path: path}
	return p, p.Reload()
}

// Reload reads the file again. After an error, what was read before stays in
// force.
func (p *Policy) Reload() (err error) {
	bad := func(err error) error { return models.Errorf("policy", models.Invalid, "%s: %w", p.path, err) }
	f, err := os.Open(filepath.Clean(p.path))
	if err != nil {
		return bad(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err := io.ReadAll(io.LimitReader(f, maxPolicyFile+1))
	if err != nil {
		return bad(err)
	}
	if len(data) > maxPolicyFile {
		return bad(errors.New("the file is too large"))
	}
	read, err := parsePolicy(data)
	if err != nil {
		return bad(err)
	}
	p.rules.Store(read)
	return nil
}

// of is the rule for a client. An unknown one may do nothing, if the policy says
// nothing of others.
func (p *Policy) of(client string) *rule {
	if p == nil {
		return everything
	}
	now := p.rules.Load()
	if r := now.clients[client]; r != nil {
		return r
	}
	if now.others != nil {
		return now.others
	}
	return refused
}

// grant is a fault if the client may not use the operation.
func (p *Policy) grant(client, operation string) (grant, error) {
	r := p.of(client)
	if r.operations != nil && !slices.Contains(r.operations, operation) {
		return grant{}, &Fault{Code: codeOperation}
	}
	g := grant{limits: r.limits, scores: !r.hideScores}
	g.limits.Coarse = r.hideScores
	return g, nil
}

// names are those of which a client's certificate must have one.
func (p *Policy) names(client string) []string {
	if r := p.of(client); r.certificates != nil {
		return r.certificates
	}
	if client == "" {
		return nil
	}
	return []string{client}
}
