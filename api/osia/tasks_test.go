package osia

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"oblik/api"
	"oblik/models"
)

// What is delivered is what a synchronous request is answered with: the same
// body, "OK" for none, the Error for a fault.
func TestLater(t *testing.T) {
	w, d := laterWorld(t, same)
	w.runTasks()
	visit, face := "/v1/persons/p/encounters/e", encounterJSON(item("ann"))
	check := func(mime, body, method, path, request string, edit ...func(*http.Request)) {
		t.Helper()
		path, query, _ := strings.Cut(path, "?")
		got := w.answered(d, w.accepted(method, path+d.later()+"&"+query, request, edit...))
		if got.mime != mime || !strings.Contains(got.body, body) {
			t.Errorf("%s %s: %s %s", method, path, got.mime, got.body)
		}
	}
	const plain, fault = "application/json", "application/error+json"
	check(plain, `"personId":"p","encounterId":"e"`, "POST", visit, face)
	check(fault, `"code":40900`, "POST", visit, face)
	check(fault, `"code":40020`, "POST", "/v1/persons/q/encounters/e", encounterJSON(item("error 11")))
	check(plain, `{"decision":true`, "POST", "/v1/verify/main/p", probeJSON(item("ann")))
	check(plain, `"personId":"p"`, "POST", "/v1/identify/main", `{"filter":{},"biometricData":[`+item("ann")+`]}`)
	check(plain, `["main"]`, "GET", "/v1/galleries", "")
	check("text/csv", "PersonId, encounterId", "GET", "/v1/galleries/main", "", with("Accept", "text/csv"))
	check(fault, `"code":40400`, "GET", "/v1/persons/nobody/encounters", "")
	check(plain, string(w.send("GET", visit+tx, "").body), "GET", visit, "")
	check(plain, `"OK"`, "PUT", visit+"/status?status=INACTIVE", "")
	check(plain, `"OK"`, "DELETE", visit, "")
	check(fault, `"code":40400`, "DELETE", visit, "")
	if log := w.log.String(); strings.Contains(log, "own=") || strings.Contains(log, d.URL) || strings.Contains(log, "ann") {
		t.Error("the log tells the callback, or the request")
	}
}

// What is wrong with a request is said at once, and nothing is stored.
func TestNotLater(t *testing.T) {
	w, d := laterWorld(t, same)
	visit, face := "/v1/persons/p/encounters/e", encounterJSON(item("ann"))
	for _, callback := range []string{
		"https://" + d.Listener.Addr().String() + ".evil.example/", "http://127.0.0.1/", "http://user@" + d.Listener.Addr().String(),
		d.URL + "/#x", "ftp://" + d.Listener.Addr().String(), "x",
	} {
		w.want(w.send("POST", visit+tx+"&callback="+url.QueryEscape(callback), face), 400, 40003)
	}
	w.want(w.send("POST", visit+tx+"&callback=", face), 400, 40002)
	w.want(w.send("POST", visit+d.later(), `{"x":1}`), 400, 40001)
	w.want(w.send("POST", visit+d.later()+"&priority=10", face), 400, 40002)
	w.want(w.send("POST", "/v1/verify/main/p"+d.later()+"&threshold=0", probeJSON(item("ann"))), 400, 40000)
	w.want(w.send("GET", visit+d.later(), "", with("Authorization", "Bearer "+w.token(scopeWrite))), 403, 40300)
	all, err := w.service.Tasks.Count(context.Background())
	if err != nil || len(all) != 0 {
		t.Errorf("tasks: %v, %v", all, err)
	}
	none := newWorld(t)
	none.want(none.send("POST", visit+d.later(), face), 400, 40003)
	forgetful, d := laterWorld(t, func(p *api.Parts) { p.Policy.ForgetImages = true })
	forgetful.want(forgetful.send("POST", visit+d.later(), face), 400, 40003)
	forgetful.want(forgetful.send("POST", "/v1/verify/main/p"+d.later(), probeJSON(item("ann"))), 400, 40003)
	forgetful.accepted("GET", visit+d.later(), "")
	forgetful.accepted("PUT", visit+"/galleries"+d.later(), `["main"]`)
}

func TestRedeliver(t *testing.T) {
	w, d := laterWorld(t, same)
	d.answer(http.StatusInternalServerError)
	w.runTasks()
	task := w.accepted("GET", "/v1/galleries"+d.later(), "")
	w.eventually("RESPONSE_ERROR", func() bool { return w.state(task) == "RESPONSE_ERROR" })
	if n := len(d.of(task)); n != 3 {
		t.Errorf("%d attempts", n)
	}
	mine, other := "/v1/tasks/"+task+"/redeliver"+tx, with("Authorization", "Bearer "+w.tokenOf("other"))
	w.want(w.send("POST", mine, "", other), 404, 40403)
	w.want(w.send("GET", "/v1/tasks/"+task+"/status"+tx, "", other), 404, 40403)
	for _, id := range []string{"x", "%00", strings.Repeat("0", 32)} {
		w.want(w.send("GET", "/v1/tasks/"+id+"/status"+tx, ""), 404, 40403)
		w.want(w.send("POST", "/v1/tasks/"+id+"/redeliver"+tx, ""), 404, 40403)
	}
	d.answer(http.StatusOK)
	w.want(w.send("POST", mine, ""), 204, 0)
	w.eventually("COMPLETED", func() bool { return w.state(task) == "COMPLETED" })
	if all := d.of(task); len(all) != 4 || all[3].body != "[]" {
		t.Errorf("delivered: %+v", all)
	}
	w.want(w.send("POST", mine, ""), 404, 40403)
}

func TestCallbackRedirects(t *testing.T) {
	w, d := laterWorld(t, same)
	inner := newDesk(t)
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusTemporaryRedirect))
	t.Cleanup(outer.Close)
	d.Config.Handler = outer.Config.Handler
	w.runTasks()
	task := w.accepted("GET", "/v1/galleries"+d.later(), "")
	w.eventually("RESPONSE_ERROR", func() bool { return w.state(task) == "RESPONSE_ERROR" })
	if len(inner.calls) != 0 {
		t.Error("a redirect was followed")
	}
}

// The same request with one key is one task; another with it is refused while
// the first is known, and has its turn if that came to nothing.
func TestLaterOnce(t *testing.T) {
	w, d := laterWorld(t, same)
	path := "/v1/persons" + d.later()
	send := func(key, name string) string {
		t.Helper()
		return w.accepted("POST", path, encounterJSON(item(name)), with(headerOnce, key))
	}
	refused := func(key, name string) {
		t.Helper()
		w.want(w.send("POST", path, encounterJSON(item(name)), with(headerOnce, key)), 400, 40006)
	}
	first := send("k", "ann")
	if again := send("k", "ann"); again != first {
		t.Error("one request is two tasks")
	}
	refused("k", "bob")
	w.want(w.send("POST", path+"%26elsewhere", encounterJSON(item("ann")), with(headerOnce, "k")), 400, 40006)
	if other := send("l", "error 11"); other == first {
		t.Error("two keys are one task")
	}
	w.runTasks()
	if got := w.answered(d, first); !strings.Contains(got.body, "personId") {
		t.Errorf("%+v", got)
	}
	if again := send("k", "ann"); again != first {
		t.Error("one request is two tasks once it is done")
	}
	refused("k", "bob")
	faceless := send("l", "error 11")
	w.answered(d, faceless)
	next := send("l", "ann")
	if got := w.answered(d, next); next == faceless || !strings.Contains(got.body, "personId") {
		t.Errorf("%+v", got)
	}
	if n := w.service.Index.Len(); n != 2 {
		t.Errorf("%d encounters", n)
	}
}

// Work that is done twice has its effect once, also without a key.
func TestLaterTwice(t *testing.T) {
	w, d := laterWorld(t, same)
	id := w.accepted("POST", "/v1/persons"+d.later(), encounterJSON(item("ann")))
	task, err := w.service.Tasks.Read(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for range 2 {
		body, _, err := taskRunner{w.server}.Work(context.Background(), task)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(body))
	}
	if bodies[0] != bodies[1] || w.service.Index.Len() != 1 {
		t.Errorf("%q, %d encounters", bodies, w.service.Index.Len())
	}
	task.Request = nil
	if _, _, err := (taskRunner{w.server}).Work(context.Background(), task); models.KindOf(err) != models.Integrity {
		t.Errorf("%v", err)
	}
}

// A task holds what is its request's person's, and waits in the order of its kind.
func TestLaterIsStored(t *testing.T) {
	w, d := laterWorld(t, same)
	for _, c := range []struct {
		method, path, body string
		key                models.EncounterKey
		priority           int
	}{
		{"POST", "/v1/persons/p/encounters/e" + d.later(), encounterJSON(item("ann")), models.EncounterKey{Person: "p", Encounter: "e"}, 0},
		{"POST", "/v1/persons" + d.later() + "&priority=9", encounterJSON(item("ann")), models.EncounterKey{}, 9},
		{"POST", "/v1/verify/main/p" + d.later() + "&priority=3", probeJSON(item("ann")), models.EncounterKey{Person: "p"}, 23},
		{"POST", "/v1/identify/main" + d.later(), `{"filter":{},"biometricData":[` + item("ann") + `]}`, models.EncounterKey{}, 10},
		{"POST", "/v1/identify/main/p" + d.later(), "", models.EncounterKey{Person: "p"}, 10},
		{"POST", "/v1/identify/main/p/encounters/e" + d.later(), "", models.EncounterKey{Person: "p", Encounter: "e"}, 10},
		{"DELETE", "/v1/persons/p" + d.later(), "", models.EncounterKey{}, 0},
	} {
		task, err := w.service.Tasks.Read(context.Background(), w.accepted(c.method, c.path, c.body))
		if err != nil || task.Person != c.key.Person || task.Encounter != c.key.Encounter || task.Priority != c.priority ||
			task.Client != "tester" || task.Transaction != "t1" {
			t.Errorf("%s %s: %+v, %v", c.method, c.path, task, err)
		}
	}
}

// The operator's policy holds as it is when the work is done.
func TestLaterUnderThePolicyOfThen(t *testing.T) {
	path := writeFile(t, `{"clients":{"tester":{}}}`)
	policy, err := LoadPolicy(path)
	if err != nil {
		t.Fatal(err)
	}
	w, d := laterWorld(t, same, func(c *Config) { c.Policy = policy })
	task := w.accepted("GET", "/v1/persons/p/encounters"+d.later(), "")
	if err := os.WriteFile(path, []byte(`{"clients":{"tester":{"operations":["readTaskStatus"]}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := policy.Reload(); err != nil {
		t.Fatal(err)
	}
	w.runTasks()
	if got := w.answered(d, task); got.mime != mimeError || !strings.Contains(got.body, `"code":40301`) {
		t.Errorf("%+v", got)
	}
}
