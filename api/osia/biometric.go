package osia

import (
	"bytes"
	"strconv"

	"oblik/api"
	"oblik/models"
)

var biometricTypes = []string{"FACE", "FINGER", "IRIS", "SIGNATURE", "UNKNOWN"}

var subTypes = []string{
	"UNKNOWN", "RIGHT_THUMB", "RIGHT_INDEX", "RIGHT_MIDDLE", "RIGHT_RING", "RIGHT_LITTLE",
	"LEFT_THUMB", "LEFT_INDEX", "LEFT_MIDDLE", "LEFT_RING", "LEFT_LITTLE",
	"PLAIN_RIGHT_FOUR_FINGERS", "PLAIN_LEFT_FOUR_FINGERS", "PLAIN_THUMBS",
	"UNKNOWN_PALM", "RIGHT_FULL_PALM", "RIGHT_WRITERS_PALM", "LEFT_FULL_PALM", "LEFT_WRITERS_PALM",
	"RIGHT_LOWER_PALM", "RIGHT_UPPER_PALM", "LEFT_LOWER_PALM", "LEFT_UPPER_PALM", "RIGHT_OTHER", "LEFT_OTHER",
	"RIGHT_INTERDIGITAL", "RIGHT_THENAR", "RIGHT_HYPOTHENAR",
	"LEFT_INTERDIGITAL", "LEFT_THENAR", "LEFT_HYPOTHENAR",
	"RIGHT_INDEX_AND_MIDDLE", "RIGHT_MIDDLE_AND_RING", "RIGHT_RING_AND_LITTLE",
	"LEFT_INDEX_AND_MIDDLE", "LEFT_MIDDLE_AND_RING", "LEFT_RING_AND_LITTLE",
	"RIGHT_INDEX_AND_LEFT_INDEX", "RIGHT_INDEX_AND_MIDDLE_AND_RING", "RIGHT_MIDDLE_AND_RING_AND_LITTLE",
	"LEFT_INDEX_AND_MIDDLE_AND_RING", "LEFT_MIDDLE_AND_RING_AND_LITTLE",
	"EYE_UNDEF", "EYE_RIGHT", "EYE_LEFT", "EYE_BOTH", "PORTRAIT", "LEFT_PROFILE", "RIGHT_PROFILE",
}

var impressionTypes = []string{
	"LIVE_SCAN_PLAIN", "LIVE_SCAN_ROLLED", "NONLIVE_SCAN_PLAIN", "NONLIVE_SCAN_ROLLED",
	"LATENT_IMPRESSION", "LATENT_TRACING", "LATENT_PHOTO", "LATENT_LIFT",
	"LIVE_SCAN_SWIPE", "LIVE_SCAN_VERTICAL_ROLL", "LIVE_SCAN_PALM", "NONLIVE_SCAN_PALM",
	"LATENT_PALM_IMPRESSION", "LATENT_PALM_TRACING", "LATENT_PALM_PHOTO", "LATENT_PALM_LIFT",
	"LIVE_SCAN_OPTICAL_CONTACTLESS_PLAIN", "OTHER", "UNKNOWN",
}

var missingShape = shape{members: map[string]func(*reader){
	"biometricSubType": enum(subTypes...),
	"presence":         enum("BANDAGED", "AMPUTATED", "DAMAGED"),
}}

// details are the properties of BiometricData other than its type and image:
// checked, kept as text and given back as they came. A client's template or
// templateRef is kept like them and never compared with, nor fetched.
var details = map[string]func(*reader){
	"biometricSubType": enum(subTypes...),
	"instance":         text(256),
	"encounterId":      text(models.MaxIDLength),
	"imageRef":         uri,
	"captureDate":      date,
	"captureDevice":    text(256),
	"impressionType":   enum(impressionTypes...),
	"width":            count,
	"height":           count,
	"bitdepth":         count,
	"mimeType":         text(256),
	"resolution":       count,
	"compression":      enum("NONE", "WSQ", "JPEG", "JPEG2000", "PNG"),
	"missing":          missingShape.list(64),
	"metadata":         text(api.MaxBlock),
	"comment":          text(4096),
	"template":         func(r *reader) { r.bytes(api.MaxBlock / 2) },
	"templateRef":      uri,
	"templateFormat":   text(256),
	"quality":          integer(-1<<63, 1<<63-1),
	"qualityFormat":    text(256),
	"algorithm":        text(256),
	"vendor":           text(256),
	"encryption":       encryption,
	"integrity":        integrity,
}

// sampleBody is a BiometricData. Its image is read once it is known whether it
// is the client's ciphertext, see [reader.images].
type sampleBody struct {
	models.Sample
	image int // where its value begins in the body; 0 for none
}

// sample reads one BiometricData: its type, where its image is, and the rest as
// it stands. Templates a client supplies are kept and never used: their format
// can't be trusted.
func (r *reader) sample() sampleBody {
	var s sampleBody
	var kept bytes.Buffer
	seen := r.object(func(key string) {
		check, ok := details[key]
		switch {
		case key == "biometricType":
			check = func(r *reader) { s.Modality = models.Modality(r.oneOf(biometricTypes)) }
		case key == "image":
			check = func(r *reader) { s.image = r.pos; r.segment() }
		case ok:
			inner := check
			if key == "imageRef" {
				inner = func(r *reader) { s.Ref = r.uri() }
			}
			check = func(r *reader) { kept.WriteString(`,"` + key + `":`); kept.Write(r.raw(inner)) }
		default:
			r.unknown(key)
			return
		}
		r.at(key, func() { check(r) })
	})
	r.require(seen, "biometricType")
	s.Sealed = seen["encryption"]
	if s.image > 0 || s.Modality != models.Face {
		s.Ref = "" // only what is matched is fetched
	}
	if s.Ref != "" && !r.refs {
		r.failAs(codeImageRef, "references are not fetched here")
	}
	if kept.Len() > api.MaxBlock {
		r.fail("the properties other than the image are longer than " + strconv.Itoa(api.MaxBlock) + " bytes")
	}
	if r.err == nil && kept.Len() > 0 {
		kept.Bytes()[0] = '{'
		s.Details = append(kept.Bytes(), '}')
	}
	return s
}

// samples reads an array of BiometricData.
func (r *reader) samples() []sampleBody {
	var all []sampleBody
	r.array(api.MaxSamples, func(i int) {
		r.at(strconv.Itoa(i), func() { all = append(all, r.sample()) })
	})
	return all
}

// images reads the images of an array of BiometricData that stands under key:
// from base64, or as text where they are sealed.
func (r *reader) images(key string, bodies []sampleBody) []models.Sample {
	end := r.pos
	all := make([]models.Sample, len(bodies))
	for i, b := range bodies {
		all[i] = b.Sample
		if b.image == 0 || r.err != nil {
			continue
		}
		r.pos = b.image
		r.path = append(r.path, key, strconv.Itoa(i), "image")
		if b.Sealed {
			all[i].Image = []byte(r.text(r.maxImage))
		} else {
			all[i].Image = r.image()
		}
		if len(all[i].Image) == 0 {
			r.failAs(kindCodes[models.EmptyImage], "image")
		}
		r.path = r.path[:len(r.path)-3]
	}
	r.pos = end
	return all
}
