package worker_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"oblik/matcher"
	"oblik/matcher/header"
	"oblik/matcher/worker"
	"oblik/models"
)

func pool(t *testing.T, workers int, deadline time.Duration) *worker.Pool {
	t.Helper()
	return poolOf(t, workers, deadline, self)
}

func self() *exec.Cmd { return exec.CommandContext(context.Background(), os.Args[0], "child") }

func poolOf(t *testing.T, workers int, deadline time.Duration, command func() *exec.Cmd) *worker.Pool {
	t.Helper()
	p, err := worker.NewPool(worker.Config{
		Workers: workers, Deadline: deadline, Limits: header.DefaultLimits(),
		Command: command, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatalf("%v (make setup puts the weights there)", err)
	}
	t.Cleanup(p.Close)
	return p
}

func photograph(t testing.TB) models.Sample {
	t.Helper()
	data, err := os.ReadFile("../../.cache/photos/obama.jpg")
	if err != nil {
		t.Fatalf("%v (make setup puts the photographs there)", err)
	}
	return models.Sample{Modality: models.Face, Image: data}
}

// padded is the photograph with padding after its end, n bytes in all.
func padded(t *testing.T, n int) models.Sample {
	s := photograph(t)
	// a comment segment each of 60 KB after SOI, then zeros up to the length
	body := s.Image[2:]
	out := append([]byte{}, s.Image[:2]...)
	for n-len(out)-len(body) > 60_004 {
		out = append(out, 0xFF, 0xFE, 60_002>>8, 60_002&0xFF)
		out = append(out, make([]byte, 60_000)...)
	}
	out = append(out, body...)
	out = append(out, make([]byte, n-len(out))...)
	s.Image = out
	return s
}

func extract(p matcher.Extractor, s models.Sample) (models.Extraction, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return p.Extract(ctx, s)
}

func TestSameAsInProcess(t *testing.T) {
	pipeline, _, err := load(false)
	if err != nil {
		t.Fatal(err)
	}
	inside := matcher.NewLocal(pipeline)
	defer inside.Close()
	want, err := extract(inside, photograph(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := extract(pool(t, 1, 0), photograph(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Template.Data, want.Template.Data) || got.Quality != want.Quality || len(got.Faces) != len(want.Faces) {
		t.Error("a worker's extraction differs from that in this process")
	}
}

func TestACrashCostsOneRequest(t *testing.T) {
	cases := []struct {
		name  string
		bytes int
		kind  models.Kind
	}{
		{"abort", abortBytes, models.Crashed},
		{"hang", hangBytes, models.Deadline},
		{"nonsense on the pipe", floodBytes, models.Crashed},
		{"an answer too many", talkBytes, models.Crashed},
		{"a lie, and then silence", lieBytes, models.Crashed},
	}
	p := pool(t, 2, 5*time.Second) // a busy machine takes its time over the others
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var others sync.WaitGroup
			for range 4 {
				others.Go(func() {
					if _, err := extract(p, photograph(t)); err != nil {
						t.Errorf("a request beside it failed: %v", err)
					}
				})
			}
			if _, err := extract(p, padded(t, c.bytes)); models.KindOf(err) != c.kind {
				t.Errorf("got %v, want kind %v", err, c.kind)
			}
			others.Wait()
			for range 4 { // both workers answer again
				if _, err := extract(p, photograph(t)); err != nil {
					t.Errorf("after it: %v", err)
				}
			}
		})
	}
}

// A file that ends worker after worker is soon refused unread; one that takes
// too long is not, nor is any other file.
func TestTheSameCrashAgain(t *testing.T) {
	p := poolOf(t, 1, 2*time.Second, childOf("tempted"))
	bad := padded(t, segfaultBytes)
	for i := range 5 {
		want := models.Crashed
		if i >= 3 {
			want = models.BannedImage
		}
		if _, err := extract(p, bad); models.KindOf(err) != want {
			t.Errorf("attempt %d: got %v, want kind %v", i+1, err, want)
		}
	}
	other := padded(t, segfaultBytes+1)
	for range 5 {
		if _, err := extract(p, other); err != nil {
			t.Errorf("another file: %v", err)
		}
	}
}

// Copies of such a file that came together are refused, too, once enough of
// them have been tried.
func TestTheSameCrashAtOnce(t *testing.T) {
	p := poolOf(t, 1, 2*time.Second, childOf("tempted"))
	bad := padded(t, segfaultBytes)
	var crashed, refused atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			switch _, err := extract(p, bad); models.KindOf(err) {
			case models.Crashed:
				crashed.Add(1)
			case models.BannedImage:
				refused.Add(1)
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	group.Wait()
	if crashed.Load() != 3 || refused.Load() != 5 {
		t.Errorf("%d workers ended, %d were spared", crashed.Load(), refused.Load())
	}
}

func TestSlowImagesAreNotRefused(t *testing.T) {
	p := poolOf(t, 1, 100*time.Millisecond, childOf("tempted"))
	for range 4 {
		if _, err := extract(p, padded(t, sleepBytes)); models.KindOf(err) != models.Deadline {
			t.Errorf("got %v", err)
		}
	}
}

func TestRefusedWithoutAWorker(t *testing.T) {
	p := pool(t, 1, 0)
	p.Close() // a closed pool can ask nobody
	if _, err := extract(p, models.Sample{}); models.KindOf(err) != models.EmptyImage {
		t.Errorf("an empty image: %v", err)
	}
	if _, err := extract(p, photograph(t)); models.KindOf(err) != models.Unavailable {
		t.Errorf("a photograph: %v", err)
	}
}

func TestAbandonedRequestGivesTheWorkerBack(t *testing.T) {
	p := pool(t, 1, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 20 {
		if _, err := p.Extract(ctx, photograph(t)); err == nil {
			t.Fatal("an abandoned request was answered")
		}
	}
	if _, err := extract(p, photograph(t)); err != nil {
		t.Fatal(err)
	}
}

// A child's own children hold nothing up: neither the request, nor the next
// one, nor the end. The sleep is longer than a test may take.
func TestADescendantHoldsNothing(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	p := poolOf(t, 1, time.Second, func() *exec.Cmd {
		script := `sleep 3600 & echo $! >"$0"; exec env -i "$1" child`
		return exec.CommandContext(context.Background(), "/bin/sh", "-c", script, pidFile, os.Args[0])
	})
	if _, err := extract(p, padded(t, hangBytes)); models.KindOf(err) != models.Deadline {
		t.Errorf("a hanging photograph: %v", err)
	}
	if _, err := extract(p, photograph(t)); err != nil {
		t.Errorf("the next one: %v", err)
	}
	pid, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	for range 1000 { // it has its signal; the kernel takes a moment
		state, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a descendant lives on")
}

// A child that hangs in native code does not outlive its parent: it ends some
// seconds after the pipe has.
func TestAHangingChildEndsWithItsParent(t *testing.T) {
	cmd := childOf("tempted")()
	cmd.Env = []string{}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	guard := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	if _, err := io.ReadAtLeast(out, make([]byte, 4096), 5); err != nil { // the greeting
		t.Fatal(err)
	}
	image := padded(t, hangBytes).Image
	if _, err := in.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(image))), image...)); err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the state tells
	if !guard.Stop() || !cmd.ProcessState.Exited() {
		t.Errorf("it had to be ended: %v", cmd.ProcessState)
	}
}

func TestOtherWeightsAreNotTaken(t *testing.T) {
	starts := 0
	p := poolOf(t, 1, 0, func() *exec.Cmd {
		starts++ // one keeper, one goroutine
		kind := "child"
		if starts > 1 {
			kind = "other"
		}
		return exec.CommandContext(context.Background(), os.Args[0], kind)
	})
	if _, err := extract(p, padded(t, abortBytes)); models.KindOf(err) != models.Crashed {
		t.Errorf("abort: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if _, err := p.Extract(ctx, photograph(t)); err == nil {
		t.Error("a child with other weights answered")
	}
}

func TestNoStart(t *testing.T) {
	_, err := worker.NewPool(worker.Config{
		Workers: 1, Command: func() *exec.Cmd { return exec.CommandContext(context.Background(), "/bin/false") },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if models.KindOf(err) != models.Unavailable {
		t.Errorf("got %v", err)
	}
	var known *models.Error
	if !errors.As(err, &known) {
		t.Error("not an error of ours")
	}
}

func BenchmarkExtractByWorker(b *testing.B) {
	p, err := worker.NewPool(worker.Config{
		Workers: 1, Limits: header.DefaultLimits(),
		Command: self,
		Log:     slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	s := photograph(b)
	for b.Loop() {
		if _, err := extract(p, s); err != nil {
			b.Fatal(err)
		}
	}
}
