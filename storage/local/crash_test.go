package local

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// crashDir tells the test binary to be the process that is killed.
const crashDir = "OBLIK_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := enrolForever(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// enrolForever enrols, two at a time, and erases every fifth, and says what it
// is about to do and what is done: "+ person", "* person", "- person", "/ person".
func enrolForever(dir string) error {
	s, err := Open(context.Background(), dir)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for range 2 {
		go func() {
			for i := 1; ; i++ {
				if err := enrolOne(s, i%5 == 0); err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

func enrolOne(s *Store, erase bool) error {
	ctx := context.Background()
	person := fmt.Sprintf("p%016x", rand.Uint64()) // #nosec G404 -- no secret
	say := func(mark string) { _, _ = fmt.Fprintln(os.Stdout, mark, person) }
	say("+")
	key := storage.NewKey()
	enrol, leave := storage.Act{ID: storage.NewKey()}, storage.Act{ID: storage.NewKey()}
	if _, err := s.Begin(ctx, enrol, []string{key}, time.Hour); err != nil {
		return err
	}
	ref, err := s.Images().Put(ctx, key, imageOf(person))
	if err != nil {
		return err
	}
	if err := s.Create(ctx, enrol, encounter(person, "e", []byte("template of "+person), &ref)); err != nil {
		return err
	}
	say("*")
	if !erase {
		return nil
	}
	say("-")
	if _, err := s.Begin(ctx, leave, nil, time.Hour); err != nil {
		return err
	}
	if err := s.DeletePerson(ctx, leave, models.PersonID(person)); err != nil {
		return err
	}
	if err := deleteImage(s, ref.Key); err != nil {
		return err
	}
	say("/")
	return nil
}

// deleteImage does what the outbox asks for.
func deleteImage(s *Store, key string) error {
	if err := s.Images().Delete(context.Background(), key); err != nil {
		return err
	}
	return s.Done(context.Background(), key)
}

// imageOf is a person's image, 20..60 kB.
func imageOf(person string) []byte {
	sum := sha256.Sum256([]byte(person))
	return bytes.Repeat([]byte(hex.EncodeToString(sum[:])), 300+int(sum[0])*3)
}

// Killed at any moment, the store keeps what it acknowledged and, when the
// outbox is drained, nothing else but records that were complete.
func TestCrash(t *testing.T) {
	kills := 25
	if testing.Short() {
		kills = 5
	}
	dir := t.TempDir()
	last := map[string]string{} // the last that was said of each person
	for range kills {
		crash(t, dir, last)
		checkAfterCrash(t, dir, last)
	}
	counts := map[string]int{}
	for _, mark := range last {
		counts[mark]++
	}
	t.Logf("after %d kills: %d enrolled, %d erased, %d cut off while enrolling, %d while erasing",
		kills, counts["*"], counts["/"], counts["+"], counts["-"])
	if counts["*"] < kills || counts["/"] == 0 {
		t.Error("too little was done for the test to mean much")
	}
}

// crash runs a process and kills it after it said a random number of lines and
// did a random part of what comes next.
func crash(t *testing.T, dir string, last map[string]string) {
	t.Helper()
	child := exec.Command(os.Args[0]) // #nosec G204 -- this test
	child.Env = append(os.Environ(), crashDir+"="+dir)
	var complaint bytes.Buffer
	child.Stderr = &complaint
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	lines := bufio.NewReader(out)
	for kill := 5 + rand.IntN(60); ; kill-- { // #nosec G404 -- no secret
		if kill == 0 {
			for range rand.IntN(1 << 22) { // #nosec G404 -- some part of a few milliseconds
			}
			must(t, child.Process.Kill())
		}
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		must(t, err)
		mark, person, _ := strings.Cut(strings.TrimSpace(line), " ")
		last[person] = mark
	}
	if err := child.Wait(); err == nil || complaint.Len() > 0 {
		t.Fatalf("the process ended by itself: %v %s", err, &complaint)
	}
}

func checkAfterCrash(t *testing.T, dir string, last map[string]string) {
	t.Helper()
	ctx := context.Background()
	s, err := Open(ctx, dir)
	must(t, err)
	defer func() { must(t, s.Close()) }()
	pending, err := s.Pending(ctx, 1<<20)
	must(t, err)
	for _, key := range pending {
		must(t, deleteImage(s, key))
	}
	report, err := storage.Sweep(ctx, s.Images(), s, storage.SweepOptions{})
	must(t, err)
	if report.Missing+report.Corrupt+report.Orphans != 0 {
		t.Fatalf("the sweep found %+v", report)
	}
	checkIntegrity(t, s)
	stored := 0
	for person, mark := range last {
		r, err := s.Read(ctx, models.EncounterKey{Person: models.PersonID(person), Encounter: "e"})
		if err == nil && mark == "/" {
			t.Fatal("an erased person is back")
		}
		if err != nil && models.KindOf(err) == models.NotFound && mark != "*" {
			continue
		}
		must(t, err) // also for one that was acknowledged and is gone
		stored++
		data, err := s.Images().Get(ctx, *r.Samples[0].Image)
		must(t, err)
		if !bytes.Equal(data, imageOf(person)) || string(r.Samples[0].Template.Data) != "template of "+person {
			t.Fatal("a record came back as another")
		}
	}
	if files := countFiles(t, filepath.Join(dir, "images")); files != stored {
		t.Fatalf("%d image files for %d records", files, stored)
	}
}

func countFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}
