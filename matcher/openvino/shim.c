#include "shim.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

// These two structures are passed by value; they are part of OpenVINO's C ABI
// (openvino/c/ov_dimension.h, ov_partial_shape.h) since 2022.3.
typedef struct { int64_t min, max; } dimension;
typedef struct { dimension rank; dimension *dims; } partial_shape;
typedef struct { const char *build, *description; } version;

// Handles are opaque, statuses are 0 for success.
#define FUNCTIONS(X) \
	X(int, ov_get_openvino_version, (version *)) \
	X(void, ov_version_free, (version *)) \
	X(const char *, ov_get_last_err_msg, (void)) \
	X(void, ov_free, (const char *)) \
	X(int, ov_core_create, (void **)) \
	X(int, ov_core_set_property, (const void *, const char *, ...)) \
	X(int, ov_core_get_property, (const void *, const char *, const char *, char **)) \
	X(int, ov_core_read_model_from_memory_buffer, (const void *, const char *, size_t, const void *, void **)) \
	X(int, ov_core_compile_model, (const void *, const void *, const char *, size_t, void **, ...)) \
	X(int, ov_core_import_model, (const void *, const char *, size_t, const char *, void **)) \
	X(int, ov_partial_shape_create_static, (int64_t, const int64_t *, partial_shape *)) \
	X(void, ov_partial_shape_free, (partial_shape *)) \
	X(int, ov_model_reshape_input_by_name, (const void *, const char *, partial_shape)) \
	X(void, ov_model_free, (void *)) \
	X(int, ov_compiled_model_export_model, (const void *, const char *)) \
	X(int, ov_compiled_model_create_infer_request, (const void *, void **)) \
	X(void, ov_compiled_model_free, (void *)) \
	X(int, ov_infer_request_get_tensor, (const void *, const char *, void **)) \
	X(int, ov_infer_request_infer, (void *)) \
	X(void, ov_infer_request_free, (void *)) \
	X(int, ov_tensor_data, (const void *, void **)) \
	X(int, ov_tensor_get_byte_size, (const void *, size_t *)) \
	X(void, ov_tensor_free, (void *))

#define DECLARE(result, name, arguments) static result(*name) arguments;
FUNCTIONS(DECLARE)

static void *core;

struct oblik_ov_net {
	void *compiled, *request;
};

static int fail(char *text, const char *what, const char *why) {
	snprintf(text, OBLIK_OV_TEXT, "%s: %s", what, why ? why : "no reason given");
	return -1;
}

static int check(int status, char *text, const char *what) {
	if (status == 0) return 0;
	const char *why = ov_get_last_err_msg();
	fail(text, what, why);
	if (why) ov_free(why);
	return -1;
}

int oblik_ov_open(const char *path, char *text) {
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library) return fail(text, "dlopen", dlerror());
#define LOAD(result, name, arguments) \
	if (!(*(void **)&name = dlsym(library, #name))) return fail(text, "this library lacks", #name);
	FUNCTIONS(LOAD)
	if (check(ov_core_create(&core), text, "core")) return -1;
	// One thread, and not bound to a core: every worker would be bound to the first.
	static const char *const settings[][2] = {{"INFERENCE_NUM_THREADS", "1"}, {"NUM_STREAMS", "1"}, {"ENABLE_CPU_PINNING", "NO"}};
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (check(ov_core_set_property(core, "CPU", settings[i][0], settings[i][1]), text, settings[i][0])) return -1;
	return 0;
}

int oblik_ov_version(char *text) {
	version v;
	if (check(ov_get_openvino_version(&v), text, "version")) return -1;
	snprintf(text, OBLIK_OV_TEXT, "%s", v.build);
	ov_version_free(&v);
	return 0;
}

int oblik_ov_property(const char *key, char *text) {
	char *value;
	if (check(ov_core_get_property(core, "CPU", key, &value), text, key)) return -1;
	snprintf(text, OBLIK_OV_TEXT, "%s", value);
	ov_free(value);
	return 0;
}

// requested gives a network its one request, or frees what it was made of.
static int requested(void *compiled, oblik_ov_net **net, char *text) {
	oblik_ov_net *n = calloc(1, sizeof *n);
	if (n && !check(ov_compiled_model_create_infer_request(compiled, &n->request), text, "request")) {
		n->compiled = compiled;
		*net = n;
		return 0;
	}
	if (!n) fail(text, "request", "no memory");
	free(n);
	ov_compiled_model_free(compiled);
	return -1;
}

static int reshape(const void *model, const char *input, int64_t side, char *text) {
	const int64_t dims[] = {1, 3, side, side};
	partial_shape shape;
	if (check(ov_partial_shape_create_static(4, dims, &shape), text, "shape")) return -1;
	int status = check(ov_model_reshape_input_by_name(model, input, shape), text, "reshape");
	ov_partial_shape_free(&shape);
	return status;
}

int oblik_ov_compile(const void *onnx, size_t length, const char *input, int64_t side, const char *precision, oblik_ov_net **net, char *text) {
	void *model, *compiled;
	if (check(ov_core_read_model_from_memory_buffer(core, onnx, length, NULL, &model), text, "read")) return -1;
	int status = reshape(model, input, side, text);
	if (!status)
		status = check(ov_core_compile_model(core, model, "CPU", 2, &compiled, "INFERENCE_PRECISION_HINT", precision), text, "compile");
	ov_model_free(model);
	return status ? status : requested(compiled, net, text);
}

int oblik_ov_export(const oblik_ov_net *net, const char *path, char *text) {
	return check(ov_compiled_model_export_model(net->compiled, path), text, "export");
}

int oblik_ov_import(const void *blob, size_t length, const char *precision, oblik_ov_net **net, char *text) {
	void *compiled;
	// an import takes no properties of its own: it takes the plugin's
	if (check(ov_core_set_property(core, "CPU", "INFERENCE_PRECISION_HINT", precision), text, "precision")) return -1;
	if (check(ov_core_import_model(core, blob, length, "CPU", &compiled), text, "import")) return -1;
	return requested(compiled, net, text);
}

int oblik_ov_tensor(oblik_ov_net *net, const char *name, float **data, size_t *bytes, char *text) {
	void *tensor;
	if (check(ov_infer_request_get_tensor(net->request, name, &tensor), text, name)) return -1;
	int status = check(ov_tensor_data(tensor, (void **)data), text, name) || check(ov_tensor_get_byte_size(tensor, bytes), text, name) ? -1 : 0;
	ov_tensor_free(tensor); // a handle; the request keeps the tensor
	return status;
}

int oblik_ov_infer(oblik_ov_net *net, char *text) { return check(ov_infer_request_infer(net->request), text, "infer"); }

void oblik_ov_free(oblik_ov_net *net) {
	if (!net) return;
	ov_infer_request_free(net->request);
	ov_compiled_model_free(net->compiled);
	free(net);
}

void oblik_ov_fill(const unsigned char *pixels, size_t count, const double *mean, double scale, int reversed, float *planes) {
	const float s = (float)scale;
	for (size_t plane = 0; plane < 3; plane++) {
		const unsigned char *from = pixels + (reversed ? 2 - plane : plane);
		const float m = (float)mean[plane];
		float *to = planes + plane * count;
		for (size_t i = 0; i < count; i++) to[i] = ((float)from[3 * i] - m) * s;
	}
}
