//go:build cgo && amd64

#include "inner.h"

#define AVX2 __attribute__((target("avx2")))

// AVX2 multiplies bytes without a sign by bytes with one and adds two products
// in 16 bits, which saturates. |q| times c with the sign of q does not: the
// factors are at most 127, the sum at most 32,258.
INLINE AVX2 __m256i add_products(__m256i sum, __m256i c, __m256i q, __m256i magnitude)
{
	__m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(c, q));
	return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

INLINE AVX2 void blocks_avx2(const int queries, const pass *p, const prepared *q, uint32_t *found)
{
	const uint8_t *codes = p->blocks;
	const __m256i flip = _mm256_set1_epi8((char)0x80);
	for (size_t b = 0; b < p->count; b++) {
		__m256i low[MAX_QUERIES], high[MAX_QUERIES]; // rows 0..7 and 8..15
		for (int i = 0; i < queries; i++)
			low[i] = high[i] = _mm256_setzero_si256();
		const int32_t *words = q->words;
		for (size_t g = 0; g < q->groups; g++, codes += GROUP, words += queries) {
			_mm_prefetch((const char *)codes + AHEAD, _MM_HINT_T0);
			__m256i l = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)codes), flip);
			__m256i h = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(codes + 32)), flip);
#pragma GCC unroll 8
			for (int i = 0; i < queries; i++) {
				__m256i word = _mm256_set1_epi32(words[i]), magnitude = _mm256_abs_epi8(word);
				low[i] = add_products(low[i], l, word, magnitude);
				high[i] = add_products(high[i], h, word, magnitude);
			}
		}
#pragma GCC unroll 8
		for (int i = 0; i < queries; i++) {
			// There is no >=, so the rows that are no hits are found.
			__m256i cut = _mm256_set1_epi32(p->cut[i]);
			uint32_t less = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(cut, low[i])));
			less |= (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(cut, high[i]))) << 8;
			if (__builtin_expect(less != 0xFFFF, 0)) {
				int32_t dots[LANES];
				_mm256_storeu_si256((__m256i *)dots, low[i]);
				_mm256_storeu_si256((__m256i *)(dots + 8), high[i]);
				found[i] = keep(p->hits[i], found[i], less ^ 0xFFFF, p->first + b * LANES, dots);
			}
		}
	}
}

AVX2 void scan_avx2(pass p, uint32_t *found)
{
	prepared q;
	prepare(&p, &q);
#define RUN(n, ways) blocks_avx2(n, &p, &q, found)
	EACH_COUNT(p.queries, RUN)
#undef RUN
}

AVX2 uint64_t read_avx2(const uint8_t *b, size_t chunks)
{
	__m256i sum[8] = {0};
	for (chunks *= 2; chunks; chunks--) {
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++, b += 32) {
			if (i % 2 == 0) // a line of the cache holds two
				_mm_prefetch((const char *)b + AHEAD, _MM_HINT_NTA);
			sum[i] = _mm256_add_epi64(sum[i], _mm256_loadu_si256((const __m256i *)b));
		}
	}
	for (int i = 1; i < 8; i++)
		sum[0] = _mm256_add_epi64(sum[0], sum[i]);
	uint64_t parts[4];
	_mm256_storeu_si256((__m256i *)parts, sum[0]);
	return parts[0] + parts[1] + parts[2] + parts[3];
}
