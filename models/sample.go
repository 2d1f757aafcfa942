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
	// Ref is where the image is to be fetched from, a URI, in a sample that came
	// without the image itself; Details hold it too. Empty in a sample that is read.
	Ref string
	// Sealed says that Image is the client's ciphertext, as the text it came as: it
	// is kept and given back, never looked at.
	Sealed bool
	// Details are the sample's other properties as JSON, kept and returned as
	// they came; nil if there are none.
	Details []byte
	// Forgotten says of a sample that is read that it came with an image which
	// is not kept here.
	Forgotten bool
}

// ImageRef names a stored image and pins its content.
type ImageRef struct {
	Key    string   // opaque and random, never derived from a person's id
	Length int64    // bytes
	SHA256 [32]byte // digest of the content
	// Type is the MIME type by the magic bytes, Width and Height the size in
	// pixels; empty and 0 where they are not known.
	Type          string
	Width, Height int
}
