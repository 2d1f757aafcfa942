package header

import (
	"fmt"

	"oblik/models"
)

// Format is a type of image file.
type Format int

// The accepted formats; the zero Format is none of them.
const (
	JPEG Format = iota + 1
	PNG
	WebP
	JPEG2000
)

// String is the format's name as a person writes it.
func (f Format) String() string {
	switch f {
	case JPEG:
		return "JPEG"
	case PNG:
		return "PNG"
	case WebP:
		return "WebP"
	case JPEG2000:
		return "JPEG 2000"
	}
	return fmt.Sprintf("format %d", int(f))
}

// MIME is the format's media type, and application/octet-stream for none.
func (f Format) MIME() string {
	switch f {
	case JPEG:
		return "image/jpeg"
	case PNG:
		return "image/png"
	case WebP:
		return "image/webp"
	case JPEG2000:
		return "image/jp2"
	}
	return "application/octet-stream"
}

// Info is what the headers of an accepted file say.
type Info struct {
	Format Format
	// Width and Height are the header's, in pixels; the decoded image's are
	// swapped when Orientation is 5 to 8.
	Width, Height int
	Components    int // colour components: 1 or 3; 3 for a palette
	BitDepth      int // bits a sample, or a palette index: 1, 2, 4 or 8
	// Orientation is EXIF's, 1 to 8; 1 when absent or bad, and of every JPEG
	// 2000. Whoever decodes the image has to apply it: the decoder's own reading
	// is turned off.
	Orientation int
}

const op = "header"

// Check says what data's headers tell, or why it must not meet a decoder: a
// [models.Error] of kind EmptyImage, UnknownImage, DamagedImage,
// TruncatedImage, LargeImage, SmallImage or EncodingImage whose text is for the
// person who sent it. It keeps no reference to data.
func Check(data []byte, l Limits) (Info, error) {
	if len(data) == 0 {
		return Info{}, models.Errorf(op, models.EmptyImage, "the image has no bytes")
	}
	if len(data) > l.MaxBytes {
		return Info{}, models.Errorf(op, models.LargeImage, "%d bytes; at most %d are accepted", len(data), l.MaxBytes)
	}
	check, err := sniff(data)
	if err != nil {
		return Info{}, err
	}
	info, err := check(data, l)
	if err != nil {
		return Info{}, err
	}
	return info, nil
}

// checker is the check of one format; sniff has seen its magic in data.
type checker func(data []byte, l Limits) (Info, error)

// magics are the accepted formats' first bytes; a '?' stands for any byte.
var magics = [...]struct {
	bytes string
	check checker
}{
	{"\xff\xd8\xff", checkJPEG},
	{"\x89PNG\r\n\x1a\n", checkPNG},
	{"RIFF????WEBP", checkWebP},
	{"\x00\x00\x00\x0cjP  \r\n\x87\n", checkJP2},
	{"\xff\x4f\xff\x51", refuseRawJ2K},
}

// sniff finds the format by its first bytes. A file that ends within a magic
// is a truncated one, not one of an unknown type.
func sniff(data []byte) (checker, error) {
	short := false
	for i := range magics {
		if m := &magics[i]; hasMagic(data, m.bytes) {
			if len(data) >= len(m.bytes) {
				return m.check, nil
			}
			short = true
		}
	}
	if short {
		return nil, models.Errorf(op, models.TruncatedImage, "the file ends after %d bytes", len(data))
	}
	return nil, models.Errorf(op, models.UnknownImage, "the file is not a JPEG, PNG, WebP or JPEG 2000 image")
}

// hasMagic compares as many bytes of the magic as data has.
func hasMagic(data []byte, magic string) bool {
	for i := 0; i < len(magic) && i < len(data); i++ {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

// damaged, truncated and encoding make the commonest errors; each text begins
// with the format's name.
func damaged(f Format, format string, args ...any) error {
	return models.Errorf(op, models.DamagedImage, "a %s %s", f, fmt.Sprintf(format, args...))
}

func truncated(f Format) error {
	return models.Errorf(op, models.TruncatedImage, "a %s whose end is missing", f)
}

func encoding(f Format, format string, args ...any) error {
	return models.Errorf(op, models.EncodingImage, "a %s %s", f, fmt.Sprintf(format, args...))
}
