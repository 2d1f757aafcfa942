package osia

import (
	"encoding/json"

	"oblik/api"
	"oblik/models"
)

// computedData is OSIA's BiometricComputedData: the one place where templates
// leave the service.
type computedData struct {
	BiometricType    models.Modality `json:"biometricType"`
	BiometricSubType string          `json:"biometricSubType,omitempty"`
	Instance         string          `json:"instance,omitempty"`
	Template         []byte          `json:"template,omitempty"`
	TemplateFormat   string          `json:"templateFormat,omitempty"`
	Quality          *int64          `json:"quality,omitempty"`
	QualityFormat    string          `json:"qualityFormat,omitempty"`
	Algorithm        string          `json:"algorithm,omitempty"`
	Vendor           string          `json:"vendor,omitempty"`
}

// formatPrefix begins the name of our template format; the weights' id follows.
// OSIA names formats of fingers only and lets a vendor name others.
const formatPrefix = "OBLIK_"

// computedOf are the templates that were asked for, the service's own and those
// a client supplied. Samples without one are left out; if no sample is of the
// kind asked for, the biometrics are unknown.
func computedOf(all []api.Computed, w wanted) (answer, error) {
	found, known := []computedData{}, w.modality == "" && w.subType == "" && w.instance == ""
	for _, c := range all {
		d := computedData{}
		if len(c.Details) > 0 {
			if err := json.Unmarshal(c.Details, &d); err != nil {
				return answer{}, models.Errorf("templates", models.Integrity, "the details of a sample: %w", err)
			}
		}
		d.BiometricType = c.Modality
		if !w.sample(d) {
			continue
		}
		known = true
		if c.Template != nil {
			found = w.add(found, computedData{
				BiometricType: c.Modality, BiometricSubType: d.BiometricSubType, Instance: d.Instance, Template: c.Template.Data,
				TemplateFormat: formatPrefix + c.Template.Format.Weights, Algorithm: c.Template.Format.Weights, Vendor: "Oblik",
			})
		}
		if d.Template != nil {
			found = w.add(found, d)
		}
	}
	if !known {
		return answer{}, models.Errorf("templates", models.NotFound, "unknown record or biometrics")
	}
	return marshal(found)
}

func (w wanted) sample(d computedData) bool {
	return (w.modality == "" || w.modality == string(d.BiometricType)) &&
		(w.subType == "" || w.subType == d.BiometricSubType) && (w.instance == "" || w.instance == d.Instance)
}

func (w wanted) add(all []computedData, d computedData) []computedData {
	if w.format != "" && w.format != d.TemplateFormat || w.quality != "" && w.quality != d.QualityFormat {
		return all
	}
	return append(all, d)
}
