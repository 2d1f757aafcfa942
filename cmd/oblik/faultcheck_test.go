package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"oblik/storage"
)

// settled checks, once the fault is healed, that what was answered is so, and
// that asking again tells the truth, twice the same.
func (w *world) settled(row faultRow, a asked) {
	w.t.Helper()
	if a.victim.person == "" {
		return
	}
	violation := func(text string, args ...any) {
		w.record.violation(w.t, row.name, a.operation+" answered "+a.answer.String()+": "+text, args...)
	}
	photo, faults := w.photo(), []string{}
	done := a.victim.onRecord(w.s, photo, &faults) != a.victim.erase
	switch {
	case a.answer.status < 300 && a.answer.status > 0 && !done:
		violation("and it is not so")
	case (a.answer.code == 50300 || a.answer.code == 50301) && done:
		violation("and the change was made")
	case row.made != "" && done != (row.made == "yes"):
		violation("whether it was made is %v", done)
	}
	faults = append(faults, a.victim.again(w.s, time.Now())...)
	if a.victim.onRecord(w.s, photo, &faults) == a.victim.erase {
		violation("the retry was answered and is not so")
	}
	if a.victim.erase {
		if verify := w.s.sent("", http.MethodPost, "/v1/verify/g/"+a.victim.person, probe(photoFile(w.t, "obama2.jpg"))); verify.status != 404 {
			violation("I5: a verification of the erased gives %s", verify)
		}
	}
	for _, f := range faults {
		violation("%s", f)
	}
	w.victims = append(w.victims, a.victim)
}

// enrolledToErase puts a person on record who is to be erased under the fault.
func (w *world) enrolledToErase(person string) {
	w.t.Helper()
	if a := w.send("enrol", victim{person: person}); a.status != 200 {
		w.t.Fatalf("enrol before an erasure: %s", a)
	}
}

// await waits until /readyz names a part.
func (w *world) await(row, part string) {
	w.t.Helper()
	text := ""
	for began := time.Now(); time.Since(began) < recovery; time.Sleep(20 * time.Millisecond) {
		if text = w.s.readiness(); strings.Contains(text, part) {
			return
		}
	}
	w.record.violation(w.t, row, "/readyz does not name the %s: %s", part, text)
}

// ready waits until the service says that all is well, and is so for more
// requests at once than it has connections to the database: none of these is
// lost to a fault that has passed. It gives how long it took.
func (w *world) ready() time.Duration {
	w.t.Helper()
	began, text := time.Now(), ""
	for ; time.Since(began) < recovery; time.Sleep(20 * time.Millisecond) {
		if text = w.s.readiness(); text == `200 {"status":"ready"}` && w.sound() {
			return time.Since(began)
		}
	}
	w.t.Fatalf("I7: not ready after %v: %s", recovery, text)
	return recovery
}

func (w *world) sound() bool {
	var beside sync.WaitGroup
	var bad atomic.Int32
	for range 20 {
		beside.Go(func() {
			if a := w.s.sent("", http.MethodGet, "/v1/galleries", nil); a.status != 200 {
				bad.Add(1)
			}
		})
	}
	beside.Wait()
	return bad.Load() == 0
}

// readiness is what /readyz says.
func (s *server) readiness() string {
	status, text := s.once("", http.MethodGet, "/readyz", nil)
	return fmt.Sprintf("%d %s", status, text)
}

// finish ends a world: what is left undone is done within a minute, then
// everything is compared as after kills.
func (w *world) finish() {
	w.t.Helper()
	present := 0
	for _, v := range w.victims {
		if !v.erase {
			present++
		}
	}
	if w.db != nil { // else nobody can look beside the service
		w.tidied(present)
	}
	w.s.stop()
	w.quiet()
	for _, fault := range settle(w.t, w.set, w.victims) {
		w.record.violation(w.t, "at the end", "%s", fault)
	}
}

// tidied waits until every image is somebody's.
func (w *world) tidied(present int) {
	w.t.Helper()
	healed := time.Now()
	var r storage.SweepReport
	for time.Since(healed) < recovery {
		if r = w.set.sweep(w.t); r.Images == present && r.Orphans == 0 {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	if r.Images != present || r.References != present || r.Orphans+r.Missing+r.Corrupt > 0 {
		w.record.violation(w.t, "at the end", "I1, I2, I7: %d people on record, %+v", present, r)
	}
	w.t.Logf("in order %.1f s after the last fault", time.Since(healed).Seconds())
}

func (w *world) photo() string { return base64.StdEncoding.EncodeToString(photoFile(w.t, "obama.jpg")) }
