package osia

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// checker sends requests and validates them and their answers.
type checker struct {
	*world
	routes routers.Router
	seen   map[string]bool // operationId and status
}

func newChecker(t *testing.T) *checker {
	w := newWorld(t, docs)
	router, err := gorillamux.NewRouter(described(w))
	if err != nil {
		t.Fatal(err)
	}
	return &checker{w, router, map[string]bool{}}
}

// ask validates the answer, and of a request that succeeds that it is described.
func (c *checker) ask(method, path, body string, status int, edit ...func(*http.Request)) {
	c.Helper()
	q, err := http.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	if body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	for _, f := range edit {
		f(q)
	}
	route, params, err := c.routes.FindRoute(q)
	if err != nil {
		c.Fatalf("%s %s: %v", method, path, err)
	}
	in := &openapi3filter.RequestValidationInput{Request: q, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(context.Background(), in); status < 300 && err != nil {
		c.Errorf("request %s %s: %v", method, path, err)
	}
	a := c.want(c.send(method, path, body, edit...), status, 0)
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.status, Header: a.header,
		Body: io.NopCloser(bytes.NewReader(a.body)), Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		c.Errorf("answer to %s %s: %v\n%s", method, path, err, cut(a.body))
	}
	if a.status < 300 {
		c.seen[route.Operation.OperationID] = true
	}
}

// TestRealAnswersFit asks for every operation, in good and in bad ways.
func TestRealAnswersFit(t *testing.T) {
	c := newChecker(t)
	const p, e = "/v1/persons/p", "/v1/persons/p/encounters/e"
	body, probe := encounterJSON(item("ann")), probeJSON(item("ann 2"))
	search := `{"filter":{},"biometricData":[` + item("ann") + `]}`
	c.ask("POST", e+tx, body, 200, func(q *http.Request) { q.Header.Set(headerOnce, "k") })
	c.ask("POST", e+tx, body, 409)
	c.ask("POST", p+"/encounters/f"+tx, strings.Replace(full, `"encounterId":"e","status"`, `"status"`, 1), 200)
	c.ask("POST", "/v1/persons/r/encounters"+tx, body, 200)
	c.ask("POST", "/v1/persons"+tx, body, 200)
	c.ask("POST", "/v1/persons"+tx, "{}", 400)
	c.ask("PUT", e+tx, body, 200)
	c.ask("GET", p+"/encounters"+tx, "", 200)
	c.ask("GET", p+"/encounters/f"+tx, "", 200)
	c.ask("GET", p+"/encounters/none"+tx, "", 404)
	c.ask("GET", e+tx, "", 401, func(q *http.Request) { q.Header.Del("Authorization") })
	c.ask("GET", e+tx, "", 403, func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+c.token(scopeVerify)) })
	c.ask("GET", e+"/templates"+tx+"&biometricType=FACE", "", 200)
	c.ask("GET", e+"/templates"+tx+"&biometricType=NOSE", "", 400)
	c.ask("PUT", e+"/status"+tx+"&status=ACTIVE", "", 204)
	c.ask("PUT", e+"/galleries"+tx, `["main","second"]`, 204)
	c.ask("POST", "/v1/verify/main/p"+tx, probe, 200)
	c.ask("POST", "/v1/verify/none/p"+tx, probe, 404)
	c.ask("POST", "/v1/verify"+tx+"&threshold=50", `{"biometricData1":[`+item("ann")+`],"biometricData2":[`+item("bob")+`]}`, 200)
	c.ask("POST", "/v1/verify"+tx+"&threshold=0", `{"biometricData1":[`+item("ann")+`],"biometricData2":[`+item("bob")+`]}`, 400)
	c.ask("POST", "/v1/identify/ALL"+tx+"&maxNbCand=3&priority=9", search, 200)
	c.ask("POST", "/v1/identify/none"+tx, search, 404)
	c.ask("POST", "/v1/identify/ALL/p"+tx, "", 200)
	c.ask("POST", "/v1/identify/ALL/p/encounters/e"+tx, `{"biometricType":["FACE"]}`, 200)
	c.ask("GET", "/v1/galleries"+tx, "", 200)
	c.ask("GET", "/v1/galleries/ALL"+tx+"&offset=1&limit=2", "", 200)
	c.ask("GET", "/v1/galleries/main"+tx, "", 200, func(q *http.Request) { q.Header.Set("Accept", "text/csv") })
	c.ask("GET", "/v1/tasks/none/status"+tx, "", 404)
	c.ask("POST", "/v1/tasks/none/redeliver"+tx, "", 404)
	c.ask("POST", "/v1/persons/r/move/p/encounters/e"+tx, "", 204)
	c.ask("POST", "/v1/persons/r/merge/p"+tx, "", 204)
	c.ask("POST", "/v1/persons/r/merge/r"+tx, "", 409)
	c.ask("DELETE", "/v1/persons/r/encounters/e"+tx, "", 204)
	c.ask("DELETE", "/v1/persons/r"+tx, "", 204)
	c.ask("GET", "/livez", "", 200)
	c.ask("GET", "/readyz", "", 200)
	for _, r := range routes {
		if !c.seen[r.operation] && r.scope != scopeTaskRead && r.scope != scopeTaskUpdate {
			t.Errorf("no success of %s was looked at", r.operation)
		}
	}
}
