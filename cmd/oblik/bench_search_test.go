package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"oblik/benchmarks"
	"oblik/matcher/scan"
)

func benchSearch(t *testing.T, args ...string) (string, string, int) {
	t.Helper()
	return oblik(t, append([]string{"bench", "search", "--weights-dir", weightsDir}, args...)...)
}

// A measurement too short to say anything but that it works, on every kernel.
func TestBenchSearch(t *testing.T) {
	photos := filepath.Join(t.TempDir(), "Obama")
	if err := os.Mkdir(photos, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(photos, "Obama_0001.jpg"), photoFile(t, "obama.jpg"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, status := benchSearch(t, "--templates", "3000,300", "--searches", "16", "--rounds", "2", "--seconds", "0.02", "--gallery", "30",
		"--check", "20", "--photos", filepath.Dir(photos), "--json")
	var r benchmarks.SearchReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 {
		t.Fatalf("status %d, %v\n%s%s", status, err, out, errs)
	}
	if len(r.Sizes) != 2 || r.Sizes[1].Templates != 3000 || r.Probes != 16 || !strings.Contains(r.Source, "one of 1 photographs'") || r.Kernel != string(scan.Best()) {
		t.Errorf("%+v", r)
	}
	if len(r.Checks) != len(scan.Kernels()) {
		t.Errorf("%d kernels were checked", len(r.Checks))
	}
	for _, c := range r.Checks {
		if c.Candidates != 200 || c.Same+c.Ties != 200 || c.Wrong != 0 {
			t.Errorf("%+v", c)
		}
	}
	for _, s := range r.Sizes {
		if s.Files <= 0 || s.Resident <= s.Files || len(s.ReadPerNs) == 0 || len(s.Churn) == 0 {
			t.Errorf("%+v", s)
		}
	}
}

// What is exported is what another program tells it to search, in turns.
func TestBenchSearchTurns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vectors")
	if out, errs, status := benchSearch(t, "--export", dir, "--templates", "200", "--searches", "8"); status != 0 || out != "" {
		t.Fatalf("status %d, %s%s", status, out, errs)
	}
	files := []string{"--vectors", filepath.Join(dir, "vectors.npy"), "--probes", filepath.Join(dir, "probes.npy")}
	cmd := exec.CommandContext(context.Background(), os.Args[0], append([]string{"bench", "search", "--weights-dir", weightsDir, "--turns"}, files...)...)
	cmd.Env, cmd.Stdin = cleanEnv(), strings.NewReader("8 1\nbest\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var ready benchmarks.Ready
	var turn benchmarks.Turn
	var best benchmarks.Best
	lines := json.NewDecoder(bytes.NewReader(out))
	for _, to := range []any{&ready, &turn, &best} {
		if err := lines.Decode(to); err != nil {
			t.Fatal(err)
		}
	}
	if ready.Templates != 200 || turn.Searches != 8 || len(best.Rows) != 8 || len(best.Rows[7]) != 10 {
		t.Errorf("%+v, %+v, %+v", ready, turn, best)
	}
	if best.Similarities[0][0] < 0.8 || best.Similarities[1][0] > 0.8 { // every other probe is of someone on record
		t.Errorf("%v", best.Similarities)
	}
	text, errs, status := benchSearch(t, append(files, "--templates", "200", "--rounds", "1", "--churn", "0", "--check", "5", "--gallery", "0")...)
	if status != 0 || !strings.Contains(text, "of a file") || !strings.Contains(text, "50 the same") {
		t.Errorf("status %d, %s%s", status, text, errs)
	}
}

func TestBenchSearchRefuses(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"--templates 0", "within 1.."},
		{"--templates=", "0 numbers of templates"},
		{"--queries 65", "within 1..64"},
		{"--threads 1025", "within 1..1024"},
		{"--gallery=-1", "within 0.."},
		{"--churn 100001", "within 0..100000"},
		{"--rounds 0", "within 1..1000"},
		{"--seconds 0", "within 0.01..60"},
		{"--searches 0", "--searches"},
		{"--check 10001", "--check"},
		{"--vectors a", "go together"},
		{"--probes a", "go together"},
		{"--vectors a --probes b --photos c", "one of them"},
		{"--turns", "--vectors"},
		{"--vectors bench_search_test.go --probes bench_search_test.go", "NumPy"},
		{"--vectors /absent.npy --probes /absent.npy", "no such file"},
		{"--photos /absent", "no such file"},
	} {
		if out, errs, status := benchSearch(t, strings.Fields(c.args)...); status != exitError || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: status %d, %s%s", c.args, status, out, errs)
		}
	}
	if _, errs, status := oblikEnv(t, []string{scan.Variable + "=abacus"}, "bench", "search", "--weights-dir", weightsDir); status != exitError || !strings.Contains(errs, scan.Variable) {
		t.Errorf("an unknown kernel: status %d, %s", status, errs)
	}
}

func TestBenchCompare(t *testing.T) {
	out, errs, status := oblik(t, "bench", "compare", "--weights-dir", weightsDir, "--seconds", "0.02", "--json")
	var r benchmarks.CompareReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 {
		t.Fatalf("status %d, %v\n%s%s", status, err, out, errs)
	}
	if len(r.Times) != 2 || r.Dimension != 128 {
		t.Errorf("%+v", r)
	}
	for _, m := range r.Times {
		sound(t, m.What, m.Nanoseconds)
	}
	if _, errs, status := oblik(t, "bench", "compare", "--weights-dir", weightsDir, "--rounds", "0"); status != exitError || !strings.Contains(errs, "within 1..1000") {
		t.Errorf("no rounds: status %d, %s", status, errs)
	}
}
