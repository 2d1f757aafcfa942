package worker

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"oblik/matcher/worker/sandbox"
)

const (
	watchEvery = time.Second // a look costs some 10 µs
	// idleTime is how long an idle child's processor time is summed up. A child
	// that answers uses none when idle; what a collection of garbage goes on with
	// after an answer takes some ms.
	idleTime  = 2 * time.Second
	idleShare = 4 // of the time that went by, a fourth
	// maxThreads: Go makes about one a core beside those that wait, the C
	// libraries at most one a core; a worker on two cores has some 10.
	maxThreads = 128
	// residentSlack is for pages that were mapped at the greeting and are read
	// later, of libraries and weights above all.
	residentSlack = 256 << 20
	clockTick     = time.Second / 100 // of /proc/PID/stat, on all of Linux's architectures
)

// usage is what the kernel tells of a child at one time.
type usage struct {
	at       time.Time
	threads  int
	resident uint64        // bytes
	cpu      time.Duration // of all threads since the start
	asks     int64         // how often it had been asked, afterwards
	idle     bool          // whether nothing was asked of it, before
}

// watch ends a child that does what no honest one does and the kernel's limits
// don't keep it from: threads without number, more memory than its budget, work
// while nothing is asked. Where there is no sandbox there is no watch. It
// returns when the child is gone.
func (c *child) watch(log *slog.Logger) {
	defer c.stat.Close() //nolint:errcheck // only read; nil is none
	if c.state.Mode == sandbox.Off || c.stat == nil {
		return
	}
	w := watcher{threads: maxThreads + 2*runtime.NumCPU()}
	if c.state.Memory > 0 {
		w.resident = c.atGreeting + uint64(c.state.Memory) + residentSlack
	}
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-c.gone:
			return
		case <-ticker.C:
		}
		u, err := c.usage()
		if errors.Is(err, syscall.ESRCH) {
			return // it has just ended
		}
		reason := w.look(u)
		if err != nil {
			reason = "it can't be watched: " + err.Error()
		}
		if reason != "" {
			log.Warn("worker stopped", "reason", reason)
			c.kill()
			return
		}
	}
}

// usage looks at the child. What was asked is read before and after, so that no
// work that was asked for passes for idle.
func (c *child) usage() (usage, error) {
	u := usage{at: time.Now(), idle: !c.asked.Load()}
	text := make([]byte, 1024)
	n, err := c.stat.ReadAt(text, 0)
	if n == 0 {
		return u, err
	}
	u.asks = c.asks.Load()
	return u, u.parse(text[:n])
}

// parse reads /proc/PID/stat (proc_pid_stat(5)); fields are counted from the
// one behind the program's name, which is in brackets and may hold anything.
func (u *usage) parse(stat []byte) error {
	const userTime, systemTime, threads, resident = 11, 12, 17, 21
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= resident {
		return errors.New("the kernel says too little of it")
	}
	var numbers [resident + 1]uint64
	for _, i := range []int{userTime, systemTime, threads, resident} {
		var err error
		if numbers[i], err = strconv.ParseUint(string(fields[i]), 10, 50); err != nil {
			return errors.New("what the kernel says of it is no number")
		}
	}
	u.cpu = time.Duration(numbers[userTime]+numbers[systemTime]) * clockTick //nolint:gosec // of 50 bits
	u.threads = int(numbers[threads])                                        //nolint:gosec // as above
	u.resident = numbers[resident] * uint64(os.Getpagesize())                //nolint:gosec // positive
	return nil
}

// watcher holds what is allowed and since when the child is idle.
type watcher struct {
	threads  int
	resident uint64 // 0 for any
	since    usage
}

// look says why a child must end, empty if it need not.
func (w *watcher) look(u usage) string {
	if u.threads > w.threads {
		return fmt.Sprintf("%d threads, more than %d", u.threads, w.threads)
	}
	if w.resident > 0 && u.resident > w.resident {
		return fmt.Sprintf("%d MiB in memory, more than %d", u.resident>>20, w.resident>>20)
	}
	if !w.since.idle || w.since.asks != u.asks {
		w.since = u
		return ""
	}
	passed, worked := u.at.Sub(w.since.at), u.cpu-w.since.cpu
	if passed < idleTime {
		return ""
	}
	w.since = u
	if worked > passed/idleShare {
		return fmt.Sprintf("%s of processor time in %s while nothing was asked of it", worked, passed.Round(time.Millisecond))
	}
	return ""
}
