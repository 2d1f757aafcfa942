package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
	"oblik/storage/local"
)

const kills = 50

// Whatever moment the service is killed at: every enrolment that was answered
// 200 verifies afterwards and has its photograph, and no file is without a row
// after the sweep.
func TestKilledDuringEnrolments(t *testing.T) {
	n := kills
	if testing.Short() {
		n = 5
	}
	tally := killAndCheck(t, nil, n)
	t.Logf("%d kills: %d enrolments answered, %d cut off, of which %d had come to be", n, tally.answered, tally.cut, tally.came)
	if tally.lost+tally.strays+tally.missing > 0 {
		t.Errorf("%d answered enrolments lost, %d strays after the sweep, %d rows without a photograph", tally.lost, tally.strays, tally.missing)
	}
	if tally.answered == 0 || tally.cut == 0 {
		t.Errorf("the kills missed the enrolments: %+v", tally)
	}
}

// The same test catches a service that writes the row before the image.
func TestKillsCatchAPlantedBug(t *testing.T) {
	for range kills { // a kill must fall between the row and the image
		if tally := killAndCheck(t, []string{"planted"}, 1); tally.lost+tally.missing > 0 {
			return
		}
	}
	t.Errorf("%d kills did not show that the row is written before the image", kills)
}

type tally struct{ answered, cut, came, lost, strays, missing int }

// killAndCheck starts a service on one data directory again and again, kills
// it during enrolments and looks at what it left.
func killAndCheck(t *testing.T, before []string, rounds int) (sum tally) {
	t.Helper()
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := mrand.New(mrand.NewPCG(seed, 1))
	photo := photoFile(t, "obama.jpg")
	var known []string // answered in earlier rounds
	for round := range rounds {
		s := startServer(t, dir, before, "--workers", "1")
		sum.lost += s.lost(known)
		var mu sync.Mutex
		var answered, cut []string
		var clients sync.WaitGroup
		for c := range 2 {
			clients.Go(func() {
				for i := 0; ; i++ {
					person := fmt.Sprintf("p%d-%d-%d", round, c, i)
					status := s.do("POST", "/v1/persons/"+person+"/encounters/1", encounter(photo), nil)
					mu.Lock()
					if status == 200 {
						answered = append(answered, person)
					} else {
						cut = append(cut, person)
					}
					mu.Unlock()
					if status == 0 {
						return
					}
				}
			})
		}
		time.Sleep(50*time.Millisecond + time.Duration(r.IntN(300))*time.Millisecond)
		s.kill()
		clients.Wait()
		sum.answered, sum.cut = sum.answered+len(answered), sum.cut+len(cut)
		strays, missing, rows := leftBehind(t, dir)
		sum.strays, sum.missing = sum.strays+strays, sum.missing+missing
		for _, person := range cut {
			if rows[person] {
				sum.came++
			}
		}
		known = answered
	}
	s := startServer(t, dir, nil, "--workers", "1")
	sum.lost += s.lost(known)
	s.stop()
	return sum
}

// lost counts those who no longer verify or whose photograph can't be read.
func (s *server) lost(people []string) (n int) {
	photo := photoFile(s.t, "obama.jpg")
	for _, person := range people {
		var d struct{ Decision bool }
		verified := s.do("POST", "/v1/verify/g/"+person, probe(photo), &d) == 200 && d.Decision
		if !verified || s.do("GET", "/v1/persons/"+person+"/encounters/1", nil, nil) != 200 {
			s.t.Logf("%s was answered and is lost", person)
			n++
		}
	}
	return n
}

// leftBehind sweeps as a start does, then counts image files without a row and
// rows without their file by looking at the folder itself.
func leftBehind(t *testing.T, dir string) (strays, missing int, people map[string]bool) {
	t.Helper()
	ctx := context.Background()
	store, err := local.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := store.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	people, wanted := map[string]bool{}, map[string]bool{}
	if err := store.Scan(ctx, func(e models.Entry) error { people[string(e.Key.Person)] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	for person := range people {
		records, err := store.ReadAll(ctx, models.PersonID(person))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			for _, sample := range r.Samples {
				wanted[sample.Image.Key] = true
				if _, err := store.Images().Get(ctx, *sample.Image); err != nil {
					missing++
				}
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "images", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !wanted[filepath.Base(f)] {
			strays++
		}
	}
	return strays, missing, people
}

// rowBeforeImage is the planted bug: Put only remembers, Create writes the row
// and then the file.
func rowBeforeImage(p api.Parts, dir string) api.Parts {
	w := &wrongOrder{Encounters: p.Encounters, Images: p.Images, dir: dir, waiting: map[string][]byte{}}
	p.Encounters, p.Images = w, wrongImages{w}
	return p
}

type wrongOrder struct {
	storage.Encounters
	storage.Images
	dir     string
	mu      sync.Mutex
	waiting map[string][]byte
}

type wrongImages struct{ *wrongOrder }

func (w wrongImages) Put(_ context.Context, data []byte) (models.ImageRef, error) {
	key := make([]byte, 16)
	_, _ = rand.Read(key)
	ref := models.ImageRef{Key: hex.EncodeToString(key), Length: int64(len(data)), SHA256: sha256.Sum256(data)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[ref.Key] = data
	return ref, nil
}

func (w wrongImages) Delete(ctx context.Context, key string) error { return w.Images.Delete(ctx, key) }

func (w *wrongOrder) Delete(ctx context.Context, key models.EncounterKey) error {
	return w.Encounters.Delete(ctx, key)
}

func (w *wrongOrder) Create(ctx context.Context, r storage.Record) error {
	if err := w.Encounters.Create(ctx, r); err != nil {
		return err
	}
	time.Sleep(20 * time.Millisecond)
	for _, s := range r.Samples {
		w.mu.Lock()
		data := w.waiting[s.Image.Key]
		w.mu.Unlock()
		if err := os.WriteFile(filepath.Join(w.dir, "images", s.Image.Key[:2], s.Image.Key), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
