package main

import (
	"context"
	"fmt"
	"strings"

	"oblik/benchmarks"
	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/models"
)

// rawLoop is the limit of an engine: decode, detector and recogniser straight
// from the bytes, with no header check, choice of the face, alignment, template
// or service around them. What it does is learnt from the recipe at work on
// the same photograph: how small it decodes, and the crop it makes.
func rawLoop(stages []matcher.Stages, params matcher.Params) loader {
	free := make(chan matcher.Stages, len(stages))
	for _, s := range stages {
		free <- s
	}
	return func(photo []byte) (benchmarks.Runner, string, error) {
		seen, err := observe(stages[0], params, photo)
		if err != nil {
			return nil, "", err
		}
		return func(ctx context.Context) error {
			s := <-free
			defer func() { free <- s }()
			if err := ctx.Err(); err != nil {
				return err
			}
			return seen.again(s, photo)
		}, seen.note(), nil
	}
}

// observer is put between the recipe and an engine's stages to see what is
// asked of them.
type observer struct {
	matcher.Decoder
	matcher.Detector
	matcher.Aligner
	info    header.Info
	shrinks []int // of each decoding
	looks   int   // of the detector
	crop    []byte
}

// observe runs the recipe once.
func observe(s matcher.Stages, params matcher.Params, photo []byte) (*observer, error) {
	o := &observer{Decoder: s.Decoder, Detector: s.Detector, Aligner: s.Aligner}
	s.Decoder, s.Detector, s.Aligner = o, o, o
	_, err := matcher.NewPipeline(s, params, nil).Extract(context.Background(), photo)
	if err == nil && (len(o.shrinks) == 0 || o.crop == nil) {
		err = models.Errorf("bench", models.Internal, "the recipe did not decode or align")
	}
	return o, err
}

// Decode implements [matcher.Decoder].
func (o *observer) Decode(data []byte, info header.Info, shrink int) (*matcher.Image, error) {
	o.info, o.shrinks = info, append(o.shrinks, shrink)
	return o.Decoder.Decode(data, info, shrink)
}

// Detect implements [matcher.Detector].
func (o *observer) Detect(im *matcher.Image, turns int) ([]models.FaceBox, error) {
	o.looks++
	return o.Detector.Detect(im, turns)
}

// Align implements [matcher.Aligner].
func (o *observer) Align(im *matcher.Image, m face.Affine) ([]byte, error) {
	crop, err := o.Aligner.Align(im, m)
	o.crop = append([]byte(nil), crop...)
	return crop, err
}

// again does what was seen: every decoding, since the recipe can't do without,
// one look at the first, and the crop's vector.
func (o *observer) again(s matcher.Stages, photo []byte) error {
	for i, shrink := range o.shrinks {
		if err := o.decoded(s, photo, shrink, i == 0); err != nil {
			return err
		}
	}
	_, err := s.Embed(o.crop)
	return err
}

func (o *observer) decoded(s matcher.Stages, photo []byte, shrink int, detect bool) error {
	im, err := s.Decode(photo, o.info, shrink)
	if err != nil {
		return err
	}
	defer im.Close()
	if detect {
		_, err = s.Detect(im, 0)
	}
	return err
}

// note says what was seen: "decoded at 1/4; the recipe looks 4 times".
func (o *observer) note() string {
	var sizes []string
	for _, s := range o.shrinks {
		sizes = append(sizes, fmt.Sprintf("1/%d", s))
	}
	note := "decoded at " + strings.Join(sizes, " and ")
	if o.looks > 1 {
		note += fmt.Sprintf("; the recipe looks %d times", o.looks)
	}
	return note
}
