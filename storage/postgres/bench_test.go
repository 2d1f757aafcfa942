package postgres

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// BenchmarkScan reads SCAN_SIZE encounters (100,000 by default) of one
// template of 288 bytes each, as a start of the service does.
func BenchmarkScan(b *testing.B) {
	size := 100_000
	if text := os.Getenv("SCAN_SIZE"); text != "" {
		var err error
		size, err = strconv.Atoi(text)
		must(b, err)
	}
	s := filled(b, size)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		must(b, s.Scan(context.Background(), func(e models.Entry) error { n += len(e.Templates[0].Data); return nil }))
		if n != 288*size {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/entry")
}

// filled is a store of so many people with one encounter in one gallery each.
func filled(b testing.TB, size int) *Store {
	b.Helper()
	c := migrated(b)
	fill(b, c, size)
	admin(b, c, "ANALYZE")
	return open(b, c)
}

// fill makes so many people with one encounter in one gallery each.
func fill(b testing.TB, c Config, size int) {
	b.Helper()
	for _, statement := range []string{
		"INSERT INTO persons (person) SELECT 'person-' || n FROM generate_series(1, $1) n",
		`INSERT INTO encounters (person, encounter, status, created, updated, type)
			SELECT id, 'encounter-1', 'ACTIVE', now(), now(), 'enrolment' FROM persons WHERE id <= $1 ORDER BY id`,
		"INSERT INTO encounter_galleries SELECT id, 0, 'register' FROM encounters WHERE id <= $1 ORDER BY id",
		"INSERT INTO samples (encounter, ordinal, modality, forgotten) SELECT id, 0, 'FACE', false FROM encounters WHERE id <= $1 ORDER BY id",
		`INSERT INTO templates SELECT id, 0, 'sface-2021dec-f32', 128, decode(repeat(md5(id::text), 18), 'hex')
			FROM encounters WHERE id <= $1 ORDER BY id`,
	} {
		admin(b, c, statement, size)
	}
}

// BenchmarkEnrol is the two transactions of an enrolment with one image.
func BenchmarkEnrol(b *testing.B) {
	ctx := context.Background()
	s := open(b, migrated(b))
	for i := 0; b.Loop(); i++ {
		key := storage.NewKey()
		a := act()
		a.Claim, a.Outcome = &storage.Claim{Key: [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}}, []byte("done")
		_, err := s.Begin(ctx, a, []string{key}, storage.ClaimLife)
		must(b, err)
		must(b, s.Create(ctx, a, record(fmt.Sprint("p", i), "e", key)))
	}
}

// BenchmarkTemplates is what a verification reads.
func BenchmarkTemplates(b *testing.B) {
	s := filled(b, 10_000)
	for i := 0; b.Loop(); i++ {
		found, err := s.Templates(context.Background(), models.PersonID(fmt.Sprint("person-", 1+i*7919%10_000)), "register")
		must(b, err)
		if len(found) != 1 {
			b.Fatal("no template")
		}
	}
}

// BenchmarkTask is one request with a portrait, from when it is stored until its
// result is.
func BenchmarkTask(b *testing.B) {
	ctx := context.Background()
	s := open(b, migrated(b))
	request := make([]byte, 200_000)
	for i := 0; b.Loop(); i++ {
		must(b, s.Tasks().Add(ctx, models.Task{ID: fmt.Sprint(i), State: models.TaskPending, Person: "p", Request: request}))
		task, err := s.Tasks().Next(ctx, models.StageWork, time.Minute)
		must(b, err)
		task.State, task.Request, task.Result = models.TaskScheduled, nil, []byte("{}")
		_, err = s.Tasks().Save(ctx, *task)
		must(b, err)
	}
}

func BenchmarkFail(b *testing.B) {
	s := filled(b, 1000)
	for i := 0; b.Loop(); i++ {
		must(b, s.Attempts().Fail(context.Background(), models.PersonID(fmt.Sprint("person-", 1+i%1000))))
	}
}

// BenchmarkFailed is what every verification asks before.
func BenchmarkFailed(b *testing.B) {
	s := filled(b, 1000)
	must(b, s.Attempts().Fail(context.Background(), "person-1"))
	for i := 0; b.Loop(); i++ {
		_, _, err := s.Attempts().Failed(context.Background(), models.PersonID(fmt.Sprint("person-", 1+i%1000)))
		must(b, err)
	}
}

// BenchmarkAfter is what a service asks again and again: what is new, and nothing is.
func BenchmarkAfter(b *testing.B) {
	ctx := context.Background()
	c := migrated(b)
	s := open(b, c)
	admin(b, c, "INSERT INTO changes (person, origin) SELECT 'p', '' FROM generate_series(1, 100000)")
	at := place(b, s)
	for b.Loop() {
		var err error
		_, at, err = s.After(ctx, at)
		must(b, err)
	}
}

// BenchmarkEntries reads ten people anew.
func BenchmarkEntries(b *testing.B) {
	s := filled(b, 10_000)
	for i := 0; b.Loop(); i++ {
		var people []models.PersonID
		for n := range 10 {
			people = append(people, models.PersonID(fmt.Sprint("person-", 1+(i*10+n)*7919%10_000)))
		}
		found, err := s.Entries(context.Background(), people...)
		must(b, err)
		if len(found) != 10 {
			b.Fatal(len(found))
		}
	}
}

// BenchmarkFollow is an enrolment and what another store does until it has it; of
// which the second is the metric.
func BenchmarkFollow(b *testing.B) {
	ctx := context.Background()
	c := migrated(b)
	s, other := open(b, c), open(b, c)
	at := place(b, other)
	must(b, other.Await(ctx))
	var behind time.Duration
	for i := 0; b.Loop(); i++ {
		must(b, s.Create(ctx, begin(b, s), record(fmt.Sprint("p", i), "e")))
		from := time.Now()
		for found := []models.Entry(nil); len(found) == 0; {
			must(b, other.Await(ctx))
			people, next, err := other.After(ctx, at)
			must(b, err)
			at = next
			found, err = other.Entries(ctx, people...)
			must(b, err)
		}
		behind += time.Since(from)
	}
	b.ReportMetric(float64(behind.Microseconds())/float64(b.N), "µs-behind/op")
}
