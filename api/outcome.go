package api

import (
	"encoding/json"

	"oblik/models"
	"oblik/storage"
)

// outcome is what a change came to, as it is kept with its claim: what an
// enrolment or an update stored, or why it was refused, or neither for any other.
type outcome struct {
	Enrolled *Enrolled `json:"enrolled,omitempty"`
	Refused  string    `json:"refused,omitempty"` // the kind's name
}

// The refusals that are given again to whoever asks again: those that depend
// on what is on record. Others are of the request, and come of themselves.
var refusals = map[string]models.Kind{
	models.Conflict.String(): models.Conflict,
	models.NotFound.String(): models.NotFound,
}

// refusal is what an act that was refused settles its claim with; nil if it is
// free again.
func refusal(a storage.Act, cause error) []byte {
	name := models.KindOf(cause).String()
	if _, kept := refusals[name]; a.Claim == nil || !kept {
		return nil
	}
	text, err := json.Marshal(outcome{Refused: name})
	if err != nil {
		return nil // the claim is free again, which is no worse than without one
	}
	return text
}

// readOutcome reads what an earlier act left; nil if there was none.
func readOutcome(text []byte, err error) (*outcome, error) {
	if err != nil || len(text) == 0 {
		return nil, err
	}
	var o outcome
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, models.Errorf("api", models.Integrity, "a stored outcome: %w", err)
	}
	if kind, refused := refusals[o.Refused]; refused {
		return nil, models.Errorf("api", kind, "as the first time")
	}
	return &o, nil
}
