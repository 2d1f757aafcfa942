// Package header checks a stranger's image bytes in pure Go, before any native
// decoder sees them. It never decodes pixels: it walks the file's structure
// once, from magic to end marker, and allocates nothing but an error.
//
// The first bytes decide the type, never a name or a Content-Type. Accepted
// are, with at most 8 bits a sample, one or three colour components and no
// animation:
//
//   - JPEG: Huffman-coded baseline, extended and progressive.
//   - PNG: grey, RGB and palette, 1 to 8 bits, interlaced or not.
//   - WebP: lossy, lossless and extended.
//   - JPEG 2000: JP2 files with Part 1 code-streams, but for the variants that make
//     a decoder keep far more records than pixels (j2k_segments.go).
//
// What holds for all of them, and why:
//
//   - Refused by limit, before anything is allocated: bytes, sides, pixels, and
//     pixels for each byte, because a decoder's memory follows the pixels that
//     a header claims and a 421-byte file can claim 64 million.
//   - Refused: more than 8 bits a sample (the decoder would cut them silently)
//     and transparency, declared anywhere (the decoder drops it, so that the
//     matcher would see pixels which the person at the desk does not). This
//     costs screenshots with an opaque alpha channel; a plain copy is accepted.
//   - Refused: an end that is missing (decoders fill the rest with grey), and
//     bytes after the end other than padding (0x00 or 0xFF, up to [MaxPadding]).
//     So what is stored is one picture, though comments and metadata within it
//     may still hold anything. This costs the extra pictures that phones append
//     to a JPEG for HDR and depth; the error says what to do.
//   - Not checked: coded data. Flipped bits in it, or Huffman tables that don't
//     fit, are the decoder's to find, which is why it runs in a worker process.
//
// Sources: ITU-T T.81 (JPEG), T.800 (JPEG 2000), W3C PNG third edition, RFC 9649
// (WebP), CIPA DC-008 (EXIF).
package header
