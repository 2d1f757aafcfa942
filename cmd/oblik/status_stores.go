package main

import (
	"context"
	"fmt"
	"strings"

	"oblik/models"
)

// pinged is a store's check; next says what to do about a kind of error.
func pinged(ctx context.Context, part, where string, ping func(context.Context) error, next func(models.Kind) string) check {
	if ping == nil { // in this process
		return check{part, partWell, where, ""}
	}
	ctx, cancel := context.WithTimeout(ctx, statusTime)
	defer cancel()
	if err := ping(ctx); err != nil {
		return check{part, partWrong, cause(err), next(models.KindOf(err))}
	}
	return check{part, partWell, where, ""}
}

func recordsNext(kind models.Kind) string {
	if kind == models.Invalid {
		return "Compare the schemas with `oblik migrate status`; `oblik migrate up` brings the database's up to date."
	}
	return "Start PostgreSQL, or make it reachable; the service goes on by itself then."
}

func imagesNext(kind models.Kind) string {
	if kind == models.Invalid {
		return "Correct --s3-endpoint, --s3-bucket or the credentials."
	}
	return "Start the image store, or make it reachable; the service goes on by itself then."
}

// inDatabase is the check of one question to the database: f gives the part's state,
// what was found and what to do.
func inDatabase(ctx context.Context, part string, f func(context.Context) (state, detail, next string, err error)) check {
	ctx, cancel := context.WithTimeout(ctx, statusTime)
	defer cancel()
	state, detail, next, err := f(ctx)
	if err != nil {
		return check{part, partWrong, cause(err), "Ask again; if it stays so, look at the database's log."}
	}
	return check{part, state, detail, next}
}

func galleriesOf(ctx context.Context, rows *stores) check {
	return inDatabase(ctx, "galleries", func(ctx context.Context) (string, string, string, error) {
		all, err := rows.List(ctx)
		return partWell, fmt.Sprintf("%d in use", len(all)), "", err
	})
}

// tasksOf counts asynchronous requests.
func tasksOf(ctx context.Context, rows *stores) check {
	return inDatabase(ctx, "tasks", func(ctx context.Context) (string, string, string, error) {
		count, err := rows.Tasks().Count(ctx)
		var words []string
		for _, s := range []models.TaskState{models.TaskPending, models.TaskScheduled, models.TaskRetry, models.TaskFailed, models.TaskCompleted} {
			if count[s] > 0 {
				words = append(words, fmt.Sprintf("%d %s", count[s], s))
			}
		}
		if count[models.TaskFailed] > 0 {
			return partLook, strings.Join(words, ", "),
				"The clients' callback hosts did not take results; once they are back, the clients ask for redelivery.", err
		}
		if len(words) == 0 {
			words = []string{"none"}
		}
		return partWell, strings.Join(words, ", "), "", err
	})
}

// mostWaiting is where counting images ends.
const mostWaiting = 1000

// outboxOf counts images whose records are erased and whose bytes are not: they
// should be gone within seconds while the image store is there.
func outboxOf(ctx context.Context, rows *stores, images string) check {
	return inDatabase(ctx, "outbox", func(ctx context.Context) (string, string, string, error) {
		waiting, err := rows.Pending(ctx, mostWaiting)
		switch {
		case len(waiting) == 0:
			return partWell, "no erased image waits for its deletion", "", err
		case images == partWrong:
			return partLook, fmt.Sprintf("%d erased images wait for the image store", len(waiting)), "They are deleted when it is back.", err
		}
		return partLook, fmt.Sprintf("%d erased images wait for their deletion", len(waiting)),
			"Ask again in a minute; if they are still there, read the service's log, or run `oblik sweep` for what is named by nothing.", err
	})
}

// lockedOf counts the people whose verifications are refused.
func (c statusCmd) lockedOf(ctx context.Context, rows *stores) check {
	return inDatabase(ctx, "locked", func(ctx context.Context) (string, string, string, error) {
		if c.LockAfter < 1 {
			return partWell, "nobody: --lock-after is 0", "", nil
		}
		locked, delayed := 0, 0
		err := rows.Attempts().Locked(ctx, c.LockAfter, func(_ models.PersonID, failures int) error {
			if failures >= c.LockStop {
				locked++
			} else {
				delayed++
			}
			return nil
		})
		detail := fmt.Sprintf("%d people locked, %d delayed, after failed verifications", locked, delayed)
		if locked > 0 {
			return partLook, detail, "See who with `oblik unlock --list`; `oblik unlock PERSON` lets one be verified again.", err
		}
		return partWell, detail, "", err
	})
}
