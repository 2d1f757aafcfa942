package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// survey finds which operations the service does not offer. Each is asked
// without the transactionId that it requires, so that nothing is done, about a
// record that exists, so that 404 can only mean the path. An error says why no
// check can be run: no service, or a token that it refuses or that lacks a scope.
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
	forbidden := map[string]bool{} // by operationId
	t := &trial{bench: b, ctx: ctx}
	t.gallery = t.id("g")
	defer t.cleanUp(context.WithoutCancel(ctx))
	person, visit := t.person(), t.id("e")
	record := ask("createEncounter", person, visit).body(t.visit(b.Photos.Mated1))
	for _, op := range operations {
		if _, err := b.exchange(ctx, record); err != nil { // again: a faulty service may have done what it should refuse
			return fmt.Errorf("conformance: a request to create an encounter was cut off (%w), and %s %s answered %d: is a service there?", err, known.op.method, known.op.path, known.status)
		}
		if b.absent[op.id], forbidden[op.id], err = b.lacks(ctx, op, t.gallery, person, visit); err != nil {
			return fmt.Errorf("conformance: %w", err)
		}
	}
	return b.usable(known, forbidden)
}

// usable is an error if nothing is offered, or if the token is forbidden all that
// is offered of a scope: each check would say so. known is the first answer.
func (b *bench) usable(known answer, forbidden map[string]bool) error {
	offered, admitted := map[string]bool{}, map[string]bool{} // by scope
	for _, op := range operations {
		if !b.absent[op.id] {
			offered[op.scope] = true
			admitted[op.scope] = admitted[op.scope] || !forbidden[op.id]
		}
	}
	if len(offered) == 0 {
		return fmt.Errorf("conformance: no operation is offered at %s, which is given without /v1: %s %s answered %d", b.URL, known.op.method, known.op.path, known.status)
	}
	var lacking []string
	for _, scope := range Scopes() {
		if offered[scope] && !admitted[scope] {
			lacking = append(lacking, scope)
		}
	}
	if len(lacking) > 0 {
		return fmt.Errorf("conformance: the token lacks %s: what these are for is answered 403", strings.Join(lacking, ", "))
	}
	return nil
}

// lacks says whether an operation is not offered, or offered and forbidden to
// the token.
func (b *bench) lacks(ctx context.Context, op operation, gallery, person, visit string) (absent, forbidden bool, err error) {
	r := ask(op.id, idsFor(op, gallery, person, visit)...).withoutTransaction()
	if op.body != noBody {
		r = r.bytes([]byte("{}"))
	}
	a, err := b.exchange(ctx, r)
	if err != nil {
		return false, false, err
	}
	switch a.status {
	case http.StatusForbidden:
		return false, true, nil
	case http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return true, false, nil
	case http.StatusNotFound:
		if !slices.Contains([]string{"readTaskStatus", "redeliverTaskResult"}, op.id) {
			return true, false, nil
		}
		// No task exists: only what is said of a path that nobody has can tell.
		r.path = "/no-such" + r.path
		nowhere, err := b.exchange(ctx, r)
		return err == nil && len(a.text) > 0 && bytes.Equal(a.text, nowhere.text), false, err
	}
	return false, false, nil
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
