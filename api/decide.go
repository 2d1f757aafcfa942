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

// decide takes the best of all comparisons. A damaged reference is passed over,
// so that it costs the person no more than itself; if no other is left, that is
// [models.Integrity] and must not look like "another person".
func (s *Service) decide(probes []models.Template, references []reference, limit float64) (Decision, error) {
	d := Decision{Threshold: limit}
	var damaged error
	for _, probe := range probes {
		for _, r := range references {
			score, err := s.Comparer.Compare(probe, r.template)
			if models.KindOf(err) == models.Integrity {
				damaged = err
				continue
			}
			if err != nil {
				return Decision{}, err
			}
			if d.Compared == 0 || better(score, d.Score) {
				d.Score, d.Encounter = score, r.encounter
			}
			d.Compared++
		}
	}
	if d.Compared == 0 {
		return d, damaged
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
