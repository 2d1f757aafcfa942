// What the two kernels in C share.

#pragma once

#include "kernels.h"

#include <immintrin.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// A group is 64 bytes: 4 codes of each of 16 rows. It is fetched from memory
// AHEAD bytes before it is needed. 8192 and 16384 did best (AMD EPYC 9005, a
// table of 128 MB); a pass of 8 queries took a tenth longer with 4096, a fifth
// longer with 2048 and less.
enum { GROUP = 64, AHEAD = 8192 };

// The queries' codes, 4 in a word, group by group; the last is padded with 0.
typedef struct {
	size_t groups;
	int32_t bias[MAX_QUERIES]; // 128 times the sum of a query's codes, negative
	int32_t words[MAX_GROUPS * MAX_QUERIES];
} prepared;

static inline void prepare(const pass *p, prepared *q)
{
	size_t whole = p->dim / 4, left = p->dim % 4;
	q->groups = whole + (left > 0);
	for (size_t i = 0; i < p->queries; i++) {
		const int8_t *codes = p->codes[i];
		int32_t sum = 0, *word = q->words + i;
		for (size_t d = 0; d < p->dim; d++)
			sum += codes[d];
		q->bias[i] = -128 * sum;
		for (size_t g = 0; g < whole; g++, word += p->queries)
			memcpy(word, codes + 4 * g, 4);
		if (left) {
			*word = 0;
			memcpy(word, codes + 4 * whole, left);
		}
	}
}

// keep writes the hits of one block, named by the bits of mask.
INLINE uint32_t keep(hit *to, uint32_t found, uint32_t mask, uint32_t row, const int32_t *dots)
{
	for (; mask; mask &= mask - 1) {
		int lane = __builtin_ctz(mask);
		to[found++] = (hit){row + lane, dots[lane]};
	}
	return found;
}

// Each number of queries has code of its own, so that their sums stay in
// registers: run(queries, ways), where ways is how many registers the sums of
// one query are spread over, so that an instruction need not wait for the last.
#define EACH_COUNT(queries, run) \
	switch (queries) { \
	case 1: run(1, 8); break; \
	case 2: run(2, 4); break; \
	case 3: run(3, 4); break; \
	case 4: run(4, 2); break; \
	case 5: run(5, 2); break; \
	case 6: run(6, 2); break; \
	case 7: run(7, 2); break; \
	case 8: run(8, 2); break; \
	}
