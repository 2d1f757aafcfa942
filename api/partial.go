package api

import (
	"log/slog"

	"oblik/matcher"
	"oblik/models"
	"oblik/storage"
)

// NewComparison makes a service that has nothing on record and keeps nothing:
// only [Service.VerifyImages] may be called.
func NewComparison(x matcher.Extractor, c matcher.Comparer, p Policy) (*Service, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &Service{Parts: Parts{Extractor: x, Comparer: c, Policy: p, Log: slog.Default()}}, nil
}

// NewErasure makes a service for [Service.Erase] and [Service.ErasePerson]
// alone: it needs neither networks nor an index, so that what was damaged can
// be erased too.
func NewErasure(e storage.Encounters, i storage.Images, o storage.Outbox, log *slog.Logger) *Service {
	return &Service{Parts: Parts{Encounters: e, Images: i, Outbox: o, Log: log, Index: matcher.NewFlat(models.Format{}, nil)}}
}
