// Decoding into memory that is kept from image to image. gocv 0.31 copies the
// file, takes new memory for every picture (the kernel's work of handing out
// 36 MB is a third of the time a JPEG of 12 megapixels takes), lets an
// exception end the process and can't tell a failure from success when it is
// given memory to decode into; this does none of it.
#ifndef OBLIK_DECODE_H
#define OBLIK_DECODE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oblik_decoder oblik_decoder;

// What became of an image.
enum { OBLIK_DECODED, OBLIK_DAMAGED, OBLIK_NO_MEMORY };

// oblik_decoder_new gives NULL if there is no memory.
oblik_decoder *oblik_decoder_new(void);

// oblik_decode reads an image of length bytes, at least one, as 8-bit BGR:
// shrink is 1, or 2, 4 or 8 for a JPEG's codec to decode it at that part of its
// size, orientation EXIF's of 1 to 8, which turns it. The file's own is ignored.
int oblik_decode(oblik_decoder *d, const void *data, size_t length, int shrink, int orientation);

// oblik_decoder_pixels gives the image that was decoded last, 3*width*height
// bytes without padding; they stay until the next call of the other functions.
const unsigned char *oblik_decoder_pixels(const oblik_decoder *d, int *width, int *height);

// oblik_decoder_clear ends the use of the pixels and gives large memory back.
void oblik_decoder_clear(oblik_decoder *d);

void oblik_decoder_free(oblik_decoder *d);

#ifdef __cplusplus
}
#endif

#endif
