package osia

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"golang.org/x/time/rate"

	"oblik/models"
)

// parsePolicy reads a policy, as strictly as a body (json.go):
//
//	{
//	  "clients": {
//	    "gate-7": {
//	      "operations": ["verifyFromId"],      // OSIA's operationIds; all
//	      "galleries": ["permits"],            // all
//	      "verifyFloor": 40,                   // least threshold it may ask for; the service's own
//	      "identifyFloor": 30,                 // the same of searches
//	      "scores": false,                     // whether it sees scores; true
//	      "rate": 5, "burst": 20,              // requests a second, and at once; no limit, the rate
//	      "certificates": ["gate-7.example"]   // names its TLS certificate may have; the client's
//	    }
//	  },
//	  "others": {...}                          // the same for each other client; they are refused
//	}
//
// Behind each // stands what holds where the key is missing.
func parsePolicy(data []byte) (*rules, error) {
	r := &reader{data: data, limit: len(data)}
	all := &rules{clients: map[string]*rule{}}
	r.space()
	seen := shape{members: map[string]func(*reader){
		"clients": func(r *reader) {
			r.object(func(client string) { r.at(client, func() { all.clients[client] = r.rule(client) }) })
			if len(all.clients) > maxClients {
				r.fail("more than " + strconv.Itoa(maxClients) + " clients")
			}
		},
		"others": func(r *reader) { all.others = r.rule("x") },
	}}.read(r)
	if r.space(); r.err == nil && r.pos < len(r.data) {
		r.fail("something follows the value")
	}
	if r.err == nil && len(seen) == 0 {
		r.fail("neither clients nor others: nobody could do anything")
	}
	var fault *Fault
	if errors.As(r.err, &fault) {
		return nil, errors.New(fault.Detail)
	}
	return all, nil
}

// rule reads one client's.
func (r *reader) rule(client string) *rule {
	if !soundClient(client) {
		r.fail("a client's name has 1 to " + strconv.Itoa(maxClient) + " bytes and no control characters")
	}
	c := &rule{}
	seen := shape{members: map[string]func(*reader){
		"operations":    func(r *reader) { c.operations = r.some(checkOperation) },
		"galleries":     func(r *reader) { c.limits.Galleries = r.allowed() },
		"verifyFloor":   func(r *reader) { c.limits.VerifyFloor = r.within(0, models.MaxScore) },
		"identifyFloor": func(r *reader) { c.limits.IdentifyFloor = r.within(0, models.MaxScore) },
		"scores":        func(r *reader) { c.hideScores = r.peek() == 'f'; r.boolean() },
		"rate":          func(r *reader) { c.rate = rate.Limit(r.within(minRate, maxRate)) },
		"burst":         func(r *reader) { c.burst = r.whole(1, maxRate) },
		"certificates":  func(r *reader) { c.certificates = r.some(checkName) },
	}}.read(r)
	switch {
	case seen["burst"] && !seen["rate"]:
		r.fail("burst without rate")
	case !seen["burst"]:
		c.burst = int(math.Ceil(float64(c.rate)))
	}
	return c
}

// some reads an array of 1 to maxListed different strings. An empty one would
// be a mistake: a client that may do nothing is left out.
func (r *reader) some(check func(string) error) []string {
	var all []string
	r.array(maxListed, func(i int) {
		r.at(strconv.Itoa(i), func() {
			s := r.text(maxURI)
			if err := check(s); err != nil && r.err == nil {
				r.fail(err.Error())
			}
			if slices.Contains(all, s) {
				r.fail("it stands there twice")
			}
			all = append(all, s)
		})
	})
	if len(all) == 0 {
		r.fail("the list is empty")
	}
	return all
}

// allowed reads the galleries of a client; ALL stands for every one.
func (r *reader) allowed() []models.GalleryID {
	var all []models.GalleryID
	for _, id := range r.some(func(id string) error { return errors.Unwrap(models.GalleryID(id).Validate()) }) {
		all = append(all, models.GalleryID(id))
	}
	return all
}

func checkOperation(name string) error {
	if slices.ContainsFunc(routes, func(r route) bool { return r.operation == name }) {
		return nil
	}
	return errors.New("not an operationId of OSIA")
}

func checkName(name string) error {
	if name == "" {
		return errors.New("the name is empty")
	}
	return nil
}

// whole reads a number without fraction from low to high.
func (r *reader) whole(low, high float64) int {
	n := r.within(low, high)
	if r.err == nil && n != math.Trunc(n) {
		r.fail("expected a whole number")
	}
	return int(n)
}

// within reads a number from low to high.
func (r *reader) within(low, high float64) float64 {
	n, err := strconv.ParseFloat(r.number(), 64)
	if r.err == nil && (err != nil || n < low || n > high) {
		r.fail(fmt.Sprintf("expected a number within %g..%g", low, high))
	}
	return n
}
