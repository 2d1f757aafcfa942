//go:build cgo && amd64

#include "inner.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vnni")))

// queries and ways are constants where this is put in line, so all sums are in
// registers and each group of codes is loaded once for all queries.
INLINE AVX512 void blocks_avx512(const int queries, const int ways, const pass *p, const prepared *q, uint32_t *found)
{
	const uint8_t *codes = p->blocks;
	for (size_t b = 0; b < p->count; b++) {
		__m512i sum[MAX_QUERIES][8];
		for (int i = 0; i < queries; i++) {
			sum[i][0] = _mm512_set1_epi32(q->bias[i]);
			for (int w = 1; w < ways; w++)
				sum[i][w] = _mm512_setzero_si512();
		}
		const int32_t *words = q->words;
		size_t g = 0;
		for (; g + ways <= q->groups; g += ways) {
#pragma GCC unroll 8
			for (int w = 0; w < ways; w++, codes += GROUP, words += queries) {
				_mm_prefetch((const char *)codes + AHEAD, _MM_HINT_T0);
				__m512i c = _mm512_loadu_si512(codes);
#pragma GCC unroll 8
				for (int i = 0; i < queries; i++)
					sum[i][w] = _mm512_dpbusd_epi32(sum[i][w], c, _mm512_set1_epi32(words[i]));
			}
		}
		for (; g < q->groups; g++, codes += GROUP, words += queries) {
			__m512i c = _mm512_loadu_si512(codes);
#pragma GCC unroll 8
			for (int i = 0; i < queries; i++)
				sum[i][0] = _mm512_dpbusd_epi32(sum[i][0], c, _mm512_set1_epi32(words[i]));
		}
#pragma GCC unroll 8
		for (int i = 0; i < queries; i++) {
#pragma GCC unroll 8
			for (int w = 1; w < ways; w++)
				sum[i][0] = _mm512_add_epi32(sum[i][0], sum[i][w]);
			uint32_t mask = _mm512_cmpge_epi32_mask(sum[i][0], _mm512_set1_epi32(p->cut[i]));
			if (__builtin_expect(mask != 0, 0)) {
				int32_t dots[LANES];
				_mm512_storeu_si512(dots, sum[i][0]);
				found[i] = keep(p->hits[i], found[i], mask, p->first + b * LANES, dots);
			}
		}
	}
}

AVX512 void scan_avx512(pass p, uint32_t *found)
{
	prepared q;
	prepare(&p, &q);
#define RUN(n, ways) blocks_avx512(n, ways, &p, &q, found)
	EACH_COUNT(p.queries, RUN)
#undef RUN
}

AVX512 uint64_t read_avx512(const uint8_t *b, size_t chunks)
{
	__m512i sum[8] = {0};
	for (; chunks; chunks--) {
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++, b += 64) {
			_mm_prefetch((const char *)b + AHEAD, _MM_HINT_NTA);
			sum[i] = _mm512_add_epi64(sum[i], _mm512_loadu_si512(b));
		}
	}
	for (int i = 1; i < 8; i++)
		sum[0] = _mm512_add_epi64(sum[0], sum[i]);
	return _mm512_reduce_add_epi64(sum[0]);
}
