package matchertest

import "oblik/models"

// Rows are the kinds of bad input that images are tested with, by number. A
// hostile file belongs to one; rows 5, 11 and 12, which are sound to their
// headers, are made by the tests that use them.
var Rows = map[int]string{
	1:  "nothing at all",
	2:  "a byte, or magic bytes alone",
	3:  "text, HTML, JSON",
	4:  "a JPEG cut off",
	5:  "a JPEG with 40 flipped bytes",
	6:  "a JPEG whose segments are unsound",
	7:  "a JPEG that claims to be huge",
	8:  "a JPEG of too many scans",
	9:  "a JPEG of another coding",
	10: "an image and something else in one file",
	11: "EXIF: orientations, nonsense, cycles, 64 kB",
	12: "names and places in EXIF",
	13: "huge profiles and comments",
	14: "a PNG that claims to be huge",
	15: "a PNG that is damaged, cut or a bomb",
	16: "a PNG of another variant",
	17: "a PNG whose text is a bomb",
	18: "a JPEG 2000 that costs too much",
	19: "a JPEG 2000 that is damaged or of another variant",
	20: "a WebP that is damaged or of another variant",
	21: "an image of another type",
	23: "an image of too few pixels",
}

// sample is a hostile file whose row is told beside it.
type sample struct {
	name string
	data []byte
	kind models.Kind
}

// row makes hostile files of samples.
func row(number int, samples []sample) []HostileFile {
	files := make([]HostileFile, len(samples))
	for i, s := range samples {
		files[i] = HostileFile{number, s.name, s.data, s.kind}
	}
	return files
}
