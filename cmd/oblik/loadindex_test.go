package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"oblik/matcher"
	"oblik/storage/storagetest/servers"
)

// A service loads its index from PostgreSQL: LOAD_TEMPLATES encounters of one
// synthetic template each (2,000 without it; 1,000,000 is what a register is
// measured with). It prints how long the start took.
func TestLoadsTheIndex(t *testing.T) {
	n := 2000
	if text := os.Getenv("LOAD_TEMPLATES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	database := servers.NewPostgres(t).URL()
	set := setOn(t, database, servers.S3(t))
	synthetic(t, database, n)
	address := freeAddress(t)
	start := time.Now()
	s := set.start(t, nil, "--workers", "1", "--metrics-listen", address)
	s.waitReady(t)
	t.Logf("%d encounters: ready after %.2f s", n, time.Since(start).Seconds())
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range regexp.MustCompile(`(?m)^(VmRSS|RssAnon|RssFile):.*`).FindAllString(string(status), -1) {
		t.Logf("memory of the service, without its worker: %s", line)
	}
	if want := fmt.Sprint("oblik_index_encounters ", float64(n)); !strings.Contains(metricsAt(t, address), want+"\n") {
		t.Errorf("the metrics don't say %q", want)
	}
	s.stop()
}

// synthetic writes people 1..n, each with one encounter in the gallery g.
func synthetic(t *testing.T, database string, n int) {
	t.Helper()
	psql(t, database, nil, fmt.Sprintf(`
		INSERT INTO persons (person) SELECT 'person-' || n FROM generate_series(1, %d) n;
		INSERT INTO encounters (person, encounter, status, created, updated, type)
			SELECT id, '1', 'ACTIVE', now(), now(), 'enrolment' FROM persons ORDER BY id;
		INSERT INTO encounter_galleries SELECT id, 0, 'g' FROM encounters ORDER BY id;
		INSERT INTO samples (encounter, ordinal, modality, forgotten) SELECT id, 0, 'FACE', true FROM encounters ORDER BY id;`, n))
	rows, in := io.Pipe()
	go func() { _ = in.CloseWithError(templates(in, n)) }()
	psql(t, database, rows, "COPY templates FROM STDIN; ANALYZE")
}

// templates writes sound templates of random vectors, for COPY.
func templates(w io.Writer, n int) error {
	out := bufio.NewWriter(w)
	random := rand.New(rand.NewPCG(1, 1)) // #nosec G404 -- no secret
	vector := make([]float32, 128)
	for id := 1; id <= n; id++ {
		for i := range vector {
			vector[i] = float32(random.NormFloat64())
		}
		made, err := matcher.Encode("sface-2021dec-int8bq", vector)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%d\t0\t%s\t%d\t\\\\x%x\n", id, made.Format.Weights, made.Format.Dimension, made.Data); err != nil {
			return err
		}
	}
	return out.Flush()
}

func psql(t *testing.T, database string, in io.Reader, statements string) {
	t.Helper()
	command := exec.Command("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statements) // #nosec G204 -- the test's own
	if in != nil {                                                                                   // each statement on its own: COPY takes the input
		command.Args = command.Args[:len(command.Args)-2]
		for s := range strings.SplitSeq(statements, ";") {
			command.Args = append(command.Args, "-c", s)
		}
	}
	command.Stdin = in
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
}
