package api

import "oblik/models"

type reference struct {
	encounter models.EncounterID
	template  models.Template
}

// usable leaves out templates of other weights; if no other is left, that is
// a fault of the deployment and must not look like "another person".
func (s *Service) usable(entries []models.Entry) ([]reference, error) {
	var all []reference
	others := 0
	for _, e := range entries {
		for _, t := range e.Templates {
			if t.Format != s.Extractor.Format() {
				others++
				continue
			}
			all = append(all, reference{e.Key.Encounter, t})
		}
	}
	if len(all) == 0 && others > 0 {
		return nil, models.Errorf("verify", models.Mismatch, "all references were made by other weights")
	}
	return all, nil
}

func (s *Service) decide(probes []models.Template, references []reference, limit float64) (Decision, error) {
	d := Decision{Threshold: limit, Compared: len(probes) * len(references)}
	if d.Compared == 0 {
		return d, nil
	}
	first := true
	for _, probe := range probes {
		for _, r := range references {
			score, err := s.Comparer.Compare(probe, r.template)
			if err != nil {
				return Decision{}, err
			}
			if first || better(score, d.Score) {
				d.Score, d.Encounter, first = score, r.encounter, false
			}
		}
	}
	d.Score = d.Score.Less(d.Compared)
	d.Match = d.Score.Value >= limit
	return d, nil
}

// better orders by similarity where the scale is at its end.
func better(a, b models.Score) bool {
	if a.Value != b.Value {
		return a.Value > b.Value
	}
	return a.Similarity > b.Similarity
}
