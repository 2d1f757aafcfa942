package matcher

import (
	"time"

	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/models"
)

// Image is a decoded photograph, its EXIF orientation applied. The pixels may
// lie in native memory that the decoder uses again: they are valid until Close,
// the decoder's next Decode or its own end, whichever is first.
type Image struct {
	Width, Height int    // of the pixels here
	Shrink        int    // 1, 2, 4 or 8: the photograph's sides are so many times these, which are rounded up
	BGR           []byte // 3*Width*Height bytes, row by row, no padding
	Free          func() // nil if there is nothing to free
}

// Close frees the pixels.
func (im *Image) Close() {
	if im.Free != nil {
		im.Free()
		im.Free, im.BGR = nil, nil
	}
}

// The stages an engine implements. None is safe for concurrent use.
type (
	// Decoder reads an image whose headers have been checked, at a part of its
	// size: shrink is 1, or 2, 4 or 8 for a JPEG. It turns the image as
	// info.Orientation says. Decode ends the use of the image it gave before,
	// whose Close does nothing from then on.
	Decoder interface {
		Decode(data []byte, info header.Info, shrink int) (*Image, error)
	}
	// Detector finds faces, strongest first; none is no error. It looks at the
	// image turned clockwise by a number of quarter turns, 0..3, and answers in
	// the coordinates of the turned image.
	Detector interface {
		Detect(im *Image, turns int) ([]models.FaceBox, error)
	}
	// Aligner warps the image to the crop: 3*CropSide*CropSide bytes, BGR.
	Aligner interface {
		Align(im *Image, m face.Affine) ([]byte, error)
	}
	// Embedder gives the recogniser's vector of a crop, of any length but zero.
	Embedder interface {
		Embed(crop []byte) ([]float32, error)
	}
)

// Network is one net as an engine runs it, on pictures of the one size it was
// loaded for. It is not safe for concurrent use.
type Network interface {
	// Run looks at a picture of 3*side*side bytes, BGR, row by row, and gives
	// the outputs asked for when it was loaded, in that order. They are valid
	// until the next Run or Close.
	Run(bgr []byte) ([][]float32, error)
	// Close frees it; a second call does nothing.
	Close()
}

// Stages are an engine's stages and the format its embedder makes.
type Stages struct {
	Decoder
	Detector
	Aligner
	Embedder
	Engine string // what runs the networks, in words: "OpenCV 4.6.0"
	Format models.Format
	// MinLength is the least length of the embedder's vector: shorter ones are
	// of faces it can't tell apart. 0 for no bound.
	MinLength float64
	Close     func() // frees the networks; a second call does nothing
}

// Engine says in words what runs the networks.
func (p *Pipeline) Engine() string { return p.stages.Engine }

// Stage names a step of the recipe in a [Trace].
type Stage string

// The steps that take time.
const (
	StageDecode   Stage = "decode" // the header check included
	StageDetect   Stage = "detect"
	StageRedecode Stage = "redecode" // only of a small face in a large photograph
	StageAlign    Stage = "align"
	StageEmbed    Stage = "embed"
)

// Trace is told how long each stage took; it costs nothing when nil.
type Trace func(stage Stage, took time.Duration)
