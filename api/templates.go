package api

import (
	"context"
	"errors"

	"oblik/models"
)

// Computed is what was made of one sample of a record.
type Computed struct {
	Modality models.Modality
	Details  []byte           // of the sample, see [models.Sample]
	Template *models.Template // nil if none was made
}

// ReadTemplates gives what was made of each sample of a record, in the samples'
// order. A template tells of a face nearly as much as its photograph: who read
// whose is in the audit trail before it is answered, and so is who tried to.
// [models.NotFound] if there is no such record; [models.Unavailable] if the
// trail can't be written.
func (s *Service) ReadTemplates(ctx context.Context, by Caller, key models.EncounterKey) ([]Computed, error) {
	ctx = s.allot(ctx)
	if err := key.Validate(); err != nil {
		return nil, err
	}
	if err := s.records.err(); err != nil {
		return nil, err
	}
	r, err := s.record(ctx, by, key)
	if err != nil && models.KindOf(err) != models.NotFound {
		return nil, err
	}
	all := make([]Computed, len(r.Samples))
	made := 0
	for i, sample := range r.Samples {
		all[i] = Computed{Modality: sample.Modality, Details: sample.Details, Template: sample.Template}
		if sample.Template != nil {
			made++
		}
	}
	err = errors.Join(err, s.audit(ctx, change{by: by, person: key.Person, encounter: key.Encounter,
		details: map[string]any{"templates": made, "found": err == nil}}))
	if err != nil {
		return nil, err
	}
	return all, nil
}
