package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"oblik/storage/storagetest/servers"
)

// A desk's duplicate check over HTTP in a register of LOAD_TEMPLATES people
// (2,000 without it) on PostgreSQL: one real person among them is found again,
// request after request. It prints what a request takes and what of that is
// not extraction, from the service's own times of its stages. With a register
// of 100,000 or more there are 200 requests, else 20.
func TestDuplicateCheck(t *testing.T) {
	n, requests := 2000, 20
	if text := os.Getenv("LOAD_TEMPLATES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	if n >= 100_000 {
		requests = 200
	}
	database := servers.NewPostgres(t).URL()
	set := setOn(t, database, servers.S3(t))
	synthetic(t, database, n)
	address := freeAddress(t)
	s := set.start(t, nil, "--metrics-listen", address, "--log-level", "warn")
	s.waitReady(t)
	if status := s.do("POST", "/v1/persons/obama/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("enrol: %d\n%s", status, s.log)
	}
	body, err := json.Marshal(map[string]any{"filter": map[string]any{}, "biometricData": faces(photoFile(t, "obama2.jpg"))})
	if err != nil {
		t.Fatal(err)
	}
	const warm = 5 // requests that are in no figure
	took := map[string][]float64{}
	for i := range warm + requests {
		before := stageSeconds(t, address)
		start := time.Now()
		found := s.identified(t, body)
		total := time.Since(start).Seconds()
		if len(found) == 0 || found[0] != "obama" {
			t.Fatalf("request %d finds %v", i, found)
		}
		if i < warm {
			continue
		}
		after := stageSeconds(t, address)
		took["total"] = append(took["total"], total)
		took["beyond extraction"] = append(took["beyond extraction"], total-(after["extract"]-before["extract"]))
		for stage := range after {
			took["stage "+stage] = append(took["stage "+stage], after[stage]-before[stage])
		}
	}
	t.Logf("%d people, %d requests, %d bytes each", n+1, requests, len(body))
	for what, seconds := range took {
		slices.Sort(seconds)
		t.Logf("%s: median %.2f ms, p99 %.2f ms", what, 1e3*seconds[len(seconds)/2], 1e3*seconds[(len(seconds)*99+99)/100-1])
	}
	if slices.Min(took["stage extract"]) <= 0 {
		t.Error("a request without extraction")
	}
	s.stop()
}

// waitReady waits until the index is loaded.
func (s *server) waitReady(t *testing.T) {
	t.Helper()
	for began := time.Now(); s.do("GET", "/readyz", nil, nil) != http.StatusOK; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 10*time.Minute {
			t.Fatalf("the service does not become ready\n%s", s.log)
		}
	}
}

// identified sends an identification and gives who was found, best first.
func (s *server) identified(t *testing.T, body []byte) (people []string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/identify/g?transactionId=t", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	reply, err := s.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("%d %v %s", reply.StatusCode, err, text)
	}
	var list []struct{ PersonID string }
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		people = append(people, c.PersonID)
	}
	return people
}

var stageSum = regexp.MustCompile(`(?m)^oblik_stage_seconds_sum\{outcome="done",stage="(\w+)"\} (\S+)$`)

// stageSeconds is how long the service has been in each stage since its start.
func stageSeconds(t *testing.T, address string) map[string]float64 {
	t.Helper()
	sums := map[string]float64{}
	for _, line := range stageSum.FindAllStringSubmatch(metricsAt(t, address), -1) {
		seconds, err := strconv.ParseFloat(line[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		sums[line[1]] = seconds
	}
	if len(sums) == 0 {
		t.Fatal(fmt.Errorf("no times of stages"))
	}
	return sums
}
