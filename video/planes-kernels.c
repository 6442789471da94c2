/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/planes-kernels.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* ---- plain C: the reference ---- */

INLINE void unpack_plain(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs, unsigned luma_at)
{
	for (uint32_t i = 0; i < pairs; i++) {
		y[2 * i] = from[4 * i + luma_at];
		y[2 * i + 1] = from[4 * i + luma_at + 2];
		u[i] = from[4 * i + 1 - luma_at];
		v[i] = from[4 * i + 3 - luma_at];
	}
}

static void unpack_yuyv_plain(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_plain(from, y, u, v, pairs, 0);
}

static void unpack_uyvy_plain(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_plain(from, y, u, v, pairs, 1);
}

static void split_plain(
		const uint8_t *from, uint8_t *u, uint8_t *v, uint32_t pairs)
{
	for (uint32_t i = 0; i < pairs; i++) {
		u[i] = from[2 * i];
		v[i] = from[2 * i + 1];
	}
}

INLINE void average_bytes(const uint8_t *restrict a, const uint8_t *restrict b,
		uint8_t *restrict to, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)((a[i] + b[i] + 1) >> 1);
}

INLINE void repeat_bytes(
		const uint8_t *restrict from, uint8_t *restrict to, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		to[2 * i] = from[i];
		to[2 * i + 1] = from[i];
	}
}

/*
 * In steps of a constant length, without a remainder, which the compiler
 * turns into whatever vectors the caller may use.
 */
#define STEP 32

INLINE void average_steps(
		const uint8_t *a, const uint8_t *b, uint8_t *to, uint32_t bytes)
{
	uint32_t i = 0;

	for (; i + STEP <= bytes; i += STEP)
		average_bytes(a + i, b + i, to + i, STEP);
	average_bytes(a + i, b + i, to + i, bytes - i);
}

INLINE void repeat_steps(const uint8_t *from, uint8_t *to, uint32_t bytes)
{
	uint32_t i = 0;

	for (; i + STEP <= bytes; i += STEP)
		repeat_bytes(from + i, to + 2 * i, STEP);
	repeat_bytes(from + i, to + 2 * i, bytes - i);
}

static void average_plain(
		const uint8_t *a, const uint8_t *b, uint8_t *to, uint32_t bytes)
{
	average_steps(a, b, to, bytes);
}

static void repeat_plain(const uint8_t *from, uint8_t *to, uint32_t bytes)
{
	repeat_steps(from, to, bytes);
}

/*
 * The vector versions end with a step that overlaps the one before, so that
 * no width needs a loop of single pixels.
 */

#if defined(__x86_64__)

/* ---- SSE2 ---- */

#define LOAD128(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE128(p, value) _mm_storeu_si128((__m128i *)(void *)(p), value)

INLINE void unpack_8_pairs(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, bool luma_first)
{
	const __m128i low = _mm_set1_epi16(0xff);
	const __m128i a = LOAD128(from);
	const __m128i b = LOAD128(from + 16);
	const __m128i even = _mm_packus_epi16(
			_mm_and_si128(a, low), _mm_and_si128(b, low));
	const __m128i odd = _mm_packus_epi16(
			_mm_srli_epi16(a, 8), _mm_srli_epi16(b, 8));
	const __m128i chroma = luma_first ? odd : even;
	const __m128i both = _mm_packus_epi16(
			_mm_and_si128(chroma, low), _mm_srli_epi16(chroma, 8));

	STORE128(y, luma_first ? even : odd);
	_mm_storel_epi64((__m128i *)(void *)u, both);
	_mm_storel_epi64((__m128i *)(void *)v, _mm_unpackhi_epi64(both, both));
}

INLINE void unpack_sse2(const uint8_t *from, uint8_t *y, uint8_t *u, uint8_t *v,
		uint32_t pairs, bool luma_first)
{
	uint32_t i = 0;

	if (pairs < 8) {
		unpack_plain(from, y, u, v, pairs, luma_first ? 0 : 1);
		return;
	}
	for (; i + 8 <= pairs; i += 8)
		unpack_8_pairs(from + 4 * i, y + 2 * i, u + i, v + i,
				luma_first);
	if (i < pairs) {
		i = pairs - 8;
		unpack_8_pairs(from + 4 * i, y + 2 * i, u + i, v + i,
				luma_first);
	}
}

static void unpack_yuyv_sse2(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_sse2(from, y, u, v, pairs, true);
}

static void unpack_uyvy_sse2(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_sse2(from, y, u, v, pairs, false);
}

INLINE void split_16_pairs(const uint8_t *from, uint8_t *u, uint8_t *v)
{
	const __m128i low = _mm_set1_epi16(0xff);
	const __m128i a = LOAD128(from);
	const __m128i b = LOAD128(from + 16);

	STORE128(u,
			_mm_packus_epi16(_mm_and_si128(a, low),
					_mm_and_si128(b, low)));
	STORE128(v,
			_mm_packus_epi16(_mm_srli_epi16(a, 8),
					_mm_srli_epi16(b, 8)));
}

static void split_sse2(
		const uint8_t *from, uint8_t *u, uint8_t *v, uint32_t pairs)
{
	uint32_t i = 0;

	if (pairs < 16) {
		split_plain(from, u, v, pairs);
		return;
	}
	for (; i + 16 <= pairs; i += 16)
		split_16_pairs(from + 2 * i, u + i, v + i);
	split_16_pairs(from + 2 * (pairs - 16), u + pairs - 16, v + pairs - 16);
}

/* ---- AVX2 ---- */

#define AVX2 __attribute__((target("avx2")))
#define LOAD256(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE256(p, value) _mm256_storeu_si256((__m256i *)(void *)(p), value)

/* Packing works in each half of a register: put the quarters right. */
#define IN_ORDER 0xd8

AVX2 INLINE void unpack_32_pairs(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, bool luma_first)
{
	const __m256i low = _mm256_set1_epi16(0xff);
	__m256i chroma[2];

	for (unsigned i = 0; i < 2; i++) {
		const __m256i a = LOAD256(from + 64 * i);
		const __m256i b = LOAD256(from + 64 * i + 32);
		const __m256i even =
				_mm256_packus_epi16(_mm256_and_si256(a, low),
						_mm256_and_si256(b, low));
		const __m256i odd = _mm256_packus_epi16(_mm256_srli_epi16(a, 8),
				_mm256_srli_epi16(b, 8));

		STORE256(y + 32 * i,
				_mm256_permute4x64_epi64(
						luma_first ? even : odd,
						IN_ORDER));
		chroma[i] = _mm256_permute4x64_epi64(
				luma_first ? odd : even, IN_ORDER);
	}
	STORE256(u,
			_mm256_permute4x64_epi64(
					_mm256_packus_epi16(
							_mm256_and_si256(
									chroma[0],
									low),
							_mm256_and_si256(
									chroma[1],
									low)),
					IN_ORDER));
	STORE256(v,
			_mm256_permute4x64_epi64(
					_mm256_packus_epi16(
							_mm256_srli_epi16(
									chroma[0],
									8),
							_mm256_srli_epi16(
									chroma[1],
									8)),
					IN_ORDER));
}

AVX2 INLINE void unpack_avx2(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs, bool luma_first)
{
	uint32_t i = 0;

	if (pairs < 32) {
		unpack_sse2(from, y, u, v, pairs, luma_first);
		return;
	}
	for (; i + 32 <= pairs; i += 32)
		unpack_32_pairs(from + 4 * i, y + 2 * i, u + i, v + i,
				luma_first);
	if (i < pairs) {
		i = pairs - 32;
		unpack_32_pairs(from + 4 * i, y + 2 * i, u + i, v + i,
				luma_first);
	}
}

AVX2 static void unpack_yuyv_avx2(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_avx2(from, y, u, v, pairs, true);
}

AVX2 static void unpack_uyvy_avx2(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_avx2(from, y, u, v, pairs, false);
}

AVX2 INLINE void split_32_pairs(const uint8_t *from, uint8_t *u, uint8_t *v)
{
	const __m256i low = _mm256_set1_epi16(0xff);
	const __m256i a = LOAD256(from);
	const __m256i b = LOAD256(from + 32);

	STORE256(u,
			_mm256_permute4x64_epi64(
					_mm256_packus_epi16(
							_mm256_and_si256(
									a, low),
							_mm256_and_si256(b,
									low)),
					IN_ORDER));
	STORE256(v,
			_mm256_permute4x64_epi64(
					_mm256_packus_epi16(
							_mm256_srli_epi16(a, 8),
							_mm256_srli_epi16(
									b, 8)),
					IN_ORDER));
}

AVX2 static void split_avx2(
		const uint8_t *from, uint8_t *u, uint8_t *v, uint32_t pairs)
{
	uint32_t i = 0;

	if (pairs < 32) {
		split_sse2(from, u, v, pairs);
		return;
	}
	for (; i + 32 <= pairs; i += 32)
		split_32_pairs(from + 2 * i, u + i, v + i);
	split_32_pairs(from + 2 * (pairs - 32), u + pairs - 32, v + pairs - 32);
}

AVX2 static void average_avx2(
		const uint8_t *a, const uint8_t *b, uint8_t *to, uint32_t bytes)
{
	average_steps(a, b, to, bytes);
}

AVX2 static void repeat_avx2(const uint8_t *from, uint8_t *to, uint32_t bytes)
{
	repeat_steps(from, to, bytes);
}

#elif defined(__aarch64__)

/* ---- NEON ---- */

INLINE void unpack_16_pairs(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, unsigned luma_at)
{
	const uint8x16x4_t in = vld4q_u8(from);
	const uint8x16x2_t luma = {{in.val[luma_at], in.val[luma_at + 2]}};

	vst2q_u8(y, luma);
	vst1q_u8(u, in.val[1 - luma_at]);
	vst1q_u8(v, in.val[3 - luma_at]);
}

INLINE void unpack_neon(const uint8_t *from, uint8_t *y, uint8_t *u, uint8_t *v,
		uint32_t pairs, unsigned luma_at)
{
	uint32_t i = 0;

	if (pairs < 16) {
		unpack_plain(from, y, u, v, pairs, luma_at);
		return;
	}
	for (; i + 16 <= pairs; i += 16)
		unpack_16_pairs(from + 4 * i, y + 2 * i, u + i, v + i, luma_at);
	if (i < pairs) {
		i = pairs - 16;
		unpack_16_pairs(from + 4 * i, y + 2 * i, u + i, v + i, luma_at);
	}
}

static void unpack_yuyv_neon(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_neon(from, y, u, v, pairs, 0);
}

static void unpack_uyvy_neon(const uint8_t *from, uint8_t *y, uint8_t *u,
		uint8_t *v, uint32_t pairs)
{
	unpack_neon(from, y, u, v, pairs, 1);
}

INLINE void split_16_pairs(const uint8_t *from, uint8_t *u, uint8_t *v)
{
	const uint8x16x2_t in = vld2q_u8(from);

	vst1q_u8(u, in.val[0]);
	vst1q_u8(v, in.val[1]);
}

static void split_neon(
		const uint8_t *from, uint8_t *u, uint8_t *v, uint32_t pairs)
{
	uint32_t i = 0;

	if (pairs < 16) {
		split_plain(from, u, v, pairs);
		return;
	}
	for (; i + 16 <= pairs; i += 16)
		split_16_pairs(from + 2 * i, u + i, v + i);
	split_16_pairs(from + 2 * (pairs - 16), u + pairs - 16, v + pairs - 16);
}

#endif

#define COMMON(level) .average = average_##level, .repeat = repeat_##level

static const struct video_plane_kernels kernels[CORE_SIMDS] = {
		[CORE_SIMD_PLAIN] = {.unpack_yuyv = unpack_yuyv_plain,
				.unpack_uyvy = unpack_uyvy_plain,
				.split = split_plain,
				COMMON(plain)},
#if defined(__x86_64__)
		[CORE_SIMD_SSE2] = {.unpack_yuyv = unpack_yuyv_sse2,
				.unpack_uyvy = unpack_uyvy_sse2,
				.split = split_sse2,
				COMMON(plain)},
		[CORE_SIMD_AVX2] = {.unpack_yuyv = unpack_yuyv_avx2,
				.unpack_uyvy = unpack_uyvy_avx2,
				.split = split_avx2,
				COMMON(avx2)},
#elif defined(__aarch64__)
		[CORE_SIMD_NEON] = {.unpack_yuyv = unpack_yuyv_neon,
				.unpack_uyvy = unpack_uyvy_neon,
				.split = split_neon,
				COMMON(plain)},
#endif
};

const struct video_plane_kernels *video_plane_kernels_get(enum core_simd level)
{
	return &kernels[level];
}
