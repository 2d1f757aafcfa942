package matcher

import (
	"context"
	"time"

	"oblik/matcher/face"
	"oblik/models"
)

// Pipeline is the recipe from a photograph to a template. It is used by one
// goroutine at a time; [NewLocal] shares several.
type Pipeline struct {
	stages Stages
	params Params
	trace  Trace
}

// NewPipeline makes a pipeline that owns the stages.
func NewPipeline(s Stages, p Params, trace Trace) *Pipeline {
	return &Pipeline{stages: s, params: p, trace: trace}
}

// Close frees the stages.
func (p *Pipeline) Close() { p.stages.Close() }

// Extract makes the template of one photograph; see [Extractor].
func (p *Pipeline) Extract(ctx context.Context, data []byte) (models.Extraction, error) {
	ph, err := p.open(data)
	if err != nil {
		return models.Extraction{}, err
	}
	defer ph.Close()
	faces, err := p.detect(ph)
	if err != nil {
		return models.Extraction{}, err
	}
	if err := ctx.Err(); err != nil {
		return models.Extraction{}, models.Errorf("extract", models.Deadline, "%w", err)
	}
	if err := p.sharpen(ph, faces[0]); err != nil {
		return models.Extraction{}, err
	}
	template, length, err := p.template(ph, faces[0])
	if err != nil {
		return models.Extraction{}, err
	}
	return models.Extraction{
		Width: ph.width, Height: ph.height, Faces: faces, Template: template,
		Quality: models.Quality{InterEye: face.InterEye(faces[0]), Confidence: faces[0].Confidence, Length: length},
	}, nil
}

// detect finds the faces and puts the chosen one first, in pixels of the whole
// photograph.
func (p *Pipeline) detect(ph *photo) ([]models.FaceBox, error) {
	defer p.time(StageDetect)()
	faces, err := p.stages.Detect(ph.image, 0)
	if err != nil {
		return nil, err
	}
	for i, f := range faces {
		faces[i] = ph.frame.Photograph(f)
	}
	face.Choose(faces, ph.width, ph.height)
	if err := p.upright(ph.image, faces); err != nil {
		return nil, err
	}
	if len(faces) == 0 {
		return nil, models.Errorf("detect", models.NoFace, "no face was found in the photograph")
	}
	if eyes := face.InterEye(faces[0]); eyes < p.params.MinInterEye {
		return nil, models.Errorf("detect", models.SmallFace, "%.0f pixels between the eyes, at least %.0f are needed",
			eyes, p.params.MinInterEye)
	}
	return faces, nil
}

// template gives a face's template and the length of its vector.
func (p *Pipeline) template(ph *photo, f models.FaceBox) (t models.Template, length float64, err error) {
	m, ok := face.Similarity(f.Points)
	if !ok {
		return t, 0, models.Errorf("align", models.PoorFace, "the points of the face coincide")
	}
	crop, err := p.align(ph.image, ph.frame.Affine(m))
	if err != nil {
		return t, 0, err
	}
	defer p.time(StageEmbed)()
	vector, err := p.stages.Embed(crop)
	if err != nil {
		return t, 0, err
	}
	if length = norm(vector); length < p.stages.MinLength {
		return t, 0, models.Errorf("embed", models.PoorFace, "the face is too blurred, turned or covered to be told apart from others")
	}
	if p.params.Mirror {
		if err := p.addMirrored(vector, crop); err != nil {
			return t, 0, err
		}
	}
	t, err = Encode(p.stages.Format.Weights, vector)
	return t, length, err
}

func (p *Pipeline) align(im *Image, m face.Affine) ([]byte, error) {
	defer p.time(StageAlign)()
	return p.stages.Align(im, m)
}

// time starts the clock of a stage and returns what stops it.
func (p *Pipeline) time(s Stage) func() {
	if p.trace == nil {
		return func() {}
	}
	start := time.Now()
	return func() { p.trace(s, time.Since(start)) }
}
