package main

import "oblik/models"

// fate is what became of an item.
type fate string

// The fates. Refused is the photograph's or the register's fault, failed is
// ours: trying again may help.
const (
	enrolled fate = "enrolled"
	already  fate = "already" // on record, as --resume expects
	refused  fate = "refused"
	failed   fate = "failed"
	skipped  fate = "skipped" // no photograph by its name
)

// result is a fate with what a person needs to know of it.
type result struct {
	fate   fate
	reason string // to count by, such as "several faces"; empty if all is well
	detail string // the reason in full
	next   string // what to do about it
}

// resultOf says what an error means for an item.
func resultOf(err error) result {
	kind := models.KindOf(err)
	r := result{fate: refused, reason: kind.String(), detail: cause(err)}
	switch kind {
	case models.Invalid, models.NotFound:
		r.next = "correct the register"
	case models.Conflict:
		r.next = "give another encounter id; or use --resume, if it is on record from an earlier run"
	case models.EmptyImage, models.UnknownImage, models.DamagedImage, models.TruncatedImage, models.EncodingImage:
		r.next = "bring the file again as JPEG, PNG, WebP or JPEG 2000, or take the photograph again"
	case models.LargeImage:
		r.next = "make the file smaller"
	case models.NotUpright:
		r.next = "turn the photograph"
	case models.SeveralFaces:
		r.next = "take or cut the photograph so that it shows one person"
	case models.NoFace, models.SmallFace, models.SmallImage, models.PoorFace:
		r.next = "take the photograph again"
	case models.BannedImage:
		r.next = "have the file looked at: it ended the processes that read it"
	case models.Crashed:
		r.fate, r.next = failed, "try again with --resume; if it fails again, have the file looked at"
	default:
		r.fate, r.next = failed, "try again with --resume"
	}
	return r
}
