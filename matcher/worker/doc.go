// Package worker extracts templates in child processes, so that a hostile
// photograph which crashes, stalls or takes over the native decoder costs one
// request and not the service. A child is this program's own `worker` command:
// it holds no key and no storage, gets an empty environment and no open file,
// loads its networks, gives up everything else (matcher/worker/sandbox), reads
// image bytes from its standard input and writes what it found to its standard
// output. An image that ended three children is refused unread (bans.go).
//
// [Pool] is the parent's side and an Extractor; [Serve] is the child's. A
// frame is its length (uint32, little-endian) and so many bytes. The child's
// first frame is a greeting that says it has loaded its weights and what it has
// given up; then each request frame, an image, is answered by one frame
// (answer.go). The parent believes nothing that a child says after that beyond
// its bounds.
//
// # A child that was taken over
//
// What the sandbox can't limit, the parent watches, once a second (watch.go): a
// child is ended for more than some 130 threads, for more memory than it had at
// its greeting and its budget, for using a fourth of a core while nothing is
// asked of it. Within that second it can start as many threads as the machine
// has room for, so the service itself should have a limit of tasks (TasksMax=,
// --pids-limit). With the sandbox off nothing is watched.
//
// A child is ended after so many photographs (Config.Images), its answer first,
// and another one started, so that who has taken one over does not stay; the
// request after waits for that. Whether it wants to or not, it ends with the
// service: the kernel sees to it (Pdeathsig).
//
// What a child writes to its standard error is logged as text only if it has
// ended before it was asked anything; of others the log has the number of bytes
// and which runtime has spoken its last words, since a photograph could be
// written there.
//
// # What it costs
//
// The way to a child and back takes 0.04 ms for a photograph of 250 pixels
// (16 kB), 0.12 ms for one of 280 kB and 1.7 ms for one of 6 MB, on two cores of
// an AMD EPYC (go test -bench Boundary/way); most of the last is the kernel's two
// copies and the second look at the headers.
package worker
