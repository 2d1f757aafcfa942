package osia

import (
	"bytes"
	"strconv"

	"oblik/api"
	"oblik/models"
)

// encounterBody is the body of a create. Its encounterId, which OSIA requires
// and calls read-only at once, is optional here.
type encounterBody struct {
	models.Encounter
	id      models.EncounterID // as the body has it
	idGiven bool
}

// encounter reads an Encounter. Dates are checked and dropped: they are the
// service's own.
func (r *reader) encounter() encounterBody {
	var e encounterBody
	var scope string
	var samples []sampleBody
	var protection bytes.Buffer
	keep := func(key string, f func(*reader)) func(*reader) {
		return func(r *reader) {
			protection.WriteString(`,"` + key + `":`)
			protection.Write(r.raw(f))
		}
	}
	seen := shape{
		members: map[string]func(*reader){
			"encounterId":    func(r *reader) { e.id, e.idGiven = models.EncounterID(r.text(models.MaxIDLength)), true },
			"status":         func(r *reader) { e.Status = models.Status(r.oneOf([]string{"ACTIVE", "INACTIVE"})) },
			"encounterType":  func(r *reader) { e.Type = r.text(api.MaxTypeLength) },
			"createdDate":    date,
			"updatedDate":    date,
			"galleries":      func(r *reader) { e.Galleries = r.galleries() },
			"clientData":     func(r *reader) { e.ClientData = r.bytes(api.MaxBlock) },
			"contextualData": func(r *reader) { e.Contextual = r.free(api.MaxBlock) },
			"biographicData": func(r *reader) { e.Biographic = r.free(api.MaxBlock) },
			"biometricData":  func(r *reader) { samples = r.samples() },
			"encryption":     keep("encryption", func(r *reader) { scope = r.encryption() }),
			"integrity":      keep("integrity", integrity),
		},
		required: []string{"status", "encounterType", "galleries", "biometricData"},
	}.read(r)
	if seen["encryption"] && hidesImages(scope) {
		for i := range samples {
			samples[i].Sealed = true
		}
	}
	e.Samples = r.images("biometricData", samples)
	if r.err == nil && protection.Len() > 0 {
		protection.Bytes()[0] = '{'
		e.Protection = append(protection.Bytes(), '}')
	}
	return e
}

func (r *reader) galleries() []models.GalleryID {
	all := []models.GalleryID{}
	r.array(api.MaxGalleries, func(i int) {
		r.at(strconv.Itoa(i), func() { all = append(all, models.GalleryID(r.text(models.MaxIDLength))) })
	})
	return all
}
