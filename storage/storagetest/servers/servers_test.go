package servers

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestPostgres(t *testing.T) {
	p := NewPostgres(t)
	psql := func(sql string) string {
		t.Helper()
		out, err := p.program("psql", "-XAtqd", p.URL(), "-c", sql).CombinedOutput()
		if err != nil {
			t.Fatalf("psql: %v\n%s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	psql("CREATE TABLE kept (n int)")
	for n, end := range []func() error{p.Kill, p.Stop, p.Kill} {
		psql("INSERT INTO kept VALUES (1)")
		check(t, end())
		refused(t, p.Address)
		check(t, p.Start())
		if got := psql("SELECT count(*) FROM kept"); got != string(rune('1'+n)) {
			t.Fatalf("%s rows after end %d, %d were committed", got, n, n+1)
		}
	}
	if got := psql("SHOW fsync"); got != "on" {
		t.Errorf("fsync is %s", got)
	}
	pauses(t, &p.process, p.Address)
	psql("SELECT 1")
}

func TestS3(t *testing.T) {
	s, b := NewS3(t)
	address := strings.TrimPrefix(b.Endpoint, "http://")
	for _, end := range []func() error{s.Kill, s.Stop} {
		check(t, end())
		refused(t, address)
		check(t, s.Start())
		answer, err := http.Get(b.Endpoint + "/" + b.Name)
		check(t, err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("an unsigned request is answered with %s", answer.Status)
		}
	}
	pauses(t, &s.process, address)
	if again, err := s.NewBucket(); err != nil || again.Name == b.Name {
		t.Errorf("a second bucket: %v", err)
	}
}

func TestSharedServersAreShared(t *testing.T) {
	if one, two := Postgres(t), Postgres(t); one != two {
		t.Error("two PostgreSQL servers in one process")
	}
	a, b := S3(t), S3(t)
	if a.Endpoint != b.Endpoint || a.Name == b.Name {
		t.Errorf("the buckets are %q and %q", a.Name, b.Name)
	}
}

// TestNothingOutlivesTheProcess starts both servers in a process of its own,
// which is then killed; one server is frozen.
func TestNothingOutlivesTheProcess(t *testing.T) {
	if os.Getenv("SERVERS_CHILD") != "" {
		p, s := NewPostgres(t), first(NewS3(t))
		p.Pause()
		println(p.folder.path, s.folder.path)
		select {}
	}
	_, err := postgresBin()
	check(t, err)
	_, err = s3Program()
	check(t, err)
	cmd := exec.Command(os.Args[0], "-test.run", t.Name())
	cmd.Env = append(os.Environ(), "SERVERS_CHILD=1")
	said, err := cmd.StderrPipe()
	check(t, err)
	check(t, cmd.Start())
	line := make([]byte, 1000)
	n, err := said.Read(line)
	check(t, err)
	check(t, cmd.Process.Kill())
	_ = cmd.Wait() // killed
	for _, path := range strings.Fields(string(line[:n])) {
		p := process{folder: &folder{path: path}}
		for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
			_, err := os.Stat(path)
			if errors.Is(err, os.ErrNotExist) && len(p.pids()) == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("left of a killed process: a folder (%v), processes %v", err, p.pids())
			}
		}
	}
}

func first(s *S3Server, _ Bucket) *S3Server { return s }

func refused(t *testing.T, address string) {
	t.Helper()
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Fatal("a server that was ended still listens")
	}
}

// pauses checks that each process is frozen and thawed, by what the kernel says.
func pauses(t *testing.T, p *process, address string) {
	t.Helper()
	states := func() (states string) {
		for _, pid := range p.pids() {
			states += status(pid)
		}
		return states
	}
	p.Pause()
	c, err := net.Dial("tcp", address) // the kernel accepts for it
	check(t, err)
	c.Close()
	for deadline := time.Now().Add(patience); strings.Trim(states(), "T") != "" || states() == ""; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the states of the paused server's processes are %q", states())
		}
	}
	p.Resume()
	for deadline := time.Now().Add(patience); strings.Contains(states(), "T"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the states of the resumed server's processes are %q", states())
		}
	}
}

// status is the letter by which the kernel tells what a process does, T if it
// is stopped.
func status(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, after, found := strings.Cut(string(text), ") ")
	if err != nil || !found {
		return ""
	}
	return after[:1]
}
