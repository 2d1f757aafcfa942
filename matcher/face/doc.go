// Package face is the geometry between a detector's raw outputs and an aligned
// crop: letterboxing, decoding YuNet's twelve outputs, non-maximum suppression,
// the choice of one face among several, and the similarity transform that lays
// five points on the 112x112 template. It is arithmetic only: no image is
// touched here and no native code is called.
package face
