package osia

import (
	"encoding/json"

	"oblik/api"
	"oblik/models"
)

// identifyRequest is the body of identify.
type identifyRequest struct {
	probes []models.Sample
	filter api.Filter
}

// verifyFromBioRequest is the body of verifyFromBio.
type verifyFromBioRequest struct{ first, second []models.Sample }

func (r *reader) identifyRequest() identifyRequest {
	var q identifyRequest
	probes := r.request(map[string]func(*reader){"filter": func(r *reader) { q.filter = r.filter() }}, "biometricData")
	q.probes = probes[0]
	return q
}

// verifyFromIDRequest returns the probes.
func (r *reader) verifyFromIDRequest() []models.Sample { return r.request(nil, "biometricData")[0] }

func (r *reader) verifyFromBioRequest() verifyFromBioRequest {
	sets := r.request(nil, "biometricData1", "biometricData2")
	return verifyFromBioRequest{sets[0], sets[1]}
}

// request reads an object of these members, sets of BiometricData under these
// keys, all required, and OSIA's two protection blocks. An encrypted face is
// refused: it can't be compared, and a request holds nothing else to encrypt.
func (r *reader) request(members map[string]func(*reader), keys ...string) [][]models.Sample {
	s := shape{members: map[string]func(*reader){"encryption": encryption, "integrity": integrity}, required: keys}
	for key, check := range members {
		s.members[key] = check
		s.required = append(s.required, key)
	}
	bodies := make([][]sampleBody, len(keys))
	for i, key := range keys {
		s.members[key] = func(r *reader) { bodies[i] = r.samples() }
	}
	encrypted := s.read(r)["encryption"]
	samples := make([][]models.Sample, len(keys))
	for i, key := range keys {
		for _, b := range bodies[i] {
			if b.Modality == models.Face && (encrypted || b.Sealed) {
				r.failAs(codeEncrypted, "encryption")
			}
		}
		samples[i] = r.images(key, bodies[i])
	}
	return samples
}

// maxFilter bounds each value of a filter, in bytes of JSON.
const maxFilter = 4 << 10

// filter reads a Filter; what its members mean is the service's business.
func (r *reader) filter() api.Filter {
	f := api.Filter{}
	r.object(func(key string) {
		r.at("filter", func() { f[key] = json.RawMessage(r.free(maxFilter)) })
	})
	return f
}
