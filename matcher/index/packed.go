package index

import (
	"oblik/matcher"
	"oblik/matcher/quant"
	"oblik/models"
)

// packed is a template as a row holds it.
type packed struct {
	class     quant.Class
	codes     []int8
	low, high []byte
}

// change is an entry that is ready to be put.
type change struct {
	entry     models.Entry
	templates []packed // none if the entry is not ACTIVE
	set       *set     // held for it by [Index.reserve]
}

// prepare checks and packs all templates before anything changes. Those of
// another format, left from earlier weights, are passed over: they can't be
// searched.
func (x *Index) prepare(list []models.Entry) ([]change, error) {
	changes := make([]change, len(list))
	for i, e := range list {
		changes[i].entry = e
		for _, t := range e.Templates {
			if t.Format != x.format {
				continue
			}
			halves, err := matcher.Halves(t)
			if err != nil {
				return nil, err
			}
			if e.Status == models.Active {
				changes[i].templates = append(changes[i].templates, pack(halves))
			}
		}
	}
	return changes, nil
}

func pack(halves []uint16) packed {
	t := packed{codes: make([]int8, len(halves)), low: make([]byte, len(halves))}
	t.class, t.high = quant.Pack(halves, t.codes, t.low, nil)
	return t
}
