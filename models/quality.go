package models

// Point is a place in an image, in pixels from the upper left corner, x to the
// right and y down; after the EXIF orientation has been applied.
type Point struct{ X, Y float64 }

// FaceBox is one detected face.
type FaceBox struct {
	X, Y, Width, Height float64  // the box, in pixels; may reach beyond the image
	Points              [5]Point // right eye, left eye, nose, right and left corner of the mouth; the person's right is left in the image
	Confidence          float64  // the detector's, 0..1
}

// Extraction is what one image gave: every face found, which of them was
// taken, and its template.
type Extraction struct {
	Width, Height int       // of the image, in pixels
	Faces         []FaceBox // all that were found, the chosen one first; at least one
	Template      Template  // of Faces[0]
	Quality       Quality   // of Faces[0]
}

// Quality is what is measured of the chosen face. It grows with the
// components of ISO/IEC 29794-5.
type Quality struct {
	InterEye   float64 // distance between the eye centres, in pixels
	Confidence float64 // the detector's, 0..1
	// Length is that of the recogniser's vector before it was brought to unit
	// length. It is short for faces the recogniser can hardly tell apart:
	// blurred, turned, covered. Its scale belongs to the weights.
	Length float64
}
