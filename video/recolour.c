/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/recolour.h"

#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* ---- plain C: the reference ---- */

/*
 * 16-bit sums with five bits behind the point, of products of which only the
 * high half is kept, as every vector unit has them. Each product is cut off,
 * half a unit low on average: hence the one above the half that rounds.
 */
#define FRACTION_BITS 5
#define ROUNDING ((1 << (FRACTION_BITS - 1)) + 1)

INLINE int16_t scale(int value, int16_t factor)
{
	return (int16_t)(((int16_t)value * factor) >> 16);
}

INLINE uint16_t saturate(int16_t sum, int16_t offset)
{
	int16_t value = (int16_t)(((int16_t)(sum + ROUNDING) >> FRACTION_BITS) +
			offset);

	value = value < 0 ? 0 : value;
	return (uint16_t)(value > UINT8_MAX ? UINT8_MAX : value);
}

INLINE void recolour_luma_pairs(const struct video_recolour *recolour,
		const uint8_t *restrict y, const uint8_t *restrict u,
		const uint8_t *restrict v, uint8_t *restrict to, uint32_t pairs)
{
	const struct video_recolour k = *recolour;

	for (uint32_t i = 0; i < pairs; i++) {
		const int16_t chroma = (int16_t)(scale((u[i] - 128) * 256,
								 k.cb_luma) +
				scale((v[i] - 128) * 256, k.cr_luma));
		uint16_t two; /* low and high byte alike: any byte order does */
		int16_t low, high;

		memcpy(&two, y + 2 * i, 2);
		low = scale(((two & 0xff) - k.luma_offset) * 128, k.luma);
		high = scale(((two >> 8) - k.luma_offset) * 128, k.luma);
		two = (uint16_t)(saturate((int16_t)(low + chroma), 0) |
				saturate((int16_t)(high + chroma), 0) << 8);
		memcpy(to + 2 * i, &two, 2);
	}
}

INLINE void recolour_chroma_samples(const struct video_recolour *recolour,
		const uint8_t *restrict u, const uint8_t *restrict v,
		uint8_t *restrict to_u, uint8_t *restrict to_v, uint32_t n)
{
	const struct video_recolour k = *recolour;

	for (uint32_t i = 0; i < n; i++) {
		const int cb = (u[i] - 128) * 256;
		const int cr = (v[i] - 128) * 256;

		to_u[i] = (uint8_t)saturate((int16_t)(scale(cb, k.cb_cb) +
							    scale(cr, k.cr_cb)),
				128);
		to_v[i] = (uint8_t)saturate((int16_t)(scale(cb, k.cb_cr) +
							    scale(cr, k.cr_cr)),
				128);
	}
}

/*
 * Chroma in steps of a constant length, without a remainder, which the
 * compiler turns into whatever vectors the caller may use.
 */
#define STEP 32

INLINE void recolour_chroma_steps(const struct video_recolour *recolour,
		const uint8_t *u, const uint8_t *v, uint8_t *to_u,
		uint8_t *to_v, uint32_t samples)
{
	uint32_t i = 0;

	for (; i + STEP <= samples; i += STEP)
		recolour_chroma_samples(recolour, u + i, v + i, to_u + i,
				to_v + i, STEP);
	recolour_chroma_samples(recolour, u + i, v + i, to_u + i, to_v + i,
			samples - i);
}

static void recolour_luma_plain(const struct video_recolour *recolour,
		const uint8_t *y, const uint8_t *u, const uint8_t *v,
		uint8_t *to, uint32_t pairs)
{
	recolour_luma_pairs(recolour, y, u, v, to, pairs);
}

static void recolour_chroma_plain(const struct video_recolour *recolour,
		const uint8_t *u, const uint8_t *v, uint8_t *to_u,
		uint8_t *to_v, uint32_t samples)
{
	recolour_chroma_steps(recolour, u, v, to_u, to_v, samples);
}

#if defined(__x86_64__)

/* ---- SSE2 ---- */

#define LOAD128(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE128(p, value) _mm_storeu_si128((__m128i *)(void *)(p), value)

/* The lumas of eight pairs, the first or the second of each, one a lane. */
INLINE __m128i recolour_lumas_128(
		const struct video_recolour *k, __m128i lumas, __m128i chroma)
{
	const __m128i offset = _mm_set1_epi16(k->luma_offset);
	const __m128i scaled = _mm_mulhi_epi16(
			_mm_slli_epi16(_mm_sub_epi16(lumas, offset), 7),
			_mm_set1_epi16(k->luma));
	const __m128i sum = _mm_srai_epi16(
			_mm_add_epi16(_mm_add_epi16(scaled, chroma),
					_mm_set1_epi16(ROUNDING)),
			FRACTION_BITS);

	return _mm_min_epi16(_mm_max_epi16(sum, _mm_setzero_si128()),
			_mm_set1_epi16(UINT8_MAX));
}

INLINE __m128i chroma_128(const uint8_t *samples, int16_t factor)
{
	const __m128i signed_samples = _mm_xor_si128(
			_mm_loadl_epi64((const __m128i *)(const void *)samples),
			_mm_set1_epi8(INT8_MIN));

	return _mm_mulhi_epi16(
			_mm_unpacklo_epi8(_mm_setzero_si128(), signed_samples),
			_mm_set1_epi16(factor));
}

static void recolour_luma_sse2(const struct video_recolour *recolour,
		const uint8_t *y, const uint8_t *u, const uint8_t *v,
		uint8_t *to, uint32_t pairs)
{
	const struct video_recolour k = *recolour;
	uint32_t i = 0;

	for (; i + 8 <= pairs; i += 8) {
		const __m128i lumas = LOAD128(y + 2 * i);
		const __m128i chroma =
				_mm_add_epi16(chroma_128(u + i, k.cb_luma),
						chroma_128(v + i, k.cr_luma));
		const __m128i low = recolour_lumas_128(&k,
				_mm_and_si128(lumas, _mm_set1_epi16(0xff)),
				chroma);
		const __m128i high = recolour_lumas_128(
				&k, _mm_srli_epi16(lumas, 8), chroma);

		STORE128(to + 2 * i,
				_mm_or_si128(low, _mm_slli_epi16(high, 8)));
	}
	recolour_luma_pairs(recolour, y + 2 * i, u + i, v + i, to + 2 * i,
			pairs - i);
}

/* ---- AVX2 ---- */

#define AVX2 __attribute__((target("avx2")))
#define LOAD256(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE256(p, value) _mm256_storeu_si256((__m256i *)(void *)(p), value)

AVX2 INLINE __m256i recolour_lumas_256(
		const struct video_recolour *k, __m256i lumas, __m256i chroma)
{
	const __m256i offset = _mm256_set1_epi16(k->luma_offset);
	const __m256i scaled = _mm256_mulhi_epi16(
			_mm256_slli_epi16(_mm256_sub_epi16(lumas, offset), 7),
			_mm256_set1_epi16(k->luma));
	const __m256i sum = _mm256_srai_epi16(
			_mm256_add_epi16(_mm256_add_epi16(scaled, chroma),
					_mm256_set1_epi16(ROUNDING)),
			FRACTION_BITS);

	return _mm256_min_epi16(_mm256_max_epi16(sum, _mm256_setzero_si256()),
			_mm256_set1_epi16(UINT8_MAX));
}

AVX2 INLINE __m256i chroma_256(const uint8_t *samples, int16_t factor)
{
	const __m128i signed_samples = _mm_xor_si128(
			LOAD128(samples), _mm_set1_epi8(INT8_MIN));

	return _mm256_mulhi_epi16(
			_mm256_slli_epi16(_mm256_cvtepu8_epi16(signed_samples),
					8),
			_mm256_set1_epi16(factor));
}

AVX2 static void recolour_luma_avx2(const struct video_recolour *recolour,
		const uint8_t *y, const uint8_t *u, const uint8_t *v,
		uint8_t *to, uint32_t pairs)
{
	const struct video_recolour k = *recolour;
	uint32_t i = 0;

	for (; i + 16 <= pairs; i += 16) {
		const __m256i lumas = LOAD256(y + 2 * i);
		const __m256i chroma =
				_mm256_add_epi16(chroma_256(u + i, k.cb_luma),
						chroma_256(v + i, k.cr_luma));
		const __m256i low = recolour_lumas_256(&k,
				_mm256_and_si256(
						lumas, _mm256_set1_epi16(0xff)),
				chroma);
		const __m256i high = recolour_lumas_256(
				&k, _mm256_srli_epi16(lumas, 8), chroma);

		STORE256(to + 2 * i,
				_mm256_or_si256(low,
						_mm256_slli_epi16(high, 8)));
	}
	recolour_luma_sse2(recolour, y + 2 * i, u + i, v + i, to + 2 * i,
			pairs - i);
}

AVX2 static void recolour_chroma_avx2(const struct video_recolour *recolour,
		const uint8_t *u, const uint8_t *v, uint8_t *to_u,
		uint8_t *to_v, uint32_t samples)
{
	recolour_chroma_steps(recolour, u, v, to_u, to_v, samples);
}

#elif defined(__aarch64__)

/* ---- NEON ---- */

static int16x8_t high_products(int16x8_t values, int16_t factor)
{
	const int16x4_t low = vshrn_n_s32(
			vmull_n_s16(vget_low_s16(values), factor), 16);
	const int16x4_t high = vshrn_n_s32(
			vmull_n_s16(vget_high_s16(values), factor), 16);

	return vcombine_s16(low, high);
}

static int16x8_t chroma_neon(const uint8_t *samples, int16_t factor)
{
	const int8x8_t signed_samples = vreinterpret_s8_u8(
			veor_u8(vld1_u8(samples), vdup_n_u8(0x80)));

	return high_products(vshlq_n_s16(vmovl_s8(signed_samples), 8), factor);
}

static uint8x8_t lumas_neon(const struct video_recolour *k, uint8x8_t lumas,
		int16x8_t chroma)
{
	const int16x8_t above =
			vsubq_s16(vreinterpretq_s16_u16(vmovl_u8(lumas)),
					vdupq_n_s16(k->luma_offset));
	const int16x8_t scaled = high_products(vshlq_n_s16(above, 7), k->luma);
	const int16x8_t sum = vaddq_s16(
			vaddq_s16(scaled, chroma), vdupq_n_s16(ROUNDING));

	return vqmovun_s16(vshrq_n_s16(sum, FRACTION_BITS));
}

static void recolour_luma_neon(const struct video_recolour *recolour,
		const uint8_t *y, const uint8_t *u, const uint8_t *v,
		uint8_t *to, uint32_t pairs)
{
	const struct video_recolour k = *recolour;
	uint32_t i = 0;

	for (; i + 8 <= pairs; i += 8) {
		const uint8x8x2_t lumas = vld2_u8(y + 2 * i);
		const int16x8_t chroma =
				vaddq_s16(chroma_neon(u + i, k.cb_luma),
						chroma_neon(v + i, k.cr_luma));
		const uint8x8x2_t both = {{lumas_neon(&k, lumas.val[0], chroma),
				lumas_neon(&k, lumas.val[1], chroma)}};

		vst2_u8(to + 2 * i, both);
	}
	recolour_luma_pairs(recolour, y + 2 * i, u + i, v + i, to + 2 * i,
			pairs - i);
}

#endif

static const struct video_recolour_kernels kernels[CORE_SIMDS] = {
		[CORE_SIMD_PLAIN] = {recolour_luma_plain,
				recolour_chroma_plain},
#if defined(__x86_64__)
		[CORE_SIMD_SSE2] = {recolour_luma_sse2, recolour_chroma_plain},
		[CORE_SIMD_AVX2] = {recolour_luma_avx2, recolour_chroma_avx2},
#elif defined(__aarch64__)
		[CORE_SIMD_NEON] = {recolour_luma_neon, recolour_chroma_plain},
#endif
};

const struct video_recolour_kernels *video_recolour_kernels_get(
		enum core_simd level)
{
	return &kernels[level];
}
