// Package scan is the inner loop of the search: the inner products of up to 8
// queries with every row of a table, in 8-bit integers. It reports the rows
// whose product reaches a query's cut and stores nothing for the others, so a
// search costs little more than reading the table once.
//
// Rows lie in blocks of 16, their codes interleaved so that one vector register
// holds 4 components of all 16: the four codes of row 0, of row 1, ..., then
// the next four components. A code -127..127 is stored as the byte code+128,
// because the instruction that multiplies and adds them (VPDPBUSD) wants one of
// its factors without a sign; the kernel takes 128 times the query's sum away
// again. Empty rows and the padding of the last four components are code 0.
//
// There are three kernels, for AVX-512 with VNNI, for AVX2 and in plain Go.
// Each gives the same integers to the last bit: the products of 4096
// components are at most 2^26, so nothing can overflow or saturate. The best
// that the CPU has is chosen at run time; OBLIK_SCAN=avx512, avx2 or go
// chooses another. The C is compiled for any x86-64; without cgo, and on other
// CPUs, the plain Go is what is left.
package scan
