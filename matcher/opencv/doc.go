// Package opencv implements the matcher's stages with OpenCV 4.6, the version
// that Debian 12 and Ubuntu 24.04 ship, through gocv 0.31, the version made
// for it. It is the only importer of gocv.
//
// OpenCV's native code reads strangers' bytes here. gocv lets a C++ exception
// end the whole process and recover() can't help, so every size, type and
// emptiness is checked before each call, and the service runs this package
// only in the processes of matcher/worker.
//
// A network belongs to one [matcher.Stages] and that to one goroutine at a
// time; OpenCV is told to use one thread, since the service runs one worker a
// core.
package opencv
