package worker

import (
	"context"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oblik/models"
)

func TestWhatTheKernelTells(t *testing.T) {
	var u usage
	text := "7 (a) b (c) S 1 7 7 0 -1 4194304 1 0 0 0 150 25 0 0 20 0 12 0 99 4096 10 18446744073709551615 1"
	if err := u.parse([]byte(text)); err != nil || u.threads != 12 || u.cpu != 1750*time.Millisecond || u.resident != 10*uint64(os.Getpagesize()) {
		t.Errorf("%+v, %v", u, err)
	}
	for _, text := range []string{"", "7 (a) S 1", strings.Replace(text, " 12 ", " x ", 1)} {
		if err := u.parse([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	own, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		t.Skip(err)
	}
	if err := u.parse(own); err != nil || u.threads < 2 || u.resident < 1<<20 || u.resident > 1<<40 || u.cpu > time.Hour {
		t.Errorf("%+v, %v", u, err)
	}
}

// look is given what a child was seen to do, a second each.
func TestWhatTheWatchStops(t *testing.T) {
	const ms = time.Millisecond
	worked := func(asks int64, idle bool, cpu time.Duration) usage {
		return usage{threads: 10, resident: 100, cpu: cpu, asks: asks, idle: idle}
	}
	for name, c := range map[string]struct {
		seen []usage
		want string // in the reason; empty if it goes on
	}{
		"idle":                     {[]usage{worked(1, true, 0), worked(1, true, 9*ms), worked(1, true, 20*ms), worked(1, true, 30*ms)}, ""},
		"busy, asked":              {[]usage{worked(1, false, 0), worked(1, false, 900*ms), worked(1, false, 1900*ms), worked(1, false, 2900*ms)}, ""},
		"asked again and again":    {[]usage{worked(1, true, 0), worked(9, true, 900*ms), worked(18, true, 1900*ms), worked(30, true, 2900*ms)}, ""},
		"a second's work is over":  {[]usage{worked(1, false, 0), worked(1, true, 900*ms), worked(1, true, 901*ms), worked(1, true, 902*ms)}, ""},
		"a collection of garbage":  {[]usage{worked(1, true, 0), worked(1, true, 300*ms), worked(1, true, 310*ms), worked(1, true, 320*ms)}, ""},
		"busy, though it answered": {[]usage{worked(1, true, 0), worked(1, true, 300*ms), worked(1, true, 600*ms)}, "600ms of processor time in 2s"},
		"always busy, asked once":  {[]usage{worked(1, false, 0), worked(1, true, 300*ms), worked(1, true, 600*ms), worked(1, true, 900*ms)}, "processor time"},
		"threads":                  {[]usage{{threads: 200}, {threads: 201}}, "201 threads"},
		"memory":                   {[]usage{{resident: 1 << 30}, {resident: 1<<30 + 1}}, "in memory"},
	} {
		w, reason := watcher{threads: 200, resident: 1 << 30}, ""
		for i, u := range c.seen {
			if reason != "" {
				t.Errorf("%s: stopped at once: %s", name, reason)
			}
			u.at = time.Unix(int64(i), 0)
			reason = w.look(u)
		}
		if (reason == "") != (c.want == "") || !strings.Contains(reason, c.want) {
			t.Errorf("%s: %q, want %q", name, reason, c.want)
		}
	}
}

// A worker that has seen a photograph can't write it to the log.
func TestWhatIsToldOfStandardError(t *testing.T) {
	panicked := "[ WARN ] secret\nfatal error: secret\nsecret\n" + strings.Repeat("secret\n", 1000)
	for text, want := range map[string]string{
		"secret":                        "6 bytes",
		"":                              "0 bytes",
		"a secret panic: secret":        "22 bytes",
		"SIGSECRET: ":                   "11 bytes",
		panicked:                        "7043 bytes, fatal error",
		panicked + "SIGABRT: abort":     "7057 bytes, fatal error",
		"terminate called after secret": "29 bytes, terminate called",
		strings.Repeat("x", 5000) + "\nOpenCV(4.6) secret": "5019 bytes, OpenCV",
	} {
		var said tail
		for rest := []byte(text); len(rest) > 0; {
			n, _ := said.Write(rest[:min(len(rest), 100)])
			rest = rest[n:]
		}
		if got := said.told(true); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := said.told(false); !strings.HasSuffix(text, got) || len(got) != min(len(text), tailBytes) {
			t.Errorf("before it was asked: %q", got)
		}
	}
}

// A child that is being ended, its photographs read, is given no more.
func TestARetiredChildIsNotTaken(t *testing.T) {
	var ready atomic.Int32
	s := slot{ready: &ready, alive: make(chan struct{})}
	c := &child{gone: make(chan struct{})}
	s.put(c)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got, err := s.take(ctx); got != c || err != nil {
		t.Fatal(err)
	}
	c.retired.Store(true)
	if got, err := s.take(ctx); got != nil || models.KindOf(err) != models.Unavailable || ready.Load() != 0 {
		t.Errorf("it was taken: %v", err)
	}
}
