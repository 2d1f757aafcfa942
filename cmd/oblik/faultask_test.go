package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// answer is what came of a request.
type answer struct {
	status, code int
	retryAfter   string
	took         time.Duration
}

// String is the status and the service's code; "none" if no answer came.
func (a answer) String() string {
	switch {
	case a.status == 0:
		return "none"
	case a.code == 0:
		return fmt.Sprint(a.status)
	}
	return fmt.Sprintf("%d/%d", a.status, a.code)
}

// asked is a request sent while a fault lasted, and its answer; victim is of a
// change.
type asked struct {
	operation string
	victim    victim
	answer    answer
}

// ask sends each operation at the same time.
func (w *world) ask(row faultRow, operations []string, erase string) []asked {
	all := make([]asked, len(operations))
	var beside sync.WaitGroup
	for i, o := range operations {
		v := victim{step: row.name, retry: true}
		switch o {
		case "enrol":
			v.person = w.someone()
		case "erase":
			v.person, v.erase = erase, true
		}
		beside.Go(func() { all[i] = asked{o, v, w.send(o, v)} })
	}
	if row.during != nil {
		row.during(w)
	}
	beside.Wait()
	for _, a := range all {
		w.record.add(w.t, row.name, a.operation, a.answer)
	}
	return all
}

// send sends one request, as [victim.send] does.
func (w *world) send(operation string, v victim) answer {
	verify := probe(photoFile(w.t, "obama2.jpg"))
	switch operation {
	case "enrol":
		return w.s.sent(v.person, http.MethodPost, "/v1/persons/"+v.person+"/encounters/1", encounter(photoFile(w.t, "obama.jpg")))
	case "erase":
		return w.s.sent("erase-"+v.person, http.MethodDelete, "/v1/persons/"+v.person, nil)
	case "verify":
		return w.s.sent("", http.MethodPost, "/v1/verify/g/"+known, verify)
	case "identify":
		verify["filter"] = map[string]any{}
		return w.s.sent("", http.MethodPost, "/v1/identify/g", verify)
	case "compare":
		two := faces(photoFile(w.t, "obama2.jpg"))
		return w.s.sent("", http.MethodPost, "/v1/verify", map[string]any{"biometricData1": two, "biometricData2": two})
	}
	return w.s.sent("", http.MethodGet, "/v1/persons/"+known+"/encounters/1", nil)
}

// sent is [server.once] with what a fault's answer has besides.
func (s *server) sent(key, method, path string, body any) (a answer) {
	began := time.Now()
	defer func() { a.took = time.Since(began) }()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			s.t.Error(err)
		}
	}
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+path+"?transactionId=t", bytes.NewReader(data))
	if err != nil {
		s.t.Error(err)
		return a
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	reply, err := s.http.Do(r)
	if err != nil {
		return a
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		return a
	}
	var f fault
	if reply.StatusCode >= http.StatusBadRequest {
		if err := json.Unmarshal(text, &f); err != nil {
			s.t.Errorf("%s %s: %d without an Error: %.200s", method, path, reply.StatusCode, text)
		}
	}
	return answer{status: reply.StatusCode, code: f.Code, retryAfter: reply.Header.Get("Retry-After")}
}
