package header_test

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"oblik/matcher/header"
	"oblik/matcher/matchertest"
	"oblik/models"
)

// TestHostile refuses every hostile file for the right reason.
func TestHostile(t *testing.T) {
	for _, f := range matchertest.Hostile() {
		t.Run(f.Name, func(t *testing.T) {
			info, err := header.Check(f.Data, header.DefaultLimits())
			if err == nil || models.KindOf(err) != f.Kind || info != (header.Info{}) {
				t.Fatalf("got %+v, %v; want kind %q", info, err, f.Kind)
			}
		})
	}
}

// TestAccepted reads each variant that is documented as accepted.
func TestAccepted(t *testing.T) {
	for _, f := range accepted() {
		t.Run(f.name, func(t *testing.T) {
			info, err := header.Check(f.data, header.DefaultLimits())
			if err != nil || info != f.want {
				t.Errorf("got %+v, %v; want %+v", info, err, f.want)
			}
		})
	}
}

// TestEveryCut refuses every beginning of an accepted file.
func TestEveryCut(t *testing.T) {
	for _, f := range accepted() {
		if len(f.data) > 8<<10 || f.padded {
			continue
		}
		for n := range len(f.data) {
			if info, err := header.Check(f.data[:n], header.DefaultLimits()); err == nil {
				t.Errorf("%s cut to %d of %d bytes: accepted as %+v", f.name, n, len(f.data), info)
			}
		}
	}
}

// TestFlipped gives one answer for one file, however damaged.
func TestFlipped(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, f := range accepted() {
		if len(f.data) > 8<<10 {
			continue
		}
		for range 200 {
			data := slices.Clone(f.data)
			for range 40 {
				data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
			}
			first, err := header.Check(data, header.DefaultLimits())
			again, errAgain := header.Check(data, header.DefaultLimits())
			if first != again || models.KindOf(err) != models.KindOf(errAgain) {
				t.Errorf("%s: %+v, %v, then %+v, %v", f.name, first, err, again, errAgain)
			}
		}
	}
}

// TestLimits holds each limit exactly.
func TestLimits(t *testing.T) {
	data := matchertest.LossyWebP() // 64x48
	exact := header.Limits{MaxBytes: len(data), MinSide: 48, MaxSide: 64, MaxPixels: 64 * 48,
		MaxPixelsPerByte: 64*48/int64(len(data)) + 1}
	for name, c := range map[string]struct {
		change func(*header.Limits)
		kind   models.Kind
	}{
		"exact":           {func(*header.Limits) {}, models.Internal},
		"bytes":           {func(l *header.Limits) { l.MaxBytes-- }, models.LargeImage},
		"short side":      {func(l *header.Limits) { l.MinSide++ }, models.SmallImage},
		"long side":       {func(l *header.Limits) { l.MaxSide-- }, models.LargeImage},
		"pixels":          {func(l *header.Limits) { l.MaxPixels-- }, models.LargeImage},
		"pixels per byte": {func(l *header.Limits) { l.MaxPixelsPerByte-- }, models.LargeImage},
		"zero":            {func(l *header.Limits) { *l = header.Limits{} }, models.LargeImage},
	} {
		l := exact
		c.change(&l)
		if _, err := header.Check(data, l); models.KindOf(err) != c.kind {
			t.Errorf("%s: %v; want %v", name, err, c.kind)
		}
	}
}

// TestMemory allocates next to nothing, whatever a file claims.
func TestMemory(t *testing.T) {
	jp2, webp := matchertest.JP2(), matchertest.LosslessWebP()
	files := [][]byte{ // very many parts
		slices.Concat(jp2[:0x4D], bytes.Repeat(matchertest.Box("free", ""), 1<<18), jp2[0x4D:]),
		matchertest.RIFF(webp[12:], bytes.Repeat(matchertest.RIFFChunk("JUNK", ""), 1<<18)),
		matchertest.PNG(matchertest.IHDR(32, 32, 8, 0, 0), bytes.Repeat(matchertest.Chunk("tEXt", ""), 1<<18)),
		matchertest.AfterSOI(matchertest.JPEG(), bytes.Repeat(matchertest.Segment(0xFE, ""), 1<<18)),
	}
	for _, f := range matchertest.Hostile() {
		files = append(files, f.Data)
	}
	for _, f := range accepted() {
		files = append(files, f.data)
	}
	var before, after runtime.MemStats
	for _, data := range files {
		runtime.ReadMemStats(&before)
		_, err := header.Check(data, header.DefaultLimits())
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 4<<10 {
			t.Errorf("%d bytes allocated for a file of %d: %v", n, len(data), err)
		}
	}
}

// TestFormat names the formats.
func TestFormat(t *testing.T) {
	for f, want := range map[header.Format]string{
		header.JPEG: "JPEG image/jpeg", header.PNG: "PNG image/png", header.WebP: "WebP image/webp",
		header.JPEG2000: "JPEG 2000 image/jp2", 0: "format 0 application/octet-stream",
	} {
		if got := f.String() + " " + f.MIME(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
