package storagetest

import (
	"context"
	"maps"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// wantHeld checks what the clients' tasks hold.
func wantHeld(t testing.TB, s Stores, want map[string]storage.Held) {
	t.Helper()
	got, err := s.Tasks.Held(context.Background())
	Must(t, err)
	if !maps.Equal(got, want) {
		t.Fatalf("held are %v, want %v", got, want)
	}
}

// of adds a client's task that holds so many bytes of request and of result.
func of(t testing.TB, s Stores, id, client string, state models.TaskState, request, result int) models.Task {
	t.Helper()
	one := inState(id, state)
	one.Client, one.Person, one.Encounter, one.Request, one.Result = client, "p", "e", random(request), random(result)
	return add(t, s, one)
}

// tasksHeld: whatever is not over counts, and what is over as long as it holds
// something.
func tasksHeld(t *testing.T, s Stores) {
	wantHeld(t, s, map[string]storage.Held{})
	large := of(t, s, "large", "a", models.TaskPending, 3<<20, 0)
	of(t, s, "empty", "a", models.TaskRetry, 0, 0)
	failed := of(t, s, "failed", "b", models.TaskFailed, 0, 5)
	of(t, s, "both", "b", models.TaskScheduled, 2, 40_000)
	of(t, s, "over", "c", models.TaskCompleted, 0, 0)
	s = s.Reopen(t)
	wantHeld(t, s, map[string]storage.Held{"a": {Tasks: 2, Bytes: 3 << 20}, "b": {Tasks: 2, Bytes: 40_007}})

	large.State, large.Request, large.Result = models.TaskScheduled, nil, []byte("done")
	large = save(t, s, large)
	wantHeld(t, s, map[string]storage.Held{"a": {Tasks: 2, Bytes: 4}, "b": {Tasks: 2, Bytes: 40_007}})
	large.State, large.Result, large.Person = models.TaskCompleted, nil, ""
	save(t, s, large)
	wantHeld(t, s, map[string]storage.Held{"a": {Tasks: 1}, "b": {Tasks: 2, Bytes: 40_007}})

	Must(t, create(s, record("p", "e")))
	Must(t, erasePerson(s, "p")) // what could not be delivered is over and holds nothing more
	wantHeld(t, s, map[string]storage.Held{"a": {Tasks: 1}, "b": {Tasks: 1}})
	if got := readTask(t, s, failed.ID); got.State != models.TaskFailed {
		t.Errorf("what could not be delivered is %s", got.State)
	}
}
