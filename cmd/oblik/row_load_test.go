package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// together runs n at once, as many as the service takes connections of one
// address, and gives how often each outcome was told.
func together(n, clients int, ask func(i int) string) map[string]int {
	var mu sync.Mutex
	told := map[string]int{}
	work := make(chan int)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := range work {
				said := ask(i)
				mu.Lock()
				told[said]++
				mu.Unlock()
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	all.Wait()
	return told
}

// Row 54: 10,000 verifies, 120 at once, of which the service works on 8: each is
// answered with the truth or told at once to come again. Then 1,000 enrolments with
// one Idempotency-Key have one effect.
func TestRowsOfTooMuch(t *testing.T) {
	requests := 10_000
	if testing.Short() {
		requests = 1_000
	}
	const clients = 120 // the service takes 128 connections of one address
	s, _ := withP(t, "--max-requests", "8", "--log-level", "warn")
	s.http.Transport = &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}
	upright, err := decodeJPEG(photoFile(t, "obama2.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	body := text(t, probe(jpegOf(t, shrunk(upright, 4)))) // 20 kB: a flood of requests, not of bytes
	s.peak(t)
	told := together(requests, clients, func(int) string {
		a := s.send("POST", "/v1/verify/g/p?transactionId=t", body)
		switch {
		case a.status == 200 && strings.HasPrefix(string(a.text), `{"decision":true`):
			return "answered"
		case a.Code == 50302 && a.header.Get("Retry-After") != "":
			return "told to come again"
		}
		return fmt.Sprintf("status %d, code %d (%s)", a.status, a.Code, a.Message)
	})
	t.Logf("%v; the server's own memory was %d MB at most", told, s.peak(t)>>20)
	if told["answered"] == 0 || told["told to come again"] == 0 || told["answered"]+told["told to come again"] != requests {
		t.Errorf("of %d verifies: %v", requests, told)
	}

	one := text(t, encounter(photoFile(t, "obama2.jpg")))
	made := together(1_000, clients, func(int) string {
		a := s.send("POST", "/v1/persons?transactionId=t", one, [2]string{"Idempotency-Key", "one"})
		if a.status == 200 {
			return string(a.text)
		}
		return fmt.Sprint(a.Code)
	})
	t.Logf("of 1,000 enrolments with one key: %v", made)
	maps.DeleteFunc(made, func(said string, _ int) bool { return said == "40902" || said == "50302" })
	if len(made) != 1 {
		t.Errorf("outcomes of one key: %v", made)
	}
	if people := peopleOf(t, s); len(people) != 2 {
		t.Errorf("on record are %q", people)
	}
	s.stop()
}

// Row 55: clients that hang up in the midst of an upload, or before the answer.
// What was begun is finished or undone as a whole, and nobody else is troubled.
func TestRowsOfHangingUp(t *testing.T) {
	s, set := withP(t)
	body := text(t, encounter(photoFile(t, "obama2.jpg")))
	request := func(person string) string {
		return fmt.Sprintf("POST /v1/persons/%s/encounters/1?transactionId=t HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
			"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", person, s.token, len(body), body)
	}
	leave := func(sent string) {
		conn := s.dial()
		if _, err := io.WriteString(conn, sent); err != nil {
			t.Error(err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	const times = 20
	together(times, 4, func(i int) string {
		whole := request(fmt.Sprint("uploaded-", i))
		leave(request(fmt.Sprint("cut-", i))[:len(whole)*(i+1)/(times+2)])
		leave(whole)
		return ""
	})
	if status := s.do("POST", "/v1/verify/g/p", probe(photoFile(t, "obama2.jpg")), nil); status != 200 {
		t.Errorf("afterwards a good probe is answered %d", status)
	}
	s.stop() // lets finish what is under way
	events := set.events(t)
	enrolled := 0
	for event := range events {
		if strings.HasPrefix(event[0], "cut-") {
			t.Errorf("%q of %s, whose request never came whole", event[1], event[0])
		}
		if strings.HasPrefix(event[0], "uploaded-") {
			enrolled++
		}
	}
	t.Logf("%d of %d requests whose client did not wait were worked on", enrolled, times)
	if r := set.sweep(t); r.References != 1+enrolled || r.Images != r.References || r.Orphans+r.Missing+r.Corrupt != 0 {
		t.Errorf("%d enrolled, in the stores: %+v", enrolled, r)
	}
}
