package local

import (
	"context"
	"fmt"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

func BenchmarkCreate(b *testing.B) {
	s := open(b, b.TempDir())
	template := make([]byte, 288)
	for i := 0; b.Loop(); i++ {
		create(b, s, encounter(fmt.Sprint("p", i), "e", template, nil))
	}
}

func BenchmarkPut100kB(b *testing.B) {
	s := open(b, b.TempDir())
	data := make([]byte, 100_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		_, err := s.Images().Put(context.Background(), storage.NewKey(), data)
		must(b, err)
	}
}

func BenchmarkDelete(b *testing.B) {
	s := fill(b, b.N)
	b.ResetTimer()
	for i := range b.N {
		erase(b, s, models.EncounterKey{Person: models.PersonID(fmt.Sprint("p", i)), Encounter: "e"})
	}
}

func BenchmarkTemplates(b *testing.B) {
	s := fill(b, 10_000)
	for i := 0; b.Loop(); i++ {
		found, err := s.Templates(context.Background(), models.PersonID(fmt.Sprint("p", i*7919%10_000)), "g")
		must(b, err)
		if len(found) != 1 {
			b.Fatal("no template")
		}
	}
}

func BenchmarkScan10k(b *testing.B) {
	s := fill(b, 10_000)
	for b.Loop() {
		n := 0
		must(b, s.Scan(context.Background(), func(models.Entry) error { n++; return nil }))
		if n != 10_000 {
			b.Fatal(n)
		}
	}
}

// BenchmarkTask is one request with a portrait, from when it is stored until its
// result is.
func BenchmarkTask(b *testing.B) {
	ctx := context.Background()
	s := open(b, b.TempDir())
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
	s := fill(b, 1000)
	for i := 0; b.Loop(); i++ {
		must(b, s.Attempts().Fail(context.Background(), models.PersonID(fmt.Sprint("p", i%1000))))
	}
}

// BenchmarkFailed is what every verification asks before.
func BenchmarkFailed(b *testing.B) {
	s := fill(b, 1000)
	must(b, s.Attempts().Fail(context.Background(), "p1"))
	for i := 0; b.Loop(); i++ {
		_, _, err := s.Attempts().Failed(context.Background(), models.PersonID(fmt.Sprint("p", i%1000)))
		must(b, err)
	}
}

// fill opens a store with n people of one template each.
func fill(b *testing.B, n int) *Store {
	b.Helper()
	s := open(b, b.TempDir())
	template := make([]byte, 288)
	for i := range n {
		create(b, s, encounter(fmt.Sprint("p", i), "e", template, nil))
	}
	return s
}
