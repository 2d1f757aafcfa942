package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"oblik/models"
)

// What bulk enrolment of a folder of LFW into PostgreSQL and S3 costs beside
// extraction alone of the same photographs by the same workers, alternately;
// then killed at half and resumed. It takes minutes, so it is run on demand
// alone: BULK_LFW names the folder, ROUNDS how often (3).
func TestBulkLFW(t *testing.T) {
	from := os.Getenv("BULK_LFW")
	if from == "" {
		t.Skip("a measurement of minutes: BULK_LFW names a folder of LFW to enrol")
	}
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv("ROUNDS"), "3"))
	if err != nil || rounds < 1 {
		t.Fatalf("ROUNDS is %q", os.Getenv("ROUNDS"))
	}
	var want map[models.EncounterKey]string
	var refusedBy map[string]int
	for round := range rounds {
		t.Run(fmt.Sprintf("round %d", round+1), func(t *testing.T) {
			p := serverPlace(t)
			var alone, bulk cost
			if round%2 == 0 {
				alone = extractAlone(t, from)
			}
			bulk, refusedBy = p.enrolMeasured(t, from)
			if round%2 == 1 {
				alone = extractAlone(t, from)
			}
			want = p.held(t)
			n := float64(len(want))
			t.Logf("%s: extraction alone %.1f photographs a second, bulk enrolment %.1f, %.2f of it; storage's CPU for each of %d enrolled: oblik %.2f ms, PostgreSQL %.2f ms, S3 server %.2f ms",
				bulk.engine, alone.rate(), bulk.rate(), bulk.rate()/alone.rate(), len(want),
				1000*(bulk.own-alone.own)/n, 1000*bulk.postgres/n, 1000*bulk.s3/n)
			if bulk.engine != alone.engine || bulk.photographs != alone.photographs {
				t.Errorf("not the same work: %+v, %+v", alone, bulk)
			}
		})
	}
	t.Logf("refused: %s", byReason(refusedBy))
	t.Run("killed at half", func(t *testing.T) {
		p, total := serverPlace(t), 0
		if err := (folder{path: from}).each(func(item) error { total++; return nil }); err != nil {
			t.Fatal(err)
		}
		r := p.begin(t, total/2, from)
		if err := r.cmd.Process.Kill(); err != nil || r.end() != -1 {
			t.Fatalf("it was not killed: %v, %s", err, r.out.String())
		}
		s, _ := p.enrol(t, from, "--resume", "--report", r.report)
		got := p.held(t)
		t.Logf("resumed: %d were on record already, %d enrolled; %d rows with their photographs, undisturbed %d", s.Already, s.Enrolled, len(got), len(want))
		if !maps.Equal(got, want) || s.Already+s.Enrolled != len(want) {
			t.Errorf("%d encounters on record, undisturbed %d, or they differ; %+v", len(got), len(want), s)
		}
		if !maps.Equal(s.Refused, refusedBy) {
			t.Errorf("refused %v, undisturbed %v", s.Refused, refusedBy)
		}
	})
}

// cost is what one way to go through the photographs took, in seconds.
type cost struct {
	engine            string
	photographs       int
	took              float64
	own, postgres, s3 float64 // of processors: this process without its workers, the servers
}

func (c cost) rate() float64 { return float64(c.photographs) / c.took }

// extractAlone sends the photographs of the folder through workers of its own,
// as many at once as bulk enrolment has in hand.
func extractAlone(t *testing.T, from string) cost {
	t.Helper()
	var f engineFlags
	parser, err := kong.New(&f)
	if err == nil {
		_, err = parser.Parse(append(engineArgs(), "--weights-dir", weightsDir))
	}
	if err != nil {
		t.Fatal(err)
	}
	own := ownCPU()
	pool, err := f.extractor(256, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	c, began := cost{engine: pool.Engine()}, time.Now()
	items := make(chan item)
	var hands sync.WaitGroup
	for range (1 + waiting) * pool.Ready() {
		hands.Go(func() {
			for it := range items {
				if sample, err := bulkPhoto(it.path, f.MaxImage); err == nil {
					_, _ = pool.Extract(context.Background(), sample) // whatever it finds
				}
			}
		})
	}
	err = folder{path: from}.each(func(it item) error { c.photographs++; items <- it; return nil })
	close(items)
	hands.Wait()
	if err != nil {
		t.Fatal(err)
	}
	c.took, c.own = time.Since(began).Seconds(), ownCPU()-own
	return c
}

// enrolMeasured enrols in this process, whose own CPU time can be told from
// that of the workers, and gives the refusals too.
func (p *place) enrolMeasured(t *testing.T, from string) (cost, map[string]int) {
	t.Helper()
	for _, v := range p.env {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	own, postgres, s3 := ownCPU(), serverCPU(t, p.postgres.Address), serverCPU(t, p.endpoint)
	var out, errs bytes.Buffer
	status := run(&program{ctx: context.Background(), out: &out, err: &errs}, p.bulkArgs(from, append(engineArgs(), "--json")...))
	c := cost{own: ownCPU() - own, postgres: serverCPU(t, p.postgres.Address) - postgres, s3: serverCPU(t, p.endpoint) - s3}
	var s bulkSummary
	if err := json.Unmarshal(out.Bytes(), &s); err != nil || status == exitError || len(s.Failed) > 0 || s.NotTried > 0 {
		t.Fatalf("status %d, %v: %s%s", status, err, out.String(), errs.String())
	}
	c.engine, c.photographs, c.took = s.Engine, s.Total, s.Seconds
	return c, s.Refused
}

// engineArgs choose the engine as cleanEnv does.
func engineArgs() (args []string) {
	if _, err := os.Stat(openvinoDir); err == nil {
		args = append(args, "--openvino-dir", openvinoDir)
	}
	if engine := os.Getenv("TEST_ENGINE"); engine != "" {
		args = append(args, "--engine", engine)
	}
	return args
}

// ownCPU is the processor time of this process without its children, in seconds.
func ownCPU() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// serverCPU is the processor time, in seconds, of the server that listens on an
// address, with all its processes, those that have ended included.
func serverCPU(t *testing.T, address string) float64 {
	t.Helper()
	_, port, _ := strings.Cut(address, "127.0.0.1:")
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	parents, ticks, root := map[string]string{}, map[string]int{}, ""
	for _, dir := range all {
		stat, err := os.ReadFile(filepath.Join(dir, "stat"))
		if err != nil {
			continue // it has ended
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		f := strings.Fields(after) // from the third of proc_pid_stat(5) on
		pid := filepath.Base(dir)
		parents[pid] = f[1]
		for _, field := range f[11:15] { // utime, stime, cutime, cstime
			n, _ := strconv.Atoi(field)
			ticks[pid] += n
		}
		if line, _ := os.ReadFile(filepath.Join(dir, "cmdline")); bytes.Contains(line, []byte(port+"\x00")) {
			root = pid
		}
	}
	if root == "" {
		t.Fatalf("no process with port %s", port)
	}
	sum := ticks[root]
	for pid, parent := range parents {
		if parent == root {
			sum += ticks[pid]
		}
	}
	return float64(sum) / 100 // Linux's USER_HZ
}
