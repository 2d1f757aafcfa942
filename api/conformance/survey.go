package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
)

// survey finds which operations the service does not offer. Each is asked
// without the transactionId that it requires, so that nothing is done, about a
// record that exists, so that 404 can only mean the path.
func (b *bench) survey(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*b.Limit)
	defer cancel()
	known, err := b.exchange(ctx, ask("readGalleries"))
	if err != nil {
		return fmt.Errorf("conformance: no answer: %w", err)
	}
	if known.status == http.StatusUnauthorized {
		return fmt.Errorf("conformance: the token is refused: %v", known)
	}
	t := &trial{bench: b, ctx: ctx}
	t.gallery = t.id("g")
	defer t.cleanUp(context.WithoutCancel(ctx))
	person, visit := t.person(), t.id("e")
	record := ask("createEncounter", person, visit).body(t.visit(b.Photos.Mated1))
	for _, op := range operations {
		if _, err := b.exchange(ctx, record); err != nil { // again: a faulty service may have done what it should refuse
			return fmt.Errorf("conformance: %w", err)
		}
		if b.absent[op.id], err = b.lacks(ctx, op, t.gallery, person, visit); err != nil {
			return fmt.Errorf("conformance: %w", err)
		}
	}
	return nil
}

// lacks says whether an operation is not offered.
func (b *bench) lacks(ctx context.Context, op operation, gallery, person, visit string) (bool, error) {
	r := ask(op.id, idsFor(op, gallery, person, visit)...).withoutTransaction()
	if op.body != noBody {
		r = r.bytes([]byte("{}"))
	}
	a, err := b.exchange(ctx, r)
	if err != nil {
		return false, err
	}
	switch a.status {
	case http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return true, nil
	case http.StatusNotFound:
		if !slices.Contains([]string{"readTaskStatus", "redeliverTaskResult"}, op.id) {
			return true, nil
		}
		// No task exists: only what is said of a path that nobody has can tell.
		r.path = "/no-such" + r.path
		nowhere, err := b.exchange(ctx, r)
		return err == nil && len(a.text) > 0 && bytes.Equal(a.text, nowhere.text), err
	}
	return false, nil
}

// idsFor fills the path of an operation with one record's ids.
func idsFor(op operation, gallery, person, visit string) []string {
	var ids []string
	for _, name := range parameter.FindAllString(op.path, -1) {
		switch name {
		case "{galleryId}":
			ids = append(ids, gallery)
		case "{encounterId}":
			ids = append(ids, visit)
		case "{taskId}":
			ids = append(ids, gallery) // of no task
		default:
			ids = append(ids, person)
		}
	}
	return ids
}
