package osia

import (
	"strconv"

	"oblik/models"
)

type identifyRequest struct {
	probes     []models.Sample
	modalities []models.Modality // nil if the filter does not limit them
}

type verifyFromBioRequest struct{ first, second []models.Sample }

func (r *reader) identifyRequest() identifyRequest {
	var q identifyRequest
	encrypted := r.request(map[string]func(*reader){
		"filter":        func(r *reader) { q.modalities = r.filter() },
		"biometricData": func(r *reader) { q.probes = r.samples() },
	})
	r.readable(encrypted, q.probes)
	return q
}

// verifyFromIDRequest returns the probes.
func (r *reader) verifyFromIDRequest() []models.Sample {
	var probes []models.Sample
	encrypted := r.request(map[string]func(*reader){
		"biometricData": func(r *reader) { probes = r.samples() },
	})
	r.readable(encrypted, probes)
	return probes
}

func (r *reader) verifyFromBioRequest() verifyFromBioRequest {
	var q verifyFromBioRequest
	encrypted := r.request(map[string]func(*reader){
		"biometricData1": func(r *reader) { q.first = r.samples() },
		"biometricData2": func(r *reader) { q.second = r.samples() },
	})
	r.readable(encrypted, q.first)
	r.readable(encrypted, q.second)
	return q
}

// request reads an object of these members, all required, and OSIA's two
// protection blocks; it says whether there was an encryption block.
func (r *reader) request(members map[string]func(*reader)) (encrypted bool) {
	s := shape{members: map[string]func(*reader){"encryption": encryption, "integrity": integrity}}
	for key, check := range members {
		s.members[key] = check
		s.required = append(s.required, key)
	}
	return s.read(r)["encryption"]
}

// readable refuses encrypted probes: a request holds nothing else to encrypt.
func (r *reader) readable(encrypted bool, probes []models.Sample) {
	if encrypted && hasFace(probes) {
		r.failAs(codeEncrypted, "encryption")
	}
}

// filter reads a Filter. Only the limit on modalities is offered yet; any
// other key is refused, since to ignore it would widen the search.
func (r *reader) filter() []models.Modality {
	var all []models.Modality
	r.object(func(key string) {
		if key != "biometricType" {
			r.failAs(codeFilter, "only biometricType is offered")
			return
		}
		all = []models.Modality{}
		r.at(key, func() {
			r.array(len(biometricTypes), func(i int) {
				r.at(strconv.Itoa(i), func() { all = append(all, models.Modality(r.oneOf(biometricTypes))) })
			})
		})
	})
	return all
}
