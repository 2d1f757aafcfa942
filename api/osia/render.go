package osia

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"oblik/models"
)

// render writes a fault as OSIA's Error.
func render(w *fasthttp.Response, f *Fault) {
	w.ResetBody()
	w.SetStatusCode(f.Status())
	w.Header.SetContentType("application/json")
	if c := challenge(f.Code, f.Detail); c != "" {
		w.Header.Set("WWW-Authenticate", c)
	}
	if meanings[f.Code].retry {
		w.Header.Set("Retry-After", strconv.FormatInt(max(1, int64(math.Ceil(f.after().Seconds()))), 10))
	}
	w.SetBodyRaw(f.body())
}

// body is OSIA's Error.
func (f *Fault) body() []byte {
	body := append([]byte(`{"code":`), strconv.Itoa(int(f.Code))...)
	body = appendString(append(body, `,"message":`...), f.Error())
	return append(body, '}')
}

// after is when the same request may succeed; 0 where nobody can tell.
func (f *Fault) after() time.Duration {
	var later interface{ RetryAfter() time.Duration }
	if errors.As(f.cause, &later) {
		return later.RetryAfter()
	}
	return 0
}

// encounterHead is the part of an Encounter that the service understands.
type encounterHead struct {
	EncounterID   models.EncounterID `json:"encounterId"`
	Status        models.Status      `json:"status"`
	EncounterType string             `json:"encounterType"`
	CreatedDate   time.Time          `json:"createdDate"`
	UpdatedDate   time.Time          `json:"updatedDate"`
	Galleries     []models.GalleryID `json:"galleries"`
	ClientData    []byte             `json:"clientData,omitempty"`
}

// appendEncounter writes an Encounter. The blocks a client gave go out as they
// came in, and images straight into the body: encoding/json would copy and
// scan them several times.
func appendEncounter(dst []byte, e models.Encounter) ([]byte, error) {
	head, err := json.Marshal(encounterHead{
		e.Key.Encounter, e.Status, e.Type, e.Created.UTC(), e.Updated.UTC(), e.Galleries, e.ClientData,
	})
	if err != nil {
		return dst, err
	}
	dst = append(dst, head[:len(head)-1]...)
	dst = appendBlock(dst, "contextualData", e.Contextual)
	dst = appendBlock(dst, "biographicData", e.Biographic)
	dst = appendMembers(dst, e.Protection)
	dst = append(dst, `,"biometricData":[`...)
	all := allSealed(e.Protection)
	for i, s := range e.Samples {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendSample(dst, s, all || sealed(s.Details))
	}
	return append(dst, "]}"...), nil
}

func appendSample(dst []byte, s models.Sample, sealed bool) []byte {
	dst = appendString(append(dst, `{"biometricType":`...), string(s.Modality))
	details := without(s.Details, "template") // see readTemplate
	if s.Forgotten {
		details = without(details, "imageRef")
	}
	dst = appendMembers(dst, details)
	if len(s.Image) > 0 && sealed {
		dst = appendString(append(dst, `,"image":`...), string(s.Image))
	} else if len(s.Image) > 0 {
		dst = append(dst, `,"image":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, s.Image)
		dst = append(dst, '"')
	}
	if s.Forgotten {
		dst = append(dst, `,"imageRef":"`+notKept+`"`...)
	}
	return append(dst, '}')
}

// notKept stands where a reader would find the image, if the deployment keeps
// templates only. It is a URI, as OSIA asks, that leads nowhere.
const notKept = "urn:oblik:image-not-kept"

func appendBlock(dst []byte, key string, raw []byte) []byte {
	if len(raw) == 0 {
		return dst
	}
	return append(append(dst, `,"`+key+`":`...), raw...)
}

// appendMembers adds the members of a stored object to one that has some.
func appendMembers(dst, object []byte) []byte {
	inner, isObject := bytes.CutPrefix(bytes.TrimSpace(object), []byte("{"))
	inner, closed := bytes.CutSuffix(inner, []byte("}"))
	if inner = bytes.TrimSpace(inner); !isObject || !closed || len(inner) == 0 {
		return dst
	}
	return append(append(dst, ','), inner...)
}

func appendString(dst []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil { // there is no such string
		return append(dst, `""`...)
	}
	return append(dst, quoted...)
}
