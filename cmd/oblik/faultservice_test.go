package main

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// serviceFaults are those of a service that starts, stops or is asked twice.
func serviceFaults(t *testing.T, record *faultRecord) {
	w := newWorld(t, record)
	w.startWithKnown()
	for _, row := range startFaults() {
		w.run(row)
	}
	w.newerSchema()
	w.duplicates()
	w.afterADay()
	w.hangUps()
	w.stoppedUnderLoad()
	w.finish()
}

// duplicates are ten equal requests at once, and the same after a restart.
func (w *world) duplicates() {
	w.t.Helper()
	row := faultRow{name: "ten equal requests at once, again after a restart",
		want: map[string]string{"enrol": "200 409/40902?", "erase": "204 409/40902?"}}
	w.record.expect(row)
	for range w.n {
		enrolled, erased := victim{step: row.name, person: w.someone(), retry: true}, victim{step: row.name, person: w.someone(), erase: true, retry: true}
		w.enrolledToErase(erased.person)
		var beside sync.WaitGroup
		all := make([]asked, 20)
		for i := range all {
			all[i] = asked{operation: "enrol", victim: enrolled}
			if i%2 == 1 {
				all[i] = asked{operation: "erase", victim: erased}
			}
			beside.Go(func() { all[i].answer = w.send(all[i].operation, all[i].victim) })
		}
		beside.Wait()
		for _, a := range all {
			w.record.add(w.t, row.name, a.operation, a.answer)
		}
		w.restarted(func() {})
		w.record.healed(row.name, w.ready())
		w.settled(row, all[0])
		w.settled(row, all[1])
	}
}

// afterADay asks again when the claim has been forgotten.
func (w *world) afterADay() {
	w.t.Helper()
	row := faultRow{name: "the same request after a day", want: map[string]string{"enrol": "409/40900", "erase": "404/40400"}}
	w.record.expect(row)
	for _, erase := range []bool{false, true} {
		v, operation := victim{step: row.name, person: w.someone(), erase: erase}, "enrol"
		if erase {
			operation = "erase"
			w.enrolledToErase(v.person)
		}
		if status, text := v.send(w.s); status >= 300 {
			w.t.Fatalf("%s: %d %s", operation, status, text)
		}
		w.psql("oblik", "UPDATE claims SET made = made - interval '25 hours' WHERE made = (SELECT max(made) FROM claims)")
		for began := time.Now(); w.psql("oblik", "SELECT count(*) FROM claims WHERE made < now() - interval '1 day'") != "0"; time.Sleep(100 * time.Millisecond) {
			if time.Since(began) > recovery {
				w.t.Fatal("a claim older than a day is not forgotten")
			}
		}
		w.record.add(w.t, row.name, operation, w.send(operation, v))
		w.victims = append(w.victims, v)
	}
}

// hangUps are clients who go away: with half of their request sent, and with no
// ear for the answer.
func (w *world) hangUps() {
	w.t.Helper()
	for name, part := range map[string]float64{"in mid-upload": 0.5, "in mid-request": 1} {
		row := faultRow{name: "client hangs up " + name, want: map[string]string{"enrol": "none"}}
		w.record.expect(row)
		for range w.n {
			v := victim{step: row.name, person: w.someone(), retry: true}
			w.hangUp(v, part)
			a := asked{operation: "enrol", victim: v}
			w.record.add(w.t, row.name, a.operation, a.answer)
			w.record.healed(row.name, w.ready())
			w.settled(row, a)
		}
	}
}

func (w *world) hangUp(v victim, part float64) {
	w.t.Helper()
	body, err := json.Marshal(encounter(photoFile(w.t, "obama.jpg")))
	w.must(err)
	c, err := net.Dial("tcp", strings.TrimPrefix(w.s.url, "http://"))
	w.must(err)
	defer c.Close()
	_, err = fmt.Fprintf(c, "POST /v1/persons/%s/encounters/1?transactionId=t HTTP/1.1\r\nHost: oblik\r\nAuthorization: Bearer %s\r\n"+
		"Idempotency-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		v.person, w.s.token, v.person, len(body), body[:int(part*float64(len(body)))])
	w.must(err)
	time.Sleep(time.Duration(w.random.IntN(200)) * time.Millisecond)
}

// stoppedUnderLoad tells the service to end while people are enrolled: it ends
// with status 0, and nothing that it answered is lost.
func (w *world) stoppedUnderLoad() {
	w.t.Helper()
	row := faultRow{name: "SIGTERM under load", want: map[string]string{"enrol": "200 503/50302? none?"}}
	w.record.expect(row)
	for range w.n {
		var mu sync.Mutex
		var all []asked
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				for answered := true; answered; {
					mu.Lock()
					v := victim{step: row.name, person: w.someone(), retry: true}
					mu.Unlock()
					a := w.send("enrol", v)
					mu.Lock()
					all = append(all, asked{"enrol", v, a})
					mu.Unlock()
					answered = a.status == 200
				}
			})
		}
		time.Sleep(time.Duration(500+w.random.IntN(500)) * time.Millisecond)
		w.s.stop()
		clients.Wait()
		w.start()
		w.record.healed(row.name, w.ready())
		for _, a := range all {
			w.record.add(w.t, row.name, a.operation, a.answer)
			w.settled(row, a)
		}
	}
}
