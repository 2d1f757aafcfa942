package osia

import (
	"encoding/json"

	"oblik/api"
	"oblik/models"
)

// extendablePersonIDs is OSIA's ExtendablePersonIds.
type extendablePersonIDs struct {
	PersonID    models.PersonID    `json:"personId"`
	EncounterID models.EncounterID `json:"encounterId"`
	Others      struct {
		Quality []quality `json:"quality"`
	} `json:"others"`
}

// quality is ours, of one FACE item.
type quality struct {
	Index      int             `json:"index"`              // in biometricData
	Instance   json.RawMessage `json:"instance,omitempty"` // the item's own
	InterEye   float64         `json:"interEye"`           // pixels
	Confidence float64         `json:"confidence"`         // 0..1
	Faces      int             `json:"faces"`              // found in the image
}

// scoreDetail is OSIA's ScoreDetail.
type scoreDetail struct {
	Score         float64            `json:"score"`
	EncounterID   models.EncounterID `json:"encounterId,omitempty"`
	Galleries     []models.GalleryID `json:"galleries,omitempty"`
	BiometricType models.Modality    `json:"biometricType"`
	Others        scoreOthers        `json:"others"`
}

// scoreOthers is ours.
type scoreOthers struct {
	Extrapolated bool    `json:"extrapolated"`        // beyond what the calibration could count
	Compared     int     `json:"compared,omitempty"`  // comparisons the score is the best of
	Threshold    float64 `json:"threshold,omitempty"` // that was in force
	Faces        []int   `json:"faces,omitempty"`     // found in each probe image
}

type verifyResult struct {
	Decision bool          `json:"decision"`
	Scores   []scoreDetail `json:"scores,omitzero"` // nil for who may not see them
}

// candidate is OSIA's Candidate; ranks start at 1.
type candidate struct {
	PersonID models.PersonID `json:"personId"`
	Rank     int             `json:"rank"`
	Score    float64         `json:"score"` // 0 for who may not see it: OSIA demands one
	Scores   []scoreDetail   `json:"scores,omitzero"`
}

func idsOf(e api.Enrolled, samples []models.Sample, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	ids := extendablePersonIDs{PersonID: e.Key.Person, EncounterID: e.Key.Encounter}
	ids.Others.Quality = make([]quality, len(e.Quality))
	for i, q := range e.Quality {
		ids.Others.Quality[i] = quality{
			Index: q.Sample, Instance: instanceOf(samples[q.Sample]),
			InterEye: q.InterEye, Confidence: q.Confidence, Faces: q.Faces,
		}
	}
	return marshal(ids)
}

// instanceOf is nil if the item has none.
func instanceOf(s models.Sample) json.RawMessage {
	var d struct {
		Instance json.RawMessage `json:"instance"`
	}
	if json.Unmarshal(s.Details, &d) != nil {
		return nil
	}
	return d.Instance
}

func verifyResultOf(d api.Decision, scores bool, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	r := verifyResult{Decision: d.Match}
	if scores {
		r.Scores = []scoreDetail{}
	}
	if scores && d.Compared > 0 {
		r.Scores = append(r.Scores, scoreDetail{
			Score: d.Score.Value, EncounterID: d.Encounter, BiometricType: models.Face,
			Others: scoreOthers{Extrapolated: d.Score.Extrapolated, Compared: d.Compared, Threshold: d.Threshold, Faces: d.Faces},
		})
	}
	return marshal(r)
}

func candidatesOf(found api.Identified, scores bool, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	all := make([]candidate, len(found.Candidates))
	for i, c := range found.Candidates {
		all[i] = candidate{PersonID: c.Person, Rank: i + 1}
		if !scores {
			continue
		}
		all[i].Score = c.Score.Value
		all[i].Scores = []scoreDetail{{
			Score: c.Score.Value, EncounterID: c.Encounter, Galleries: c.Galleries, BiometricType: models.Face,
			Others: scoreOthers{Extrapolated: c.Score.Extrapolated, Faces: found.Faces},
		}}
	}
	return marshal(all)
}

func marshal(v any) (answer, error) {
	body, err := json.Marshal(v)
	return answer{body: body}, err
}
