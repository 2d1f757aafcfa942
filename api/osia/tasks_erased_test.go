package osia

import (
	"net/http"
	"strings"
	"testing"
)

// A person who is erased while an enrolment is worked on does not come back.
func TestLaterBesideAnErasure(t *testing.T) {
	w, d := laterWorld(t, same)
	w.want(w.send("POST", "/v1/persons/p/encounters/first"+tx, encounterJSON(item("ann"))), 200, 0)
	w.accepted("POST", "/v1/persons/p/encounters/second"+d.later(), encounterJSON(item("hold")))
	stop := w.runTasks()
	<-w.held
	w.want(w.send("DELETE", "/v1/persons/p"+tx, ""), 204, 0)
	close(w.release)
	stop()
	w.want(w.send("GET", "/v1/persons/p/encounters"+tx, ""), 404, 40400)
}

// An identification whose answer waited names nobody who was erased since.
func TestRedeliveryNamesNobodyErased(t *testing.T) {
	for _, erased := range []string{"", "/v1/persons/p", "/v1/persons/p/encounters/e"} {
		w, d := laterWorld(t, same)
		face := encounterJSON(item("ann"))
		w.want(w.send("POST", "/v1/persons/p/encounters/e"+tx, face), 200, 0)
		w.want(w.send("POST", "/v1/persons/p/encounters/other"+tx, encounterJSON("")), 200, 0)
		d.answer(http.StatusInternalServerError)
		w.runTasks()
		task := w.accepted("POST", "/v1/identify/main"+d.later(), `{"filter":{},"biometricData":[`+item("ann")+`]}`)
		w.eventually("RESPONSE_ERROR", func() bool { return w.state(task) == "RESPONSE_ERROR" })
		want := `"personId":"p"`
		if erased != "" {
			w.want(w.send("DELETE", erased+tx, ""), 204, 0)
			want = `"code":40402`
		}
		before := len(d.of(task))
		d.answer(http.StatusNoContent)
		w.want(w.send("POST", "/v1/tasks/"+task+"/redeliver"+tx, ""), 204, 0)
		w.eventually("COMPLETED", func() bool { return w.state(task) == "COMPLETED" })
		if got := d.of(task)[before]; !strings.Contains(got.body, want) || (got.mime == mimeError) != (erased != "") {
			t.Errorf("after the erasure of %q: %s %s", erased, got.mime, got.body)
		}
	}
}
