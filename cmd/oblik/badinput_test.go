package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color/palette"
	"image/jpeg"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	mt "oblik/matcher/matchertest"
)

// Codes that a case may be answered with: 0 is a success.
var (
	accepted = []int{0}
	noFaces  = []int{40020}
	anyhow   = []int{0, 40012, 40013, 40014, 40015, 40016, 40020, 40022, 40023, 40024} // but nothing of the service
)

// badCase is a photograph of one of the rows of matchertest.
type badCase struct {
	row  int
	name string
	data []byte
	want []int
}

// exifOf is an EXIF segment of one directory: an orientation and a text; next
// is the offset of the directory after it.
func exifOf(orientation uint16, text string, next uint32) []byte {
	be := binary.BigEndian
	entry := func(tag, kind uint16, count, value uint32) []byte {
		b := be.AppendUint16(be.AppendUint16(nil, tag), kind)
		return be.AppendUint32(be.AppendUint32(b, count), value)
	}
	const behind = 8 + 2 + 2*12 + 4
	b := slices.Concat([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02"),
		entry(0x0112, 3, 1, uint32(orientation)<<16), entry(0x010E, 2, uint32(len(text)), behind),
		be.AppendUint32(nil, next), []byte(text))
	return mt.Segment(0xE1, string(b))
}

// turnedPhoto is the photograph as a camera held otherwise stores it.
func turnedPhoto(t testing.TB, upright image.Image, orientation int) []byte {
	t.Helper()
	w, h := upright.Bounds().Dx(), upright.Bounds().Dy()
	if orientation >= 5 {
		w, h = h, w
	}
	stored := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			at := map[int]image.Point{
				1: {X: x, Y: y}, 2: {X: w - 1 - x, Y: y}, 3: {X: w - 1 - x, Y: h - 1 - y}, 4: {X: x, Y: h - 1 - y},
				5: {X: y, Y: x}, 6: {X: h - 1 - y, Y: x}, 7: {X: h - 1 - y, Y: w - 1 - x}, 8: {X: y, Y: w - 1 - x},
			}[orientation]
			stored.Set(x, y, upright.At(at.X, at.Y))
		}
	}
	return mt.AfterSOI(jpegOf(t, stored), exifOf(uint16(orientation), "", 0))
}

// flipped changes n bytes of a file beyond its first ones.
func flipped(data []byte, r *rand.Rand, n int) []byte {
	data = slices.Clone(data)
	for range n {
		data[20+r.IntN(len(data)-20)] ^= byte(1 + r.UintN(255))
	}
	return data
}

// badCases are those of all rows: the hostile files of matchertest, and what is
// sound to the headers or nearly so.
func badCases(t testing.TB, seed uint64) []badCase {
	t.Helper()
	photo := photoFile(t, "obama2.jpg")
	var list []badCase
	add := func(row int, name string, data []byte, want []int) {
		list = append(list, badCase{row, name, data, want})
	}
	for _, h := range mt.Hostile() {
		want := []int{codes[h.Kind]}
		if len(h.Data) > 6<<20 {
			want = []int{41301}
		}
		add(h.Row, h.Name, h.Data, want)
	}
	r := rand.New(rand.NewPCG(seed, 5))
	for i := range 20 {
		add(5, fmt.Sprint("flipped ", i), flipped(photo, r, 40), anyhow)
		add(20, fmt.Sprint("lossless WebP, flipped ", i), flipped(mt.LosslessWebP(), r, 1+i%5), anyhow)
		add(20, fmt.Sprint("lossy WebP, flipped ", i), flipped(mt.LossyWebP(), r, 1+i%5), anyhow)
		add(19, fmt.Sprint("JP2, flipped ", i), flipped(mt.JP2(), r, 1+i%5), anyhow)
		add(15, fmt.Sprint("PNG, flipped ", i), flipped(mt.EncodePNG(mt.Gradient(64, 48)), r, 1+i%5), anyhow)
	}
	upright, err := jpeg.Decode(bytes.NewReader(photo))
	if err != nil {
		t.Fatal(err)
	}
	small := shrunk(upright, 4)
	for o := 1; o <= 8; o++ {
		add(11, fmt.Sprint("orientation ", o), turnedPhoto(t, small, o), accepted)
	}
	add(11, "orientation 9", mt.AfterSOI(photo, exifOf(9, "", 0)), accepted)
	add(11, "a directory that follows itself", mt.AfterSOI(photo, exifOf(1, "", 8)), accepted)
	add(11, "64 kB of maker's note", mt.AfterSOI(photo, exifOf(1, strings.Repeat("m", 65_000), 0)), accepted)
	add(12, "a name and a place", mt.AfterSOI(photo, exifOf(1, secretName, 0)), accepted)
	add(13, "1 MB of ICC profile", mt.AfterSOI(photo, bytes.Repeat(mt.Segment(0xE2, "ICC_PROFILE\x00"+strings.Repeat("p", 60_000)), 17)), accepted)
	add(13, "3 MB of comments", mt.AfterSOI(photo, bytes.Repeat(mt.Segment(0xFE, strings.Repeat("c", 65_533)), 50)), accepted)
	add(8, "40 scans", mt.ProgressiveJPEG(40), []int{40020, 40022})
	add(16, "of 1 bit", mt.EncodePNG(image.NewPaletted(image.Rect(0, 0, 40, 30), palette.Plan9[:2])), noFaces)
	add(16, "with a palette", mt.EncodePNG(image.NewPaletted(image.Rect(0, 0, 40, 30), palette.Plan9)), noFaces)
	add(16, "interlaced", mt.PNG(mt.IHDR(32, 32, 8, 0, 1), mt.Chunk("IDAT", mt.Deflated(32*32+60))), noFaces)
	add(17, "a text that inflates to 8 MB", mt.PNG(mt.IHDR(32, 32, 8, 0, 0), mt.Chunk("zTXt", "Comment\x00\x00"+mt.Deflated(8_000_000)),
		mt.Chunk("IDAT", mt.Deflated(32*33))), noFaces)
	add(19, "a sound one", mt.JP2(), noFaces)
	add(20, "a sound one", mt.LossyWebP(), noFaces)
	slices.SortStableFunc(list, func(a, b badCase) int { return a.row - b.row })
	return list
}

const secretName = "Mr. Secret of 1 Hidden Lane"

// shrunk takes one pixel of n x n.
func shrunk(im image.Image, n int) image.Image {
	b := im.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, b.Dx()/n, b.Dy()/n))
	for y := range b.Dy() / n {
		for x := range b.Dx() / n {
			small.Set(x, y, im.At(b.Min.X+n*x, b.Min.Y+n*y))
		}
	}
	return small
}

// rowOutcome is a line of the table.
type rowOutcome struct {
	cases, deaths, unanswered int
	codes                     map[int]int
	grown                     int // bytes at the highest
}

// Every row of bad input, with real workers: each case is answered, with a code
// that fits and twice the same; a worker's death is answered too; and the
// server's own memory stays. The table of outcomes is logged.
func TestRowsOfBadInput(t *testing.T) {
	const seed = 21
	s := startServer(t, t.TempDir(), nil, "--workers", "1")
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("a good photograph: %d", status)
	}
	large := slices.Concat(photoFile(t, "obama.jpg")[:2], bytes.Repeat(mt.Segment(0xFE, strings.Repeat("c", 65_000)), 80), photoFile(t, "obama.jpg")[2:])
	for range 3 { // the buffers of the largest photograph are there from now on
		if status := s.do("POST", "/v1/verify/ALL/p", probe(large), nil); status != 200 {
			t.Fatalf("a good probe: %d", status)
		}
	}
	s.peak(t)
	own := s.cmd.Process.Pid
	start := s.resident(t)[own] << 10
	table := map[int]*rowOutcome{}
	for _, c := range badCases(t, seed) {
		row := table[c.row]
		if row == nil {
			row = &rowOutcome{codes: map[int]int{}}
			table[c.row] = row
		}
		row.cases++
		var first [2]int
		for again := range 2 {
			workers, before := s.workers(t), s.resident(t)[own]<<10
			var f fault
			var v verified
			status := s.do("POST", "/v1/verify/ALL/p", probe(c.data), &f)
			if status == 200 && c.row == 11 {
				status = s.do("POST", "/v1/verify/ALL/p", probe(c.data), &v)
				if !v.Decision {
					t.Errorf("row %d, %s: another person", c.row, c.name)
				}
			}
			died := !slices.Equal(workers, s.workers(t))
			switch {
			case status == 0 || died && f.Code != 50310:
				row.unanswered++
				t.Errorf("row %d, %s: status %d, code %d, and a worker's death is %v", c.row, c.name, status, f.Code, died)
			case !slices.Contains(c.want, f.Code):
				t.Errorf("row %d, %s: code %d (%s), want one of %v", c.row, c.name, f.Code, f.Message, c.want)
			}
			if died {
				row.deaths++
			}
			if answer := [2]int{status, f.Code}; again == 0 {
				first = answer
				row.codes[f.Code]++
			} else if answer != first {
				t.Errorf("row %d, %s: %v, then %v", c.row, c.name, first, answer)
			}
			grown := s.peak(t) - before
			row.grown = max(row.grown, grown)
			if grown > shadow*(20<<20+6*len(c.data)) { // what a request holds, three times over
				t.Errorf("row %d, %s: the server grew by %d kB", c.row, c.name, grown>>10)
			}
		}
	}
	s.logTable(t, table)
	end := s.resident(t)[own] << 10
	t.Logf("the server's own memory: %d kB before, %d kB after", start>>10, end>>10)
	if end-start > shadow*20<<20 {
		t.Errorf("the server has grown by %d kB", (end-start)>>10)
	}
	s.stop()
	if strings.Contains(s.log.String(), secretName) {
		t.Error("a name is in the log")
	}
}

func (s *server) logTable(t *testing.T, table map[int]*rowOutcome) {
	t.Helper()
	t.Logf("%3s  %-52s %5s %6s %10s %8s  %s", "row", "", "cases", "deaths", "unanswered", "peak kB", "codes")
	for number := 1; number <= 21; number++ {
		row := table[number]
		if row == nil {
			t.Errorf("row %d (%s) has no case", number, mt.Rows[number])
			continue
		}
		var answers []string
		for _, code := range slices.Sorted(maps.Keys(row.codes)) {
			text := fmt.Sprint(code)
			if code == 0 {
				text = "accepted"
			}
			answers = append(answers, fmt.Sprintf("%s x %d", text, row.codes[code]))
		}
		t.Logf("%3d  %-52s %5d %6d %10d %8d  %s", number, mt.Rows[number], row.cases, row.deaths, row.unanswered, row.grown>>10, strings.Join(answers, ", "))
	}
}
