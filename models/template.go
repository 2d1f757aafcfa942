package models

// Format says which templates can be compared: those made by the same
// recogniser weights with the same dimension.
type Format struct {
	Weights   string // the weights' id in their manifest
	Dimension int    // length of the vector
}

// Template is what the matcher keeps of a face: opaque bytes, encoded and
// checked by the matcher's codec, and the format they declare.
type Template struct {
	Format Format
	Data   []byte
}

// Entry is one encounter as the index holds it.
type Entry struct {
	Key       EncounterKey
	Status    Status
	Galleries []GalleryID
	Templates []Template // one for each face sample; may be empty
}
