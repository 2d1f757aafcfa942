package matchertest

import (
	"encoding/base64"
	"slices"
	"strings"

	"oblik/models"
)

// HostileFile is a file that must be refused before a native decoder sees it.
type HostileFile struct {
	Row  int    // of [Rows]
	Name string // the case in a few words
	Data []byte
	Kind models.Kind // of the refusal by the header check
}

// Hostile builds one file for each known way of harming or fooling an image
// decoder that its headers show. Most are synthetic gradients made worse; none
// holds a face. They are built anew at each call, so a caller may change them.
func Hostile() []HostileFile {
	return slices.Concat(hostileAny(), hostileJPEG(), hostilePNG(), hostileWebP(), hostileJP2())
}

// hostileAny are the files that are no image of an accepted type.
func hostileAny() []HostileFile {
	files := slices.Concat(
		row(1, []sample{
			{"empty", nil, models.EmptyImage},
		}),
		row(2, []sample{
			{"one byte FF", []byte{0xFF}, models.TruncatedImage},
			{"JPEG magic alone", []byte("\xff\xd8\xff"), models.TruncatedImage},
			{"PNG magic alone", []byte(pngMagic), models.TruncatedImage},
			{"WebP magic alone", []byte("RIFF\x64\x00\x00\x00WEBP"), models.TruncatedImage},
			{"JP2 magic alone", []byte(jp2Magic), models.TruncatedImage},
		}),
		row(13, []sample{
			{"6 MB and a byte", slices.Concat(JPEG(), make([]byte, 6<<20+1-len(JPEG()))), models.LargeImage},
		}),
	)
	for name, head := range map[string]string{
		"text": "Dear registrar, please find enclosed", "HTML": "<!DOCTYPE html><html><img src=x></html>",
		"JSON": `{"biometricType":"FACE"}`, "TIFF little-endian": "II*\x00\x08\x00\x00\x00", "TIFF big-endian": "MM\x00*\x00\x00\x00\x08",
		"BMP": "BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00", "PPM": "P6\n16 16\n255\n",
		"HDR": "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 16 +X 16\n", "RAS": "\x59\xa6\x6a\x95\x00\x00\x00\x10",
		"GIF": "GIF89a\x10\x00\x10\x00\x00\x00\x00", "SVG": `<svg xmlns="http://www.w3.org/2000/svg"/>`,
		"PDF": "%PDF-1.7\n", "DICOM": strings.Repeat("\x00", 128) + "DICM",
		"HEIC": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "AVIF": "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif",
		"OpenEXR": "\x76\x2f\x31\x01\x02\x00\x00\x00", "ZIP": "PK\x03\x04\x14\x00\x00\x00", "WAV": "RIFF\x24\x00\x00\x00WAVEfmt ",
	} {
		number := 21
		if name == "text" || name == "HTML" || name == "JSON" {
			number = 3
		}
		files = append(files, HostileFile{number, name, []byte(head + strings.Repeat("\x00", 64)), models.UnknownImage})
	}
	slices.SortStableFunc(files[7:], func(a, b HostileFile) int { return strings.Compare(a.Name, b.Name) })
	return files
}

// patch gives a copy of b with the bytes at position at replaced.
func patch(b []byte, at int, with ...byte) []byte {
	b = slices.Clone(b)
	copy(b[at:], with)
	return b
}

// unbase64 decodes a constant of this package.
func unbase64(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err) // a constant
	}
	return b
}
