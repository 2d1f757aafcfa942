package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"oblik/models"
)

// Nobody waits for another who is taking a task, or takes the same.
func TestTakersDontWait(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	c.URL += "&lock_timeout=50ms"
	s := open(t, c)
	for i, id := range []string{"first", "second"} {
		must(t, s.Tasks().Add(ctx, models.Task{ID: id, State: models.TaskPending, Priority: 1 - i}))
	}
	tx, err := connect(t, c).Begin(ctx)
	must(t, err)
	taken, err := column[string](ctx, tx, firstDue, models.StageWork)
	must(t, err)
	next, err := s.Tasks().Next(ctx, models.StageWork, time.Hour)
	must(t, err)
	if len(taken) != 1 || taken[0] != "first" || next == nil || next.ID != "second" {
		t.Errorf("%v is being taken, and beside it %+v", taken, next)
	}
}

// The queue, the wiping and the cleaning each find their tasks by an index.
func TestTasksAreIndexed(t *testing.T) {
	ctx := context.Background()
	conn := connect(t, migrated(t))
	_, err := conn.Exec(ctx, `INSERT INTO tasks SELECT n::text, '', '', '', 'p' || n, '', '',
			CASE WHEN n % 10 = 0 THEN 'PENDING' ELSE 'COMPLETED' END, CASE WHEN n % 10 = 0 THEN 'work' ELSE 'over' END,
			n % 100, 0, 0, CASE WHEN n % 10 = 0 THEN now() END, NULL, NULL, '', 1, now(), now() + n * interval '1s'
		FROM generate_series(1, 20000) n; ANALYZE tasks; SET plan_cache_mode = force_generic_plan`)
	must(t, err)
	for index, q := range map[string]struct{ query, args string }{
		"tasks_by_due":    {firstDue, "('work')"},
		"tasks_by_person": {"SELECT id FROM tasks WHERE " + ofErased, "('p', 'e')"},
		"tasks_by_age":    {oldest, "('1 hour', 100)"},
		"tasks_by_client": {byClient, ""},
	} {
		_, err := conn.Exec(ctx, "PREPARE q AS "+q.query)
		must(t, err)
		lines, err := column[string](ctx, conn, "EXPLAIN EXECUTE q"+q.args)
		must(t, err)
		plan := strings.Join(lines, "\n")
		if !strings.Contains(plan, index) || strings.Contains(plan, "Sort") {
			t.Errorf("%s is not used:\n%s", index, plan)
		}
		_, err = conn.Exec(ctx, "DEALLOCATE q")
		must(t, err)
	}
}
