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

// Task is a request whose answer is delivered later.
type Task struct {
	ID       string
	State    TaskState
	Priority int       // 0..9, the highest first
	Attempts int       // deliveries tried
	Due      time.Time // when it is to be taken up; the zero time for never
	Request  []byte    // what is to be done, in the service's own form
	Result   []byte    // what is to be delivered; nil before it is done
	Created  time.Time
	Updated  time.Time
}
