package api

import (
	"context"
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
	return build(Parts{Extractor: x, Comparer: c, Policy: p}), nil
}

// NewErasure makes a service for [Service.Erase], [Service.ErasePerson],
// [Service.Look] and [Service.Tidy] alone: it needs neither networks nor a loaded index, so that what was
// damaged can be erased too.
func NewErasure(e storage.Encounters, i storage.Images, o storage.Outbox, a storage.Acts,
	pingRecords, pingImages func(context.Context) error, log *slog.Logger) *Service {
	s := build(Parts{Encounters: e, Images: i, Outbox: o, Acts: a, PingRecords: pingRecords, PingImages: pingImages,
		Log: log, Index: noIndex{}})
	s.loaded.Store(true) // what it holds of everybody, nothing, is up to date
	return s
}

// noIndex is an index that nobody searches: it keeps nothing.
type noIndex struct{ matcher.Index }

func (noIndex) Put(...models.Entry) error                      { return nil }
func (noIndex) Remove(...models.EncounterKey) error            { return nil }
func (noIndex) Replace(models.PersonID, ...models.Entry) error { return nil }
func (noIndex) Reset()                                         {}
