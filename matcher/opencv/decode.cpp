#include "decode.h"

#include <climits>
#include <exception>
#include <memory>
#include <new>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace {

// What is kept for the next image: 36 MiB, a picture of 12 megapixels. One of
// more does not stay.
const size_t kept = size_t(36) << 20;

// memory lends its bytes to one Mat at a time. cv::imdecode may fail without
// touching the Mat it is given, so that one with memory of its own would seem
// to hold the picture before: it is given an empty one with this allocator.
class memory : public cv::MatAllocator {
public:
	cv::UMatData *allocate(int dims, const int *sizes, int type, void *data, size_t *step, cv::AccessFlag access,
						   cv::UMatUsageFlags usage) const override {
		if (data || lent) return cv::Mat::getStdAllocator()->allocate(dims, sizes, type, data, step, access, usage);
		size_t total = CV_ELEM_SIZE(type);
		for (int i = dims - 1; i >= 0; i--) {
			if (step) step[i] = total;
			total *= static_cast<size_t>(sizes[i]);
		}
		if (size < total) {
			give_back();
			bytes.reset(new unsigned char[total]);
			size = total;
		}
		cv::UMatData *u = new cv::UMatData(this);
		u->data = u->origdata = bytes.get();
		u->size = total;
		u->flags |= cv::UMatData::USER_ALLOCATED;
		lent = true;
		return u;
	}
	bool allocate(cv::UMatData *u, cv::AccessFlag, cv::UMatUsageFlags) const override { return u != nullptr; }
	void deallocate(cv::UMatData *u) const override {
		lent = false;
		delete u;
	}
	void trim() const {
		if (!lent && size > kept) give_back();
	}

private:
	void give_back() const {
		bytes.reset();
		size = 0;
	}
	mutable std::unique_ptr<unsigned char[]> bytes; // OpenCV's allocators are const
	mutable size_t size = 0;
	mutable bool lent = false;
};

} // namespace

struct oblik_decoder {
	memory for_image, for_turned; // before the Mats, so that they outlive them
	cv::Mat image, turned;
	const cv::Mat *upright = nullptr; // image or turned
	oblik_decoder() {
		image.allocator = &for_image;
		turned.allocator = &for_turned;
	}
};

oblik_decoder *oblik_decoder_new(void) { return new (std::nothrow) oblik_decoder; }

// turn makes d->upright of d->image.
static void turn(oblik_decoder *d, int orientation) {
	static const int flips[] = {0, 0, 1, -1, 0, 0, 1, -1, 0}; // OpenCV's codes: 1 left to right, 0 top to bottom, -1 both
	cv::Mat *m = &d->image;
	if (orientation >= 5) {
		cv::transpose(d->image, d->turned);
		m = &d->turned;
	}
	if (orientation >= 2 && orientation != 5) cv::flip(*m, *m, flips[orientation]);
	d->upright = m;
}

int oblik_decode(oblik_decoder *d, const void *data, size_t length, int shrink, int orientation) {
	oblik_decoder_clear(d);
	if (length == 0 || length > INT_MAX || orientation < 1 || orientation > 8) return OBLIK_DAMAGED;
	int flags = cv::IMREAD_COLOR;
	switch (shrink) {
	case 2: flags = cv::IMREAD_REDUCED_COLOR_2; break;
	case 4: flags = cv::IMREAD_REDUCED_COLOR_4; break;
	case 8: flags = cv::IMREAD_REDUCED_COLOR_8; break;
	}
	try {
		const cv::Mat file(1, static_cast<int>(length), CV_8U, const_cast<void *>(data));
		cv::imdecode(file, flags | cv::IMREAD_IGNORE_ORIENTATION, &d->image);
		if (d->image.empty() || d->image.type() != CV_8UC3 || !d->image.isContinuous()) return OBLIK_DAMAGED;
		turn(d, orientation);
		return OBLIK_DECODED;
	} catch (const std::bad_alloc &) {
		return OBLIK_NO_MEMORY;
	} catch (const cv::Exception &e) {
		return e.code == cv::Error::StsNoMem ? OBLIK_NO_MEMORY : OBLIK_DAMAGED;
	} catch (...) {
		return OBLIK_DAMAGED;
	}
}

const unsigned char *oblik_decoder_pixels(const oblik_decoder *d, int *width, int *height) {
	if (d->upright == nullptr) return nullptr;
	*width = d->upright->cols;
	*height = d->upright->rows;
	return d->upright->ptr();
}

void oblik_decoder_clear(oblik_decoder *d) {
	d->upright = nullptr;
	d->image.release();
	d->turned.release();
	d->for_image.trim();
	d->for_turned.trim();
}

void oblik_decoder_free(oblik_decoder *d) { delete d; }
