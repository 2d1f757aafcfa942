package matcher

import (
	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/models"
)

// photo is a photograph on its way through the recipe: decoded at a part of
// its size, while everything told about it is in pixels of the whole.
type photo struct {
	data          []byte
	info          header.Info
	width, height int // of the whole, upright, in pixels
	image         *Image
	frame         face.Frame // where the image lies on the whole
}

// Close frees the pixels.
func (ph *photo) Close() {
	if ph.image != nil {
		ph.image.Close()
		ph.image = nil
	}
}

// open checks the photograph's headers and decodes it for the detector.
func (p *Pipeline) open(data []byte) (*photo, error) {
	defer p.time(StageDecode)()
	info, err := header.Check(data, p.params.Limits)
	if err != nil {
		return nil, err
	}
	ph := &photo{data: data, info: info}
	ph.width, ph.height = face.Upright(info.Width, info.Height, info.Orientation)
	return ph, p.decode(ph, p.params.shrinkToDetect(info))
}

// sharpen decodes a photograph again, less shrunk, if the face in it has too
// few pixels to be aligned. The detector has nothing to gain by it: what it
// looks at is LongSide pixels long.
func (p *Pipeline) sharpen(ph *photo, f models.FaceBox) error {
	shrink := p.params.shrinkToAlign(face.InterEye(f))
	if shrink >= ph.image.Shrink {
		return nil
	}
	defer p.time(StageRedecode)()
	return p.decode(ph, shrink)
}

// decode replaces the photograph's pixels.
func (p *Pipeline) decode(ph *photo, shrink int) error {
	ph.Close()
	im, err := p.stages.Decode(ph.data, ph.info, shrink)
	if err != nil {
		return err
	}
	if im.Width != face.Shrunk(ph.width, shrink) || im.Height != face.Shrunk(ph.height, shrink) {
		im.Close()
		return models.Errorf("decode", models.DamagedImage, "the image has other dimensions than its header says")
	}
	ph.image, ph.frame = im, face.FrameOf(ph.info.Width, ph.info.Height, ph.info.Orientation, shrink)
	return nil
}

// shrinks are the parts of its size, as divisors of its sides, that a JPEG's
// codec can decode it at.
var shrinks = [...]int{8, 4, 2}

// shrinkToDetect is the strongest that leaves what the detector needs.
func (p Params) shrinkToDetect(info header.Info) int {
	if info.Format != header.JPEG || p.FullDecode {
		return 1
	}
	for _, s := range shrinks {
		if float64(face.Shrunk(max(info.Width, info.Height), s)) >= p.DetectSide*float64(p.LongSide) {
			return s
		}
	}
	return 1
}

// shrinkToAlign is the strongest that leaves what alignment needs of a face
// with so many pixels between its eyes.
func (p Params) shrinkToAlign(eyes float64) int {
	for _, s := range shrinks {
		if eyes >= float64(s)*p.AlignInterEye {
			return s
		}
	}
	return 1
}
