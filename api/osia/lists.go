package osia

import (
	"bytes"
	"encoding/csv"

	"oblik/models"
)

// mimeCSV is what readGalleryContent also answers, when it is asked for.
const mimeCSV = "text/csv"

// personIDs names a record.
type personIDs struct {
	PersonID    models.PersonID    `json:"personId"`
	EncounterID models.EncounterID `json:"encounterId"`
}

func personIDsOf(keys []models.EncounterKey) (answer, error) {
	all := make([]personIDs, len(keys))
	for i, k := range keys {
		all[i] = personIDs{k.Person, k.Encounter}
	}
	return marshal(all)
}

// csvOf has the standard's heading, by the letter.
func csvOf(keys []models.EncounterKey) (answer, error) {
	b := bytes.NewBufferString("PersonId, encounterId\n")
	w := csv.NewWriter(b)
	for _, k := range keys {
		if err := w.Write([]string{string(k.Person), string(k.Encounter)}); err != nil {
			return answer{}, err
		}
	}
	w.Flush()
	return answer{mime: mimeCSV, body: b.Bytes()}, w.Error()
}
