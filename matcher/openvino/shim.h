// The part of OpenVINO's C API that is used, loaded at run time: nothing of
// OpenVINO is needed to build or to link.
#ifndef OBLIK_OPENVINO_H
#define OBLIK_OPENVINO_H

#include <stddef.h>
#include <stdint.h>

typedef struct oblik_ov_net oblik_ov_net;

enum { OBLIK_OV_TEXT = 1024 }; // bytes of a text given back, the ending zero included

// All functions return 0, or -1 and why in text.

// oblik_ov_open loads the library and its CPU plugin, once a process.
int oblik_ov_open(const char *path, char *text);

// oblik_ov_version writes the library's version to text.
int oblik_ov_version(char *text);

// oblik_ov_property writes a property of the CPU plugin to text.
int oblik_ov_property(const char *key, char *text);

// oblik_ov_compile compiles a network for side x side pixels; precision is
// "f32" or "bf16".
int oblik_ov_compile(const void *onnx, size_t length, const char *input, int64_t side, const char *precision, oblik_ov_net **net, char *text);

// oblik_ov_export writes a compiled network to a file, oblik_ov_import makes a
// network of such a file's bytes.
int oblik_ov_export(const oblik_ov_net *net, const char *path, char *text);
int oblik_ov_import(const void *blob, size_t length, const char *precision, oblik_ov_net **net, char *text);

// oblik_ov_input and oblik_ov_output give where a named tensor lies and its
// length in bytes; both stay for the network's life.
int oblik_ov_tensor(oblik_ov_net *net, const char *name, float **data, size_t *bytes, char *text);

// oblik_ov_infer runs the network on what is in its input tensor.
int oblik_ov_infer(oblik_ov_net *net, char *text);

void oblik_ov_free(oblik_ov_net *net);

// oblik_ov_fill spreads pixels of three bytes over three planes of floats:
// (pixel - mean) * scale, in the pixel's order of channels, or reversed.
void oblik_ov_fill(const unsigned char *pixels, size_t count, const double *mean, double scale, int reversed, float *planes);

#endif
