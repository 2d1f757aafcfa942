package api

import (
	"encoding/json"
	"unicode/utf8"

	"oblik/models"
)

// CheckEncounter reports anything about a record to store that would have to be
// refused later, before an image is looked at or a byte is stored. An empty id
// is fine: it is made up later. [models.Invalid], an image kind, or
// [models.Forbidden] for a gallery that is not the client's.
func (s *Service) CheckEncounter(by Caller, e models.Encounter) error {
	bad := func(text string, args ...any) error { return models.Errorf("enroll", models.Invalid, text, args...) }
	if err := checkGiven(e.Key); err != nil {
		return err
	}
	if err := checkStatus(e.Status); err != nil {
		return err
	}
	if e.Type == "" || len(e.Type) > MaxTypeLength || !utf8.ValidString(e.Type) {
		return bad("the encounter's type must have 1..%d bytes of UTF-8", MaxTypeLength)
	}
	if err := CheckGalleries(by, e.Galleries); err != nil {
		return err
	}
	if len(e.ClientData) > MaxBlock {
		return bad("the client data have %d bytes, at most %d are accepted", len(e.ClientData), MaxBlock)
	}
	for _, block := range [][]byte{e.Contextual, e.Biographic, e.Protection} {
		if err := checkBlock(block); err != nil {
			return err
		}
	}
	if len(e.Samples) > MaxSamples {
		return bad("%d samples, at most %d are accepted", len(e.Samples), MaxSamples)
	}
	for _, sample := range e.Samples {
		if err := s.checkSample(sample); err != nil {
			return err
		}
	}
	return nil
}

// checkGiven validates the ids that are there.
func checkGiven(key models.EncounterKey) error {
	if key.Person != "" {
		if err := key.Person.Validate(); err != nil {
			return err
		}
	}
	if key.Encounter != "" {
		return key.Encounter.Validate()
	}
	return nil
}

func checkStatus(status models.Status) error {
	if status != models.Active && status != models.Inactive {
		return models.Errorf("enroll", models.Invalid, "the status must be ACTIVE or INACTIVE")
	}
	return nil
}

// CheckGalleries reports galleries that no encounter can be put into, as
// [models.Invalid], or not by this client, as [models.Forbidden].
func CheckGalleries(by Caller, ids []models.GalleryID) error {
	if len(ids) < 1 || len(ids) > MaxGalleries {
		return models.Errorf("enroll", models.Invalid, "an encounter must be in 1..%d galleries", MaxGalleries)
	}
	seen := make(map[models.GalleryID]bool, len(ids))
	for _, id := range ids {
		if err := id.Validate(); err != nil {
			return err
		}
		if id == models.AllGalleries {
			return models.Errorf("enroll", models.Invalid, "%s stands for every gallery and can't be one", models.AllGalleries)
		}
		if seen[id] {
			return models.Errorf("enroll", models.Invalid, "a gallery is named twice")
		}
		seen[id] = true
	}
	return by.holds(ids)
}

// checkSample refuses a FACE sample without an image: a record that can never
// match would be a false enrolment. Other modalities are kept as they are.
func (s *Service) checkSample(sample models.Sample) error {
	if sample.Modality == "" || len(sample.Modality) > 32 {
		return models.Errorf("enroll", models.Invalid, "a sample's modality must have 1..32 bytes")
	}
	if sample.Ref != "" && s.Fetch == nil {
		return models.Errorf("enroll", models.Unfetched, "references are not fetched here")
	}
	if sample.Modality == models.Face && len(sample.Image) == 0 && sample.Ref == "" {
		return models.Errorf("enroll", models.EmptyImage, "a FACE sample needs an image")
	}
	if len(sample.Image) > s.Policy.MaxImageBytes {
		return tooLarge(len(sample.Image), s.Policy.MaxImageBytes)
	}
	return checkBlock(sample.Details)
}

func checkBlock(data []byte) error {
	if len(data) > MaxBlock {
		return models.Errorf("enroll", models.Invalid, "a block of data has %d bytes, at most %d are accepted", len(data), MaxBlock)
	}
	if data != nil && !json.Valid(data) {
		return models.Errorf("enroll", models.Invalid, "a block of data is not JSON")
	}
	return nil
}
