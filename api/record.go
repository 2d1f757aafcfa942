package api

import (
	"bytes"

	"oblik/models"
	"oblik/storage"
)

// draft is a sample as it will be stored, and its image to upload, if the
// policy keeps images. Sizes are known of a face's image only, nothing of one
// that is sealed. Where images are forgotten a sealed one is, too: that no image
// is written holds for what nobody here can read as well.
func (s *Service) draft(sample models.Sample) storage.StoredSample {
	d := storage.StoredSample{Modality: sample.Modality, Details: sample.Details}
	switch {
	case len(sample.Image) == 0:
	case s.Policy.ForgetImages:
		d.Forgotten = true
	default:
		d.Image = &models.ImageRef{Key: storage.NewKey()}
		if !sample.Sealed {
			d.Image.Type = imageType(sample.Image)
		}
	}
	return d
}

// uploads pairs the images with their references.
func uploads(samples []models.Sample, stored []storage.StoredSample) (all []upload) {
	for i := range stored {
		if stored[i].Image != nil {
			all = append(all, upload{stored[i].Image, samples[i].Image})
		}
	}
	return all
}

// imageType is the MIME type of the kinds of files that are accepted of a
// face, by their magic bytes; empty for any other.
func imageType(data []byte) string {
	for _, known := range []struct{ magic, name string }{
		{"\xff\xd8\xff", "image/jpeg"},
		{"\x89PNG\r\n\x1a\n", "image/png"},
		{"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"},
	} {
		if bytes.HasPrefix(data, []byte(known.magic)) {
			return known.name
		}
	}
	if len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP" {
		return "image/webp"
	}
	return ""
}

func entryOf(r storage.Record) models.Entry {
	e := models.Entry{Key: r.Encounter.Key, Status: r.Encounter.Status, Galleries: r.Encounter.Galleries}
	for _, sample := range r.Samples {
		if sample.Template != nil {
			e.Templates = append(e.Templates, *sample.Template)
		}
	}
	return e
}
