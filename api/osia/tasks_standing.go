package osia

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/gofiber/fiber/v2"

	"oblik/models"
)

// standing is the result to deliver: an identification's may have waited, and
// must not name whom an erasure has made unknown since. Then the client is told
// to ask again; to leave the candidate out would hide one who was merged. It costs
// a question to the database for each candidate.
func (s *Server) standing(ctx context.Context, task models.Task) (result []byte, mime string, err error) {
	i := slices.IndexFunc(routes, func(r route) bool { return r.operation == task.Operation })
	if i < 0 || routes[i].rank != rankIdentify || task.ResultType != fiber.MIMEApplicationJSON {
		return task.Result, task.ResultType, nil
	}
	var all []candidate
	if err := json.Unmarshal(task.Result, &all); err != nil {
		return nil, "", notStored()
	}
	for _, c := range all {
		key := models.EncounterKey{Person: c.PersonID}
		if len(c.Scores) > 0 {
			key.Encounter = c.Scores[0].EncounterID
		}
		there, err := s.config.Service.OnRecord(ctx, key)
		if err != nil {
			return nil, "", err
		}
		if !there {
			return faultOf(models.Errorf("task", models.Cancelled, "a candidate is gone")).body(), mimeError, nil
		}
	}
	return task.Result, task.ResultType, nil
}
