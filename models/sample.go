package models

// Modality is the kind of biometric characteristic a sample records.
type Modality string

// Face is the modality Oblik extracts templates from; samples of any other
// are stored and returned without one.
const Face Modality = "FACE"

// Sample is one record of one biometric characteristic.
type Sample struct {
	Modality Modality
	Image    []byte // as the client sent it: a JPEG, PNG, WebP or JPEG 2000 file; may be empty
	// Details are the sample's other properties as JSON, kept and returned as
	// they came; nil if there are none.
	Details []byte
}

// ImageRef names a stored image and pins its content.
type ImageRef struct {
	Key    string   // opaque and random, never derived from a person's id
	Length int64    // bytes
	SHA256 [32]byte // digest of the content
}
