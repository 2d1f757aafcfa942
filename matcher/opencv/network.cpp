#include "network.h"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

struct oblik_net {
	cv::dnn::Net net;
	std::string input;
	std::vector<cv::String> names;
	cv::Mat blob;
	std::vector<cv::Mat> outs;
};

void oblik_set_threads(int n) { cv::setNumThreads(n); }

static void tell(char *error, const char *text) { snprintf(error, OBLIK_ERROR, "%s", text); }

oblik_net *oblik_net_new(const void *onnx, size_t length, const char *input, const char *const *outputs, int count, char *error) {
	oblik_net *n = nullptr;
	try {
		n = new oblik_net;
		n->input = input;
		n->names.assign(outputs, outputs + count);
		n->net = cv::dnn::readNetFromONNX(static_cast<const char *>(onnx), length);
		if (!n->net.empty()) return n;
		tell(error, "OpenCV reads no network from them");
	} catch (const std::exception &e) {
		tell(error, e.what());
	}
	delete n;
	return nullptr;
}

int oblik_net_run(oblik_net *n, const unsigned char *bgr, int side, double scale, const double *mean, int rgb, char *error) {
	try {
		const cv::Mat picture(side, side, CV_8UC3, const_cast<unsigned char *>(bgr));
		cv::dnn::blobFromImage(picture, n->blob, scale, cv::Size(), cv::Scalar(mean[0], mean[1], mean[2]), rgb != 0, false);
		n->net.setInput(n->blob, n->input);
		if (n->names.empty()) {
			n->outs.assign(1, n->net.forward());
		} else {
			n->net.forward(n->outs, n->names);
		}
		return static_cast<int>(n->outs.size());
	} catch (const std::exception &e) {
		tell(error, e.what());
		return -1;
	}
}

size_t oblik_net_output(const oblik_net *n, int i, const float **values) {
	const cv::Mat &out = n->outs.at(static_cast<size_t>(i));
	if (out.type() != CV_32F || !out.isContinuous()) return 0;
	*values = out.ptr<float>();
	return out.total();
}

void oblik_net_free(oblik_net *n) { delete n; }
