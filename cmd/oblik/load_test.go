package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
)

type verified struct {
	Decision bool
	Scores   []struct{ Score float64 }
}

// Concurrent verifies score as one after another.
func TestConcurrentVerifies(t *testing.T) {
	s := startServer(t, t.TempDir(), nil, "--lock-after", "0") // one person is verified in vain again and again
	for _, name := range []string{"obama", "biden"} {
		if status := s.do("POST", "/v1/persons/"+name+"/encounters/1", encounter(photoFile(t, name+".jpg")), nil); status != 200 {
			t.Fatalf("enrol %s: %d", name, status)
		}
	}
	type question struct{ person, photo string }
	questions := []question{{"obama", "obama2.jpg"}, {"obama", "obama3.jpg"}, {"obama", "biden.jpg"}, {"biden", "obama2.jpg"}}
	ask := func(q question) string {
		var v verified
		status := s.do("POST", "/v1/verify/g/"+q.person, probe(photoFile(t, q.photo)), &v)
		return fmt.Sprint(status, v)
	}
	want := map[question]string{}
	for _, q := range questions {
		want[q] = ask(q)
	}
	var clients sync.WaitGroup
	for i := range 32 {
		clients.Go(func() {
			for j := range 3 {
				q := questions[(i+j)%len(questions)]
				if got := ask(q); got != want[q] {
					t.Errorf("%v: %s, alone %s", q, got, want[q])
				}
			}
		})
	}
	clients.Wait()
	s.stop()
}

// The memory of the service and its workers after 5,000 verifies is that after
// 500. It takes minutes, so only `make soak` runs it.
func TestSoakMemory(t *testing.T) {
	total, _ := strconv.Atoi(os.Getenv("SOAK_VERIFIES"))
	if total == 0 {
		t.Skip("a soak of minutes: make soak runs it")
	}
	s := startServer(t, t.TempDir(), nil, "--log-level", "warn", "--lock-after", "0")
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("enrol: %d", status)
	}
	photos := [][]byte{photoFile(t, "obama2.jpg"), photoFile(t, "obama3.jpg"), photoFile(t, "biden.jpg")}
	work := make(chan int)
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for i := range work {
				if status := s.do("POST", "/v1/verify/g/p", probe(photos[i%len(photos)]), nil); status != 200 {
					t.Errorf("verify %d: %d", i, status)
				}
			}
		})
	}
	early := map[int]int{}
	for i := range total {
		if i == total/10 {
			early = s.resident(t)
		}
		work <- i
	}
	close(work)
	clients.Wait()
	sum := func(m map[int]int) (n int) {
		for _, kb := range m {
			n += kb
		}
		return n
	}
	late := s.resident(t)
	t.Logf("resident kB by process after %d: %v; after %d: %v", total/10, early, total, late)
	t.Logf("in all %d kB, then %d kB: %+.1f %%", sum(early), sum(late), 100*float64(sum(late)-sum(early))/float64(sum(early)))
	if float64(sum(late)) > 1.05*float64(sum(early)) {
		t.Error("resident memory grew by more than 5 %")
	}
	s.stop()
}

// resident is the memory of the server and each worker in kB.
func (s *server) resident(t *testing.T) map[int]int {
	t.Helper()
	m := map[int]int{}
	for _, pid := range append(s.workers(t), s.cmd.Process.Pid) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			t.Fatal(err)
		}
		kb, err := strconv.Atoi(string(regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)[1]))
		if err != nil {
			t.Fatal(err)
		}
		m[pid] = kb
	}
	return m
}
