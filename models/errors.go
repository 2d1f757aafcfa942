package models

import (
	"errors"
	"fmt"
)

// Kind says what went wrong in terms a caller can act on. Each kind has its
// own numeric code on the wire (api/osia) and its own plain words in the CLI.
type Kind int

// The kinds. Refused, failed, no face and several faces are different answers:
// a kiosk tells "take the photograph again" from "not the same person".
const (
	Internal       Kind = iota // a fault of the service; the cause is logged, not shown
	Invalid                    // the request itself is wrong
	NotFound                   // no such person, encounter or gallery
	Conflict                   // the id exists already
	EmptyImage                 // an image of zero bytes
	UnknownImage               // neither JPEG, PNG, WebP nor JPEG 2000, by its magic bytes
	DamagedImage               // the headers or the coded data are not sound
	TruncatedImage             // the end is missing
	LargeImage                 // too many bytes or pixels, or too long a side
	SmallImage                 // a side is too short
	EncodingImage              // a sound file in a variant that is not accepted (CMYK, 12 bit, ...)
	NoFace                     // no face was found
	SeveralFaces               // several comparable faces, where one is needed
	SmallFace                  // the face has too few pixels between the eyes
	NotUpright                 // the photograph lies on its side or on its head
	PoorFace                   // a face too blurred, turned, covered or cut off to be told apart from others
	Mismatch                   // templates of different formats can't be compared
	Crashed                    // the extraction of this image, or the work on this task, ended its process
	Deadline                   // the time allowed was over
	Unavailable                // a part of the service is not there now; try again later
	Integrity                  // stored bytes are not those that were written
	BannedImage                // this very file ended several workers; it is not read again
	Reused                     // the idempotency key was used with another request
	InProgress                 // a request of this idempotency key is being worked on
	Uncertain                  // whether the change was made is not known; asking again tells
	Forbidden                  // the operator's policy does not allow it to this client
	Delayed                    // too many verifications of this person failed; again after a while
	Locked                     // as Delayed, until the operator unlocks the person
	Cancelled                  // the person was erased before the request was worked on
	Unfetched                  // a photograph given by reference can't be had
)

var kindNames = [...]string{"internal", "invalid", "not found", "conflict", "empty image",
	"unknown image type", "damaged image", "truncated image", "image too large", "image too small",
	"image encoding not accepted", "no face", "several faces", "face too small",
	"photograph not upright", "face not usable", "format mismatch",
	"extraction crashed", "deadline", "unavailable", "integrity",
	"image refused", "idempotency key reused", "in progress", "outcome not known",
	"not allowed", "too many failures", "locked", "cancelled", "photograph not fetched"}

// String is the kind in plain words.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", int(k))
	}
	return kindNames[k]
}

// Error is every error that crosses a package's border: what was being done,
// what kind of fault it is, and why. Neither text may hold an image, a
// template, a name or a biographic field.
type Error struct {
	Op   string // the operation, e.g. "header" or "storage/local.Create"
	Kind Kind
	Err  error // the cause; may be nil
}

// Errorf makes an [Error] with a formatted cause; %w wraps.
func Errorf(op string, kind Kind, format string, args ...any) error {
	return &Error{Op: op, Kind: kind, Err: fmt.Errorf(format, args...)}
}

// Error is "op: kind: cause".
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Op + ": " + e.Kind.String()
	}
	return e.Op + ": " + e.Kind.String() + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the outermost [Error] in err's chain, and [Internal]
// if there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
