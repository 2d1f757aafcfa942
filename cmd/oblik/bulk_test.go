package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
	"oblik/storage/storagetest/servers"
)

// place is where a register is enrolled into, with servers of its own, to hurt
// them, if it is on servers.
type place struct {
	storeSet
	postgres *servers.PostgresServer
	s3       *servers.S3Server
	endpoint string // of s3
}

func localPlace(t *testing.T) *place { return &place{storeSet: embeddedSet(t)} }

func serverPlace(t *testing.T) *place {
	t.Helper()
	rows := servers.NewPostgres(t)
	images, bucket := servers.NewS3(t)
	return &place{setOn(t, rows.URL(), bucket), rows, images, bucket.Endpoint}
}

// places are both sets of stores.
var places = []func(*testing.T) *place{localPlace, serverPlace}

func (p *place) bulkArgs(from string, more ...string) []string {
	return slices.Concat([]string{"enroll", "--weights-dir", weightsDir, "--data-dir", p.dir, "--from", from}, p.flags, more)
}

// enrol enrols a register and returns its summary and its status.
func (p *place) enrol(t *testing.T, from string, more ...string) (bulkSummary, int) {
	t.Helper()
	out, errs, status := oblikEnv(t, p.env, append(p.bulkArgs(from, more...), "--json")...)
	var s bulkSummary
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("status %d: %v in %s%s", status, err, out, errs)
	}
	return s, status
}

// bulkSummary is what --json prints.
type bulkSummary struct {
	Total, Enrolled, Already, NotTried int
	Refused, Failed, Skipped           map[string]int
	Stopped, Engine                    string
	Seconds                            float64
}

// held is all that a place has on record: each entry with its templates and the
// digest of its photograph. Rows and photographs must be those of each other,
// as the sweep says, and there must be no further photograph: what an act that
// was cut off has stored goes when its time is over and the service tidies up.
func (p *place) held(t *testing.T) map[models.EncounterKey]string {
	t.Helper()
	out, errs, status := oblikEnv(t, p.env, slices.Concat([]string{"sweep", "--data-dir", p.dir}, p.flags)...)
	if status != 0 {
		t.Errorf("sweep: status %d, %s%s", status, out, errs)
	}
	s := p.look(t)
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	all := map[models.EncounterKey]string{}
	err := s.Scan(context.Background(), func(e models.Entry) error {
		all[e.Key] = fmt.Sprintf("%s %v %x", e.Status, e.Galleries, e.Templates)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range all {
		r, err := s.Read(context.Background(), key)
		if err != nil || len(r.Samples) != 1 {
			t.Fatalf("%v: %d samples, %v", key, len(r.Samples), err)
		}
		all[key] += fmt.Sprintf(" %x", r.Samples[0].Image.SHA256)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		images, tidier := 0, api.NewErasure(s, s.images, s, s, nil, nil, slog.New(slog.DiscardHandler))
		if err := tidier.Tidy(context.Background()); err != nil {
			t.Fatal(err)
		}
		err := s.images.List(context.Background(), func(string, int64) error { images++; return nil })
		if err == nil && images == len(all) {
			return all
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%d photographs of %d encounters, %v", images, len(all), err)
		}
	}
}

// registerOf is a folder of n people with one photograph each.
func registerOf(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	names := []string{"obama.jpg", "biden.jpg", "obama2.jpg"}
	for i := range n {
		person := filepath.Join(dir, fmt.Sprintf("person%02d", i))
		write(t, filepath.Join(person, fmt.Sprintf("visit%d.jpg", i)), photoFile(t, names[i%len(names)]))
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// readReport gives the outcomes by file; of a file that stands there twice the last.
func readReport(t *testing.T, path string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || !slices.Equal(lines[0], reportColumns) {
		t.Fatalf("%v: %s", err, text)
	}
	all := map[string][]string{}
	for _, line := range lines[1:] {
		all[line[0]] = line
	}
	return all
}

// running is a bulk enrolment in a process of its own.
type running struct {
	cmd    *exec.Cmd
	report string
	out    strings.Builder
	errs   strings.Builder
}

// begin starts one and waits until n photographs are in its report.
func (p *place) begin(t *testing.T, n int, from string, more ...string) *running {
	t.Helper()
	r := &running{report: filepath.Join(t.TempDir(), "report.csv")}
	r.cmd = exec.CommandContext(context.Background(), os.Args[0], p.bulkArgs(from, append(more, "--report", r.report)...)...)
	r.cmd.Env, r.cmd.Stdout, r.cmd.Stderr = append(cleanEnv(), p.env...), &r.out, &r.errs
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	for deadline := time.Now().Add(time.Minute); r.lines() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			_ = r.cmd.Process.Kill()
			_ = r.cmd.Wait()
			t.Fatalf("%d lines in the report, not %d: %s%s", r.lines(), n, r.out.String(), r.errs.String())
		}
	}
	return r
}

// lines are those of photographs in the report.
func (r *running) lines() int {
	text, _ := os.ReadFile(r.report) // not there yet
	return max(0, strings.Count(string(text), "\n")-1)
}

// end waits for it and gives its status, -1 if it was killed.
func (r *running) end() int {
	_ = r.cmd.Wait() // the status tells
	return r.cmd.ProcessState.ExitCode()
}

// Killed at any moment and resumed, a run ends with the rows and the objects
// of one that was not disturbed.
func TestBulkKilledAndResumed(t *testing.T) {
	const people = 40
	from := registerOf(t, people)
	undisturbed := localPlace(t)
	if s, status := undisturbed.enrol(t, from); status != 0 || s.Enrolled != people {
		t.Fatalf("status %d, %+v", status, s)
	}
	want := undisturbed.held(t)
	for _, newPlace := range places {
		p, report := newPlace(t), ""
		t.Run(p.name, func(t *testing.T) {
			for i, n := range []int{1, 7, 20} { // of a run; the resumed ones count what is on record, too
				var more []string
				if i > 0 {
					more = []string{"--resume"}
				}
				r := p.begin(t, n, from, more...)
				if err := r.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				if status := r.end(); status != -1 {
					t.Fatalf("it ended with status %d before it was killed: %s", status, r.out.String())
				}
				report = r.report
			}
			s, status := p.enrol(t, from, "--resume", "--report", report)
			if status != 0 || s.Enrolled+s.Already != people || s.Already < 20 || s.Enrolled == 0 {
				t.Errorf("resumed: status %d, %+v", status, s)
			}
			if got := p.held(t); !maps.Equal(got, want) {
				t.Errorf("%d encounters on record, undisturbed %d, or they differ", len(got), len(want))
			}
			if lines := readReport(t, report); len(lines) != people {
				t.Errorf("%d photographs in the report", len(lines))
			}
			if s, status := p.enrol(t, from, "--resume"); status != 0 || s.Already != people || s.Enrolled != 0 {
				t.Errorf("once more: status %d, %+v", status, s)
			}
			if s, status := p.enrol(t, from); status != exitNo || s.Refused[models.Conflict.String()] != people {
				t.Errorf("once more without --resume: status %d, %+v", status, s)
			}
		})
	}
}

// A server that is ended and started again in mid-run costs nothing but time.
func TestBulkOutlastsAServer(t *testing.T) {
	const people = 40
	from := registerOf(t, people)
	for name, which := range map[string]func(*place) interface {
		Kill() error
		Start() error
	}{
		"PostgreSQL": func(p *place) interface {
			Kill() error
			Start() error
		} {
			return p.postgres
		},
		"S3": func(p *place) interface {
			Kill() error
			Start() error
		} {
			return p.s3
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := serverPlace(t)
			server := which(p)
			r := p.begin(t, 10, from)
			if err := server.Kill(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(1500 * time.Millisecond) // long enough for every photograph in hand to fail once
			if done := r.lines(); done == people {
				t.Error("all were enrolled before the server was ended")
			}
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			if status := r.end(); status != 0 {
				t.Errorf("status %d: %s%s", status, r.out.String(), r.errs.String())
			}
			if got := p.held(t); len(got) != people {
				t.Errorf("%d on record, want %d", len(got), people)
			}
			for file, line := range readReport(t, r.report) {
				if line[3] != string(enrolled) {
					t.Errorf("%s: %q", file, line)
				}
			}
		})
	}
}

// A server that does not come back ends the run, whose status says so, and
// it can be gone on with.
func TestBulkGivesUp(t *testing.T) {
	const people = 30
	from, p := registerOf(t, people), serverPlace(t)
	r := p.begin(t, 5, from, "--give-up-after", "1s")
	if err := p.postgres.Kill(); err != nil {
		t.Fatal(err)
	}
	status := r.end()
	if out := r.out.String(); status != exitNo || !strings.Contains(out, "the stores did not come back") || !strings.Contains(out, "failed") {
		t.Errorf("status %d: %s%s", status, out, r.errs.String())
	}
	if out, errs, status := oblikEnv(t, p.env, p.bulkArgs(from, "--resume")...); status != exitError {
		t.Errorf("with no server at all: status %d, %s%s", status, out, errs)
	}
	if err := p.postgres.Start(); err != nil {
		t.Fatal(err)
	}
	if s, status := p.enrol(t, from, "--resume"); status != 0 || s.Enrolled+s.Already != people || s.Already < 5 {
		t.Errorf("resumed: status %d, %+v", status, s)
	}
	if got := p.held(t); len(got) != people {
		t.Errorf("%d on record, want %d", len(got), people)
	}
}

// Told to stop, a run finishes what it has in hand and says how to go on.
func TestBulkInterrupted(t *testing.T) {
	const people = 40
	from, p := registerOf(t, people), localPlace(t)
	r := p.begin(t, 3, from)
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	status := r.end()
	if out := r.out.String(); status != exitNo || !strings.Contains(out, "were not tried: interrupted. The same command with --resume goes on.") {
		t.Errorf("status %d: %s%s", status, out, r.errs.String())
	}
	if got := p.held(t); len(got) != r.lines() {
		t.Errorf("%d on record, %d in the report", len(got), r.lines())
	}
	if s, status := p.enrol(t, from, "--resume"); status != 0 || s.Enrolled+s.Already != people || s.NotTried != 0 {
		t.Errorf("resumed: status %d, %+v", status, s)
	}
}
