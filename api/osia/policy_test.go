package osia

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"oblik/models"
)

func loadPolicy(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := LoadPolicy(writeFile(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// by makes a request one of the client's.
func (w *world) by(client string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+w.tokenOf(client)) }
}

// A client that may do one operation may do that one alone, whatever its scopes.
func TestPolicyOperations(t *testing.T) {
	for _, allowed := range routes {
		p := loadPolicy(t, `{"clients":{"desk":{"operations":["`+allowed.operation+`"]}}}`)
		w := newWorld(t, func(c *Config) { c.Policy = p })
		for _, r := range routes {
			a := w.send(r.method, fill(r.path)+tx, "", w.by("desk"))
			if r.operation != allowed.operation {
				w.want(a, 403, 40301)
				if a.header.Get("WWW-Authenticate") != "" {
					t.Error("a better token is asked for")
				}
			} else if a.status == 401 || a.status == 403 {
				t.Errorf("%s: %d %s", r.operation, a.status, a.body)
			}
		}
	}
}

func TestPolicyOfOthers(t *testing.T) {
	for _, c := range []struct {
		policy, client string
		code           int // 0 for allowed
	}{
		{`{"clients":{"desk":{}}}`, "desk", 0},
		{`{"clients":{"desk":{}}}`, "kiosk", 40301},
		{`{"clients":{"desk":{}}}`, "Desk", 40301},
		{`{"clients":{"desk":{}}}`, "desk ", 40301},
		{`{"clients":{}}`, "desk", 40301},
		{`{"others":{}}`, "desk", 0},
		{`{"others":{"operations":["readEncounter"]}}`, "desk", 40301},
		{`{"clients":{"desk":{}},"others":{"operations":["readEncounter"]}}`, "desk", 0},
		{`{"clients":{"desk":{"operations":["readEncounter"]}},"others":{}}`, "desk", 40301},
	} {
		w := newWorld(t, func(s *Config) { s.Policy = loadPolicy(t, c.policy) })
		a := w.send("GET", "/v1/galleries"+tx, "", w.by(c.client))
		if c.code == 0 {
			w.want(a, 200, 0)
		} else {
			w.want(a, 403, c.code)
		}
		_, err := w.server.config.Policy.grant("", "readGalleries") // a token without a name
		if strings.Contains(c.policy, `"others":{}`) != (err == nil) {
			t.Errorf("%s, no name: %v", c.policy, err)
		}
	}
}

func TestWhatAPolicyGrants(t *testing.T) {
	p := loadPolicy(t, `{"clients":{
		"gate":{"galleries":["permits","staff"],"verifyFloor":45.5,"identifyFloor":30,"scores":false,"certificates":["gate.example","urn:gate"]},
		"desk":{"galleries":["ALL"],"scores":true}
	}}`)
	gate, err := p.grant("gate", "verifyFromId")
	if err != nil || gate.scores || gate.limits.VerifyFloor != 45.5 || gate.limits.IdentifyFloor != 30 ||
		!reflect.DeepEqual(gate.limits.Galleries, []models.GalleryID{"permits", "staff"}) {
		t.Errorf("%+v, %v", gate, err)
	}
	desk, err := p.grant("desk", "verifyFromId")
	if err != nil || !desk.scores || desk.limits.VerifyFloor != 0 || !reflect.DeepEqual(desk.limits.Galleries, []models.GalleryID{"ALL"}) {
		t.Errorf("%+v, %v", desk, err)
	}
	none := (*Policy)(nil)
	all, err := none.grant("anybody", "deleteAll")
	if err != nil || !all.scores || all.limits.Galleries != nil {
		t.Errorf("%+v, %v", all, err)
	}
	for client, want := range map[string][]string{"gate": {"gate.example", "urn:gate"}, "desk": {"desk"}, "x": {"x"}, "": nil} {
		if got := p.names(client); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q", client, got)
		}
	}
}

func TestPoliciesThatAreRefused(t *testing.T) {
	desk := func(rule string) string { return `{"clients":{"desk":` + rule + `}}` }
	for text, says := range map[string]string{
		"":                                  "/: the JSON text ends too early",
		"[]":                                "/: expected an object",
		"{}":                                "neither clients nor others",
		`{"clients":{}} x`:                  "something follows",
		"\xef\xbb\xbf{}":                    "expected an object",
		`{"clients":{},"clients":{}}`:       "twice",
		`{"client":{}}`:                     `unknown key "client"`,
		`{"others":null}`:                   "/others: expected an object",
		`{"clients":{"a":{},"a":{}}}`:       "twice",
		`{"clients":{"":{}}}`:               "a client's name",
		`{"clients":{"a\u0000b":{}}}`:       "", // NUL is refused already
		`{"clients":{"a\nb":{}}}`:           "a client's name",
		desk(`7`):                           "/clients/desk: expected an object",
		desk(`{"operation":["identify"]}`):  `/clients/desk: unknown key "operation"`,
		desk(`{"operations":["Identify"]}`): "/clients/desk/operations/0: not an operationId of OSIA",
		desk(`{"operations":["identify","identify"]}`):                 "/clients/desk/operations/1: it stands there twice",
		desk(`{"operations":[]}`):                                      "the list is empty",
		desk(`{"operations":"identify"}`):                              "expected an array",
		desk(`{"operations":null}`):                                    "expected an array",
		desk(`{"galleries":[]}`):                                       "the list is empty",
		desk(`{"galleries":["a b"]}`):                                  "/clients/desk/galleries/0: galleryId may hold",
		desk(`{"galleries":[""]}`):                                     "/clients/desk/galleries/0: galleryId is empty",
		desk(`{"galleries":["` + strings.Repeat("a", 129) + `"]}`):     "129 bytes",
		desk(`{"verifyFloor":-1}`):                                     "/clients/desk/verifyFloor: expected a number within 0..100",
		desk(`{"verifyFloor":100.5}`):                                  "expected a number within 0..100",
		desk(`{"verifyFloor":"40"}`):                                   "/clients/desk/verifyFloor: expected a number",
		desk(`{"identifyFloor":1e999}`):                                "out of range",
		desk(`{"identifyFloor":NaN}`):                                  "expected a number",
		desk(`{"scores":"no"}`):                                        "expected true or false",
		desk(`{"scores":0}`):                                           "expected true or false",
		desk(`{"rate":0}`):                                             "/clients/desk/rate: expected a number within 0.001..100000",
		desk(`{"rate":-5}`):                                            "expected a number within",
		desk(`{"rate":1e6}`):                                           "expected a number within",
		desk(`{"rate":5,"burst":0}`):                                   "/clients/desk/burst: expected a number within 1..100000",
		desk(`{"rate":5,"burst":2.5}`):                                 "/clients/desk/burst: expected a whole number",
		desk(`{"burst":5}`):                                            "/clients/desk: burst without rate",
		desk(`{"certificates":[""]}`):                                  "/clients/desk/certificates/0: the name is empty",
		desk(`{"certificates":["` + strings.Repeat("a", 2049) + `"]}`): "longer than 2048 bytes",
	} {
		_, err := LoadPolicy(writeFile(t, text))
		if models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%.80s: %v", text, err)
		}
	}
	var many strings.Builder
	for i := range maxClients + 1 {
		fmt.Fprintf(&many, `"c%d":{},`, i)
	}
	for name, path := range map[string]string{
		"too many clients": writeFile(t, `{"clients":{`+strings.TrimSuffix(many.String(), ",")+`}}`),
		"too large":        writeFile(t, strings.Repeat(" ", maxPolicyFile)+`{"others":{}}`),
		"no file":          filepath.Join(t.TempDir(), "none"),
		"a folder":         t.TempDir(),
	} {
		if _, err := LoadPolicy(path); models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A policy that is read again holds at once; a bad one changes nothing.
func TestPolicyIsReadAgain(t *testing.T) {
	path := writeFile(t, `{"clients":{"desk":{}}}`)
	p, err := LoadPolicy(path)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.Policy = p })
	change := func(text string) error {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p.Reload()
	}
	ask := func() reply { return w.send("GET", "/v1/galleries"+tx, "", w.by("desk")) }
	w.want(ask(), 200, 0)
	if err := change(`{"clients":{"kiosk":{}}}`); err != nil {
		t.Fatal(err)
	}
	w.want(ask(), 403, 40301)
	if err := change(`{"clients":{"desk":{}},}`); models.KindOf(err) != models.Invalid {
		t.Fatal(err)
	}
	w.want(ask(), 403, 40301)
	if err := change(`{"clients":{"desk":{"rate":0.001}}}`); err != nil {
		t.Fatal(err)
	}
	w.want(ask(), 200, 0)
	w.want(ask(), 429, 42900)
	if err := change(`{"clients":{"desk":{"rate":1000}}}`); err != nil {
		t.Fatal(err)
	}
	w.eventually("the new rate", func() bool { return ask().status == 200 })
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(`{"clients":{"gate-7":{"operations":["verifyFromId"],"galleries":["permits"],"verifyFloor":40,"identifyFloor":30,` +
		`"scores":false,"rate":5,"burst":20,"certificates":["gate-7.example"]}},"others":{}}`))
	f.Add([]byte(`{"others":{"rate":0.001}}`))
	f.Add([]byte(`{"clients":{"a":{"scores":true},"a":{}}}`))
	f.Add([]byte(`{"clients":{"a":{"galleries":["ALL"],"burst":1e5,"rate":1e5}}}`))
	f.Add([]byte(`{"clients":{"\ud800":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := parsePolicy(data)
		if err != nil {
			return
		}
		all := []*rule{read.others}
		for client, r := range read.clients {
			if !soundClient(client) {
				t.Errorf("client %q", client)
			}
			all = append(all, r)
		}
		for _, r := range all {
			if r != nil && (r.limits.VerifyFloor < 0 || r.limits.VerifyFloor > models.MaxScore || r.limits.IdentifyFloor < 0 ||
				r.limits.IdentifyFloor > models.MaxScore || r.rate < 0 || r.rate > maxRate || (r.rate > 0) != (r.burst >= 1) || r.burst > maxRate) {
				t.Errorf("%q: %+v", data, r)
			}
		}
	})
}

// What a policy leaves a client of galleries, thresholds and scores.
func TestPolicyOfSearches(t *testing.T) {
	p := loadPolicy(t, `{"clients":{
		"gate":{"galleries":["main"],"verifyFloor":60,"identifyFloor":50,"scores":false},
		"other":{"galleries":["staff"]}
	},"others":{}}`)
	w := newWorld(t, func(c *Config) { c.Policy = p })
	w.enroll("ann", "e1", "ann") // into main, by a client without limits
	verify := func(client, query string) reply {
		return w.send("POST", "/v1/verify/main/ann"+tx+query, probeJSON(item("ann")), w.by(client))
	}
	identify := func(client, gallery, query string) reply {
		return w.send("POST", "/v1/identify/"+gallery+tx+query, `{"filter":{},"biometricData":[`+item("ann")+`]}`, w.by(client))
	}
	if a := w.want(verify("gate", ""), 200, 0); !strings.Contains(string(a.body), `"decision":true`) || strings.Contains(string(a.body), "score") {
		t.Errorf("%s", a.body)
	}
	if a := w.want(verify("desk", ""), 200, 0); !strings.Contains(string(a.body), `"scores"`) {
		t.Errorf("%s", a.body)
	}
	w.want(verify("gate", "&threshold=60"), 200, 0)
	w.want(verify("gate", "&threshold=59"), 400, 40000)
	w.want(verify("desk", "&threshold=59"), 200, 0)
	w.want(identify("gate", "main", "&threshold=50"), 200, 0)
	w.want(identify("gate", "main", "&threshold=49"), 400, 40000)
	w.want(identify("desk", "main", "&threshold=49"), 200, 0)
	for i, a := range []reply{ // a gallery that is named is refused, whether it exists or not
		verify("other", ""), identify("other", "main", ""), identify("other", "none", ""), w.send("GET", "/v1/galleries/main"+tx, "", w.by("other")),
	} {
		if code, _ := a.fault(t); a.status != 403 || code != 40302 {
			t.Errorf("%d: %d %s", i, a.status, a.body)
		}
	}
	w.want(w.send("GET", "/v1/persons/ann/encounters/e1"+tx, "", w.by("other")), 404, 40400) // as if it were not there
	if a := w.want(w.send("GET", "/v1/galleries"+tx, "", w.by("gate")), 200, 0); string(a.body) != `["main"]` {
		t.Errorf("%s", a.body)
	}
	if a := w.want(w.send("GET", "/v1/galleries"+tx, "", w.by("other")), 200, 0); string(a.body) != `[]` {
		t.Errorf("%s", a.body)
	}
	w.want(w.send("POST", "/v1/persons/bob/encounters/e1"+tx, encounterJSON(item("bob")), w.by("other")), 403, 40302)
	w.want(w.send("POST", "/v1/persons/bob/encounters/e1"+tx, encounterJSON(item("bob")), w.by("gate")), 200, 0)
	elsewhere := strings.Replace(encounterJSON(item("bob")), "main", "staff", 1)
	for _, encounter := range []string{"e1", "e2"} { // bob is not this client's, whether the key is taken or not
		w.want(w.send("POST", "/v1/persons/bob/encounters/"+encounter+tx, elsewhere, w.by("other")), 403, 40302)
	}
	w.want(w.send("POST", "/v1/persons/bob/encounters"+tx, elsewhere, w.by("other")), 403, 40302)
	w.want(w.send("POST", "/v1/persons/cid/encounters/e1"+tx, elsewhere, w.by("other")), 200, 0)
}
