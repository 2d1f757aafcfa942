package models

import "time"

// TaskState is how far an asynchronous request has come (OSIA Biometrics
// 1.6.1, readTaskStatus).
type TaskState string

// The states.
const (
	TaskPending   TaskState = "PENDING"            // waiting or being worked on
	TaskScheduled TaskState = "RESPONSE_SCHEDULED" // done, well or badly; the answer is to be delivered
	TaskCompleted TaskState = "COMPLETED"          // delivered
	TaskFailed    TaskState = "RESPONSE_ERROR"     // could not be delivered; no more attempts are planned
	TaskRetry     TaskState = "RESPONSE_RETRY"     // another delivery was asked for
)

// Stage is what a task is waiting for.
type Stage string

// The stages: work is done by the matcher's processors, delivery by the
// network; neither waits for the other.
const (
	StageWork    Stage = "work"    // TaskPending
	StageDeliver Stage = "deliver" // TaskScheduled and TaskRetry
	StageOver    Stage = "over"    // TaskCompleted and TaskFailed: never due
)

// Stage is the state's.
func (s TaskState) Stage() Stage {
	switch s {
	case TaskPending:
		return StageWork
	case TaskScheduled, TaskRetry:
		return StageDeliver
	default:
		return StageOver
	}
}

// Task is a request whose answer is delivered later.
type Task struct {
	ID          string // random, or a digest of the client's idempotency key; hexadecimal
	Client      string // whose request it is: the token's subject
	Operation   string // OSIA's operationId
	Transaction string // the client's own mark
	// Person and Encounter are those whose data Request or Result hold: both are
	// wiped when these are erased. Empty for nobody's; Encounter is empty for all
	// of the person's.
	Person    PersonID
	Encounter EncounterID
	Callback  string    // the URL the result is delivered to
	State     TaskState // see [TaskState.Stage]
	Priority  int       // 0..99, the highest first
	Attempts  int       // of the present stage that have ended
	// Begun is how often the task was taken since an attempt of it last ended: 1
	// while it is worked on, and 1 more for each process that ended at it.
	Begun int
	Due   time.Time // when it is to be taken up; means nothing when over
	// Request is what is to be done, in the form of whoever works on it, Result
	// what is to be delivered, of the MIME type ResultType. nil when not there
	// yet, not needed any more, or wiped with the person.
	Request    []byte
	Result     []byte
	ResultType string
	Version    int64 // raised by each change of the stored task
	Created    time.Time
	Updated    time.Time
}
