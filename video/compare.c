/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/compare.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define ALWAYS_INLINE inline __attribute__((always_inline))

/*
 * All versions are built alike: one step compares a vector's width of columns
 * in all rows. The last step ends where the rows end and so may overlap the
 * one before it, which is harmless as bits are only ever set.
 */

static uint64_t load_word(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static bool equal_bytes_plain(const struct video_compare_rows *rows,
		size_t first, uint8_t *columns)
{
	uint8_t any = 0;

	for (size_t i = first; i < rows->bytes; i++) {
		for (size_t row = 0; row < VIDEO_COMPARE_ROWS; row++)
			columns[i] |= rows->before[row][i] ^
					rows->after[row][i];
		any |= columns[i];
	}
	return any != 0;
}

static bool equal_plain(const struct video_compare_rows *rows, uint8_t *columns)
{
	uint64_t any = 0;
	size_t i = 0;

	for (; i + sizeof(any) <= rows->bytes; i += sizeof(any)) {
		uint64_t word = load_word(columns + i);

		for (size_t row = 0; row < VIDEO_COMPARE_ROWS; row++)
			word |= load_word(rows->before[row] + i) ^
					load_word(rows->after[row] + i);
		memcpy(columns + i, &word, sizeof(word));
		any |= word;
	}
	return equal_bytes_plain(rows, i, columns) || any != 0;
}

static bool close_plain(const struct video_compare_rows *rows,
		uint8_t tolerance, uint8_t *columns)
{
	uint8_t any = 0;

	for (size_t i = 0; i < rows->bytes; i++) {
		for (size_t row = 0; row < VIDEO_COMPARE_ROWS; row++) {
			int a = rows->before[row][i];
			int b = rows->after[row][i];

			columns[i] |= (a > b ? a - b : b - a) > tolerance;
		}
		any |= columns[i];
	}
	return any != 0;
}

#if defined(__x86_64__)

static ALWAYS_INLINE __m128i load_sse2(const uint8_t *at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static ALWAYS_INLINE __m128i differ_sse2(const uint8_t *before,
		const uint8_t *after, bool equal, __m128i tolerance)
{
	__m128i a = load_sse2(before);
	__m128i b = load_sse2(after);

	if (equal)
		return _mm_xor_si128(a, b);
	return _mm_subs_epu8(
			_mm_or_si128(_mm_subs_epu8(a, b), _mm_subs_epu8(b, a)),
			tolerance);
}

static ALWAYS_INLINE __m128i step_sse2(const struct video_compare_rows *rows,
		size_t at, bool equal, __m128i tolerance, uint8_t *columns)
{
	__m128i sum = load_sse2(columns + at);

	sum |= differ_sse2(rows->before[0] + at, rows->after[0] + at, equal,
			tolerance);
	sum |= differ_sse2(rows->before[1] + at, rows->after[1] + at, equal,
			tolerance);
	sum |= differ_sse2(rows->before[2] + at, rows->after[2] + at, equal,
			tolerance);
	sum |= differ_sse2(rows->before[3] + at, rows->after[3] + at, equal,
			tolerance);
	_mm_storeu_si128((__m128i *)(void *)(columns + at), sum);
	return sum;
}

static ALWAYS_INLINE bool scan_sse2(const struct video_compare_rows *from,
		bool equal, uint8_t tolerance, uint8_t *columns)
{
	const struct video_compare_rows rows = *from;
	const size_t last = rows.bytes - sizeof(__m128i);
	__m128i most = _mm_set1_epi8((char)tolerance);
	__m128i any = step_sse2(&rows, last, equal, most, columns);

	for (size_t at = 0; at < last; at += sizeof(__m128i))
		any |= step_sse2(&rows, at, equal, most, columns);
	return _mm_movemask_epi8(_mm_cmpeq_epi8(any, _mm_setzero_si128())) !=
			0xffff;
}

static bool equal_sse2(const struct video_compare_rows *rows, uint8_t *columns)
{
	if (rows->bytes < sizeof(__m128i))
		return equal_plain(rows, columns);
	return scan_sse2(rows, true, 0, columns);
}

static bool close_sse2(const struct video_compare_rows *rows, uint8_t tolerance,
		uint8_t *columns)
{
	if (rows->bytes < sizeof(__m128i))
		return close_plain(rows, tolerance, columns);
	return scan_sse2(rows, false, tolerance, columns);
}

#define AVX2 __attribute__((target("avx2")))

static ALWAYS_INLINE AVX2 __m256i load_avx2(const uint8_t *at)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

static ALWAYS_INLINE AVX2 __m256i differ_avx2(const uint8_t *before,
		const uint8_t *after, bool equal, __m256i tolerance)
{
	__m256i a = load_avx2(before);
	__m256i b = load_avx2(after);

	if (equal)
		return _mm256_xor_si256(a, b);
	return _mm256_subs_epu8(_mm256_or_si256(_mm256_subs_epu8(a, b),
						_mm256_subs_epu8(b, a)),
			tolerance);
}

static ALWAYS_INLINE AVX2 __m256i step_avx2(
		const struct video_compare_rows *rows, size_t at, bool equal,
		__m256i tolerance, uint8_t *columns)
{
	__m256i sum = load_avx2(columns + at);

	sum |= differ_avx2(rows->before[0] + at, rows->after[0] + at, equal,
			tolerance);
	sum |= differ_avx2(rows->before[1] + at, rows->after[1] + at, equal,
			tolerance);
	sum |= differ_avx2(rows->before[2] + at, rows->after[2] + at, equal,
			tolerance);
	sum |= differ_avx2(rows->before[3] + at, rows->after[3] + at, equal,
			tolerance);
	_mm256_storeu_si256((__m256i *)(void *)(columns + at), sum);
	return sum;
}

static ALWAYS_INLINE AVX2 bool scan_avx2(const struct video_compare_rows *from,
		bool equal, uint8_t tolerance, uint8_t *columns)
{
	const struct video_compare_rows rows = *from;
	const size_t last = rows.bytes - sizeof(__m256i);
	__m256i most = _mm256_set1_epi8((char)tolerance);
	__m256i any = step_avx2(&rows, last, equal, most, columns);

	for (size_t at = 0; at < last; at += sizeof(__m256i))
		any |= step_avx2(&rows, at, equal, most, columns);
	return !_mm256_testz_si256(any, any);
}

static AVX2 bool equal_avx2(
		const struct video_compare_rows *rows, uint8_t *columns)
{
	if (rows->bytes < sizeof(__m256i))
		return equal_sse2(rows, columns);
	return scan_avx2(rows, true, 0, columns);
}

static AVX2 bool close_avx2(const struct video_compare_rows *rows,
		uint8_t tolerance, uint8_t *columns)
{
	if (rows->bytes < sizeof(__m256i))
		return close_sse2(rows, tolerance, columns);
	return scan_avx2(rows, false, tolerance, columns);
}

#elif defined(__aarch64__)

static ALWAYS_INLINE uint8x16_t differ_neon(const uint8_t *before,
		const uint8_t *after, bool equal, uint8x16_t tolerance)
{
	uint8x16_t a = vld1q_u8(before);
	uint8x16_t b = vld1q_u8(after);

	return equal ? veorq_u8(a, b) : vqsubq_u8(vabdq_u8(a, b), tolerance);
}

static ALWAYS_INLINE uint8x16_t step_neon(const struct video_compare_rows *rows,
		size_t at, bool equal, uint8x16_t tolerance, uint8_t *columns)
{
	uint8x16_t sum = vld1q_u8(columns + at);

	sum |= differ_neon(rows->before[0] + at, rows->after[0] + at, equal,
			tolerance);
	sum |= differ_neon(rows->before[1] + at, rows->after[1] + at, equal,
			tolerance);
	sum |= differ_neon(rows->before[2] + at, rows->after[2] + at, equal,
			tolerance);
	sum |= differ_neon(rows->before[3] + at, rows->after[3] + at, equal,
			tolerance);
	vst1q_u8(columns + at, sum);
	return sum;
}

static ALWAYS_INLINE bool scan_neon(const struct video_compare_rows *from,
		bool equal, uint8_t tolerance, uint8_t *columns)
{
	const struct video_compare_rows rows = *from;
	const size_t last = rows.bytes - sizeof(uint8x16_t);
	uint8x16_t most = vdupq_n_u8(tolerance);
	uint8x16_t any = step_neon(&rows, last, equal, most, columns);

	for (size_t at = 0; at < last; at += sizeof(uint8x16_t))
		any |= step_neon(&rows, at, equal, most, columns);
	return vmaxvq_u8(any) != 0;
}

static bool equal_neon(const struct video_compare_rows *rows, uint8_t *columns)
{
	if (rows->bytes < sizeof(uint8x16_t))
		return equal_plain(rows, columns);
	return scan_neon(rows, true, 0, columns);
}

static bool close_neon(const struct video_compare_rows *rows, uint8_t tolerance,
		uint8_t *columns)
{
	if (rows->bytes < sizeof(uint8x16_t))
		return close_plain(rows, tolerance, columns);
	return scan_neon(rows, false, tolerance, columns);
}

#endif

static const struct video_compare compares[CORE_SIMDS] = {
		[CORE_SIMD_PLAIN] = {equal_plain, close_plain},
#if defined(__x86_64__)
		[CORE_SIMD_SSE2] = {equal_sse2, close_sse2},
		[CORE_SIMD_AVX2] = {equal_avx2, close_avx2},
#elif defined(__aarch64__)
		[CORE_SIMD_NEON] = {equal_neon, close_neon},
#endif
};

const struct video_compare *video_compare_get(enum core_simd level)
{
	return &compares[level];
}
