package osia

import (
	"context"
	"errors"
	"strings"

	"oblik/api"
	"oblik/models"
)

// Fault is an error as a client sees it.
type Fault struct {
	Code   int32
	Detail string // shown where the code's meaning allows
	cause  error  // logged for faults of the service, and see reason
}

// Error is the message of the wire: meaning, particulars, advice. What the
// particulars say already is not said again.
func (f *Fault) Error() string {
	m := meanings[f.Code]
	said := m.text
	if m.detail && f.Detail != "" {
		if said += ": " + f.Detail; strings.Contains(f.Detail, m.text) {
			said = f.Detail
		}
		if strings.Contains(f.Detail, m.next) {
			return said
		}
	}
	return said + "; " + m.next
}

// Unwrap gives the cause, which no client sees.
func (f *Fault) Unwrap() error { return f.cause }

// Status is the HTTP status.
func (f *Fault) Status() int { return int(f.Code / 100) }

// faultOf turns any error into what a client sees of it, once.
func faultOf(err error) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	kind := models.KindOf(err)
	if kind == models.Internal && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		kind = models.Deadline
	}
	code, ok := kindCodes[kind]
	if api.IsFilterFault(err) {
		code, ok = codeFilter, true
	}
	if !ok {
		code = codeInternal
	}
	return &Fault{Code: code, Detail: detail(err, kind), cause: err}
}

// detail is the text of the innermost error of this kind: nearest to what was
// found, and free of the names of our parts.
func detail(err error, kind models.Kind) string {
	text := ""
	for err != nil {
		var e *models.Error
		if !errors.As(err, &e) {
			break
		}
		if e.Kind == kind && e.Err != nil {
			text = e.Err.Error()
		}
		err = e.Err
	}
	return text[:min(len(text), 200)]
}
