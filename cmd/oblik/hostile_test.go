package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"oblik/matcher/matchertest"
	"oblik/models"
)

// twoFaces puts two photographs side by side.
func twoFaces(t testing.TB) []byte {
	t.Helper()
	var pictures []image.Image
	for _, name := range []string{"obama.jpg", "biden.jpg"} {
		im, err := jpeg.Decode(bytes.NewReader(photoFile(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, im)
	}
	a, b := pictures[0].Bounds(), pictures[1].Bounds()
	both := image.NewRGBA(image.Rect(0, 0, a.Dx()+b.Dx(), max(a.Dy(), b.Dy())))
	draw.Draw(both, a, pictures[0], a.Min, draw.Src)
	draw.Draw(both, b.Add(image.Pt(a.Dx(), 0)), pictures[1], b.Min, draw.Src)
	return jpegOf(t, both)
}

// noFace is a landscape of a kind: sky over a field.
func noFace(t testing.TB) []byte {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			im.Set(x, y, color.RGBA{R: byte(x / 4), G: byte(120 + y/8), B: byte(255 - y/2), A: 255})
		}
	}
	return jpegOf(t, im)
}

func jpegOf(t testing.TB, im image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, im, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type bad struct {
	name string
	data []byte
	kind models.Kind
}

// badImages are every hostile file there is, and what a photographer gets wrong.
func badImages(t testing.TB) []bad {
	list := []bad{
		{"a photograph cut to 700 bytes", photoFile(t, "obama.jpg")[:700], models.TruncatedImage},
		{"a photograph of two people", twoFaces(t), models.SeveralFaces},
		{"a photograph without a face", noFace(t), models.NoFace},
	}
	for _, h := range matchertest.Hostile() {
		list = append(list, bad{h.Name, h.Data, h.Kind})
	}
	return list
}

// codes are the wire's, kind by kind.
var codes = map[models.Kind]int{
	models.EmptyImage: 40010, models.UnknownImage: 40011, models.DamagedImage: 40012, models.TruncatedImage: 40013,
	models.LargeImage: 40014, models.SmallImage: 40015, models.EncodingImage: 40016,
	models.NoFace: 40020, models.SeveralFaces: 40021, models.SmallFace: 40022,
}

// Each bad image gets its own answer, and the server's own memory stays.
func TestBadImagesOverHTTP(t *testing.T) {
	s := startServer(t, t.TempDir(), nil, "--max-image", strconv.Itoa(6<<20))
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("a good photograph: %d", status)
	}
	if status := s.do("POST", "/v1/verify/ALL/p", probe(photoFile(t, "obama2.jpg")), nil); status != 200 {
		t.Fatalf("a good probe: %d", status)
	}
	for i, b := range badImages(t) {
		t.Run(b.name, func(t *testing.T) {
			before := s.peak(t)
			var f fault
			path := fmt.Sprintf("/v1/persons/q%d/encounters/1", i)
			status := s.do("POST", path, encounter(b.data), &f)
			if status != 400 && status != 413 || status == 413 && len(b.data) <= 6<<20 {
				t.Errorf("enrol: status %d", status)
			}
			if f.Code != codes[b.kind] && status != 413 {
				t.Errorf("enrol: code %d, want %d for %v (%s)", f.Code, codes[b.kind], b.kind, f.Message)
			}
			if status := s.do("GET", path, nil, nil); status != 404 {
				t.Errorf("something was stored: %d", status)
			}
			if b.kind != models.SeveralFaces { // a verify takes the most prominent face
				if status := s.do("POST", "/v1/verify/ALL/p", probe(b.data), &f); status == 200 {
					t.Errorf("verify: status %d", status)
				}
			}
			// the request's own bytes in base64 and decoded, and 20 MB
			if grown, allowed := s.peak(t)-before, 20<<20+6*len(b.data); grown > allowed {
				t.Errorf("the server grew by %d KB", grown>>10)
			}
		})
	}
	if status := s.do("POST", "/v1/verify/ALL/p", probe(photoFile(t, "obama2.jpg")), nil); status != 200 {
		t.Errorf("afterwards: %d", status)
	}
	s.stop()
}

// peak is the server's largest resident memory since the last call, in bytes.
func (s *server) peak(t *testing.T) int {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		t.Fatal("the kernel tells no VmHWM")
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"clear_refs", []byte("5"), 0o600); err != nil { // 5 resets the peak
		t.Logf("the peak can't be reset: %v", err)
	}
	return kb << 10
}

func TestBadImagesOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(photosDir, "obama.jpg")
	for _, b := range []bad{
		{"empty", nil, models.EmptyImage},
		{"text named jpg", []byte("dear officer,"), models.UnknownImage},
		{"cut", photoFile(t, "obama.jpg")[:700], models.TruncatedImage},
		{"noface", noFace(t), models.NoFace},
	} {
		file := filepath.Join(dir, b.name+".jpg")
		if err := os.WriteFile(file, b.data, 0o600); err != nil {
			t.Fatal(err)
		}
		out, errs, status := oblik(t, "verify", "--weights-dir", weightsDir, good, file)
		if status != exitError || out != "" || !strings.Contains(errs, b.kind.String()) {
			t.Errorf("%s: status %d, %q, %q", b.name, status, out, errs)
		}
	}
}

// A worker that aborts in the midst of a request costs that request alone.
func TestWorkerAbortsDuringARequest(t *testing.T) {
	s := startServer(t, t.TempDir(), nil, "--workers", "1")
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("enrol: %d", status)
	}
	workers := s.workers(t)
	if len(workers) != 1 {
		t.Fatalf("%d workers", len(workers))
	}
	worker := workers[0]
	if err := syscall.Kill(worker, syscall.SIGSTOP); err != nil { // so that it has the request and no answer yet
		t.Fatal(err)
	}
	im, err := jpeg.Decode(bytes.NewReader(photoFile(t, "obama2.jpg")))
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer // so small that the pipe holds it whole: the worker "has" it
	if err := jpeg.Encode(&small, im, &jpeg.Options{Quality: 20}); err != nil || small.Len() > 60_000 {
		t.Fatalf("%d bytes, %v", small.Len(), err)
	}
	answers := make(chan [2]int, 1)
	go func() {
		var f fault
		answers <- [2]int{s.do("POST", "/v1/verify/ALL/p", probe(small.Bytes()), &f), f.Code}
	}()
	s.waitForInput(t)
	for _, signal := range []syscall.Signal{syscall.SIGABRT, syscall.SIGCONT} {
		if err := syscall.Kill(worker, signal); err != nil {
			t.Fatal(err)
		}
	}
	if a := <-answers; a != [2]int{503, 50310} {
		t.Errorf("the request in the worker: status %d, code %d", a[0], a[1])
	}
	if status := s.do("POST", "/v1/verify/ALL/p", probe(photoFile(t, "obama2.jpg")), nil); status != 200 {
		t.Errorf("the next request: %d", status)
	}
	if status := s.do("GET", "/readyz", nil, nil); status != 200 {
		t.Errorf("readyz: %d", status)
	}
	s.stop()
}

// waitForInput waits until there is something to read for a stopped worker, in
// any pipe of the server's but its own three: who is not root can't look into a
// worker.
func (s *server) waitForInput(t *testing.T) {
	t.Helper()
	for range 1000 {
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", s.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			target, err := os.Readlink(file)
			if n, e := strconv.Atoi(filepath.Base(file)); err != nil || e != nil || n < 3 || !strings.HasPrefix(target, "pipe:") {
				continue
			}
			fd, err := unix.Open(file, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
			if err != nil {
				continue // closed meanwhile
			}
			waiting, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
			_ = unix.Close(fd)
			if err != nil {
				t.Fatal(err)
			}
			if waiting > 0 {
				return
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("no request reached the worker")
}

// workers are the process ids of the server's children.
func (s *server) workers(t *testing.T) (pids []int) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			continue // a thread that ended meanwhile
		}
		for _, word := range strings.Fields(string(text)) {
			pid, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}
