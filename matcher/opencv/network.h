// A network run by OpenCV. gocv 0.31 has a binding of it that leaks half a
// kilobyte a run and lets an exception end the process; this one does neither.
#ifndef OBLIK_NETWORK_H
#define OBLIK_NETWORK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oblik_net oblik_net;

enum { OBLIK_ERROR = 256 }; // bytes of an error's text, the ending zero included

// oblik_set_threads makes OpenCV use n threads; gocv 0.31 has no binding of it.
void oblik_set_threads(int n);

// oblik_net_new reads a network; no outputs stand for the last layer's. NULL
// and a text in error if it can't.
oblik_net *oblik_net_new(const void *onnx, size_t length, const char *input, const char *const *outputs, int count, char *error);

// oblik_net_run looks at side*side BGR pixels: (pixel - mean) * scale, the
// channels exchanged if rgb. It returns how many outputs there are, -1 and a
// text in error if it fails.
int oblik_net_run(oblik_net *net, const unsigned char *bgr, int side, double scale, const double *mean, int rgb, char *error);

// oblik_net_output gives output i of the last run, whose floats stay where they
// are until the next, and their number; 0 if it is no block of floats.
size_t oblik_net_output(const oblik_net *net, int i, const float **values);

void oblik_net_free(oblik_net *net);

#ifdef __cplusplus
}
#endif

#endif
