// Package openvino runs networks with OpenVINO on the CPU, two to three times
// as fast as OpenCV does. It is the only user of OpenVINO's C API, which it
// loads at run time (dlopen): neither building nor linking needs anything of
// it, and where it is not, matcher/opencv runs the networks instead.
//
// [Open] loads the library; [Library.NewNetwork] compiles a network, or takes
// the compiled one that an earlier process left in a folder: a tenth of a
// second instead of half a one. Networks use one thread each, since the service
// runs one worker a core.
//
// Traps met: the library binds its one thread to the first core unless told not
// to, in every process; an imported network goes on reading the memory it was
// imported from; the precision of bfloat16, which is the library's own choice
// on CPUs that have it, moves a detector's points, so each network is told its
// precision. OpenCV brings a libtbb of the same name, and whichever is loaded
// first serves both.
package openvino
