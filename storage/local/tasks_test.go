package local

import (
	"context"
	"database/sql"
	"strings"
	"testing"
)

// The queue, the wiping and the cleaning each find their tasks by an index.
func TestTasksAreIndexed(t *testing.T) {
	s := open(t, t.TempDir())
	for index, query := range map[string]string{
		"tasks_by_due":                   firstDue,
		"tasks_by_person":                "SELECT n FROM tasks WHERE " + ofErased,
		"tasks_by_age":                   expired,
		"COVERING INDEX tasks_by_client": byClient,
	} {
		must(t, s.view(context.Background(), "test", func(tx *sql.Tx) error {
			var id, parent, unused int
			var detail string
			err := tx.QueryRow("EXPLAIN QUERY PLAN "+query, "a", "b").Scan(&id, &parent, &unused, &detail)
			if !strings.Contains(detail, index) {
				t.Errorf("%s is not used: %s", index, detail)
			}
			return err
		}))
	}
}
