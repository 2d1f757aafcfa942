// Package quant makes a template's vector small enough to be searched at the
// memory's speed, and proves how far a small vector's score can be from the
// exact one. A search that keeps every row whose upper bound reaches what it
// looks for, and then scores those exactly, misses nobody.
//
// # A row
//
// A template's vector x has d components in float16 and a length n within
// 0.99..1.01. Its code is c = round(x/step), half away from zero, one signed
// byte a component, -127..127. The step is a power of two, so the division is
// exact; a row's [Class] says which, the smallest that keeps all of the row
// within range. So x = step*c + e with |e_i| <= step/2.
//
// The code and the low byte of a float16 tell all 16 bits of it if |c| >= 5:
// then |x| >= 4.5*step, neighbours in float16 are at least step/256 apart, and
// the cell of one code, half open and one step wide, holds at most 256 of
// them, consecutive in their bits. Nearer to 0 float16 is denser, and the high
// byte is kept too. Nothing of a template is lost: see [Pack].
//
// # A probe
//
// The probe p, a unit vector in float32, has a step t of its own, the greatest
// |p_i| / 127: p = t*q + f, with q in -127..127 and f known exactly.
//
// # The bounds
//
// What a scan computes is the integer D = q·c. What it stands for is the exact
// similarity s: the row brought to unit length and rounded to float32, its
// product with p summed in float64, kept within -1..1. Then
//
//	p·x = (t*q + f)·x = t*step*D + t*q·e + f·x
//
// where |t*q·e| <= B = t*step/2 * (|q_1| + ... + |q_d|), since no |e_i| is
// more than step/2, and |f·x| <= |f|*n by Cauchy and Schwarz. The cosine is
// p·x / n, hence
//
//	(t*step*D - B) / n - |f|  <=  p·x / n  <=  (t*step*D + B) / n + |f|
//
// with the n of 0.99..1.01 that is worst. Two roundings lie between p·x/n and
// s. That of x/n to float32 moves each component by at most 2^-24 of it, so
// the product by at most 2^-24 * |p|. The float64 arithmetic, of s and of the
// bounds, moves it by less than 2*d*2^-53 * |p|, under 1e-12 * |p| for d up to
// 4096. Both together are less than 1e-7 * |p|, which the bounds are widened
// by. Keeping s within -1..1 is monotone, so the bounds are kept there too.
//
// Each part can be reached, as far as float16 goes. For the vectors of SFace,
// of 128 dimensions, the bounds are 0.020 to either side on average; the
// greatest error among 130,000 pairs of LFW was 0.005.
package quant
