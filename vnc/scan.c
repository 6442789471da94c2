/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/scan.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx2")))
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* Of a pixel as it is in memory. */
#define COLOUR htole32(0x00ffffff)

INLINE uint32_t load_pixel(const uint8_t *at)
{
	uint32_t pixel;

	memcpy(&pixel, at, sizeof(pixel));
	return pixel & COLOUR;
}

/* ---- is a row made of two values? plain C ---- */

INLINE bool bytes_plain(
		const uint8_t *row, uint32_t width, uint8_t a, uint8_t b)
{
	for (uint32_t x = 0; x < width; x++)
		if (row[x] != a && row[x] != b)
			return false;
	return true;
}

INLINE bool pixels_plain(
		const uint8_t *row, uint32_t width, uint32_t a, uint32_t b)
{
	for (uint32_t x = 0; x < width; x++) {
		const uint32_t pixel = load_pixel(row + 4 * x);

		if (pixel != a && pixel != b)
			return false;
	}
	return true;
}

/* ---- are all bytes the same? plain C ---- */

INLINE bool row_differs(const uint8_t *row, uint32_t width, uint8_t value)
{
	uint8_t differs = 0;

	for (uint32_t x = 0; x < width; x++)
		differs |= row[x] ^ value;
	return differs != 0;
}

/* Rows of eight bytes or more; the last step overlaps the one before. */
INLINE bool eights_differ(const uint8_t *row, uint32_t width, uint8_t value)
{
	const uint64_t all = value * UINT64_C(0x0101010101010101);
	const uint8_t *last = row + width - 8;
	uint64_t bytes;
	uint64_t differs;

	memcpy(&bytes, last, 8);
	differs = bytes ^ all;
	for (; row < last; row += 8) {
		memcpy(&bytes, row, 8);
		differs |= bytes ^ all;
	}
	return differs != 0;
}

/*
 * ---- with the compiler's own vectors ----
 *
 * Most blocks are 64, 32 or 16 bytes wide: then so many rows at once. What is
 * not surely a or b has to be looked at row by row.
 */
#define ROWS 4
#define BLOCK_WIDTH 64
#define CELL_WIDTH 16

#define HALF 16
typedef uint8_t bytes16 __attribute__((vector_size(HALF)));
typedef uint32_t words4 __attribute__((vector_size(HALF)));
typedef uint64_t quads2 __attribute__((vector_size(HALF)));

INLINE bool rows_plain(const uint8_t *row, size_t stride_bytes, uint32_t width,
		uint8_t a, uint8_t b)
{
	(void)row;
	(void)stride_bytes;
	(void)width;
	(void)a;
	(void)b;
	return false;
}

INLINE bool bytes_16(const uint8_t *row, uint32_t width, uint8_t a, uint8_t b)
{
	const bytes16 all_a = (bytes16){0} + a;
	const bytes16 all_b = (bytes16){0} + b;
	const uint8_t *last = row + width - HALF;
	bytes16 bytes;
	quads2 good;

	if (width < HALF)
		return bytes_plain(row, width, a, b);
	memcpy(&bytes, last, HALF);
	good = (quads2)((bytes == all_a) | (bytes == all_b));
	for (; row < last; row += HALF) {
		memcpy(&bytes, row, HALF);
		good &= (quads2)((bytes == all_a) | (bytes == all_b));
	}
	return (good[0] & good[1]) == UINT64_MAX;
}

INLINE bool rows_16(const uint8_t *row, size_t stride_bytes, uint32_t width,
		uint8_t a, uint8_t b)
{
	const bytes16 all_a = (bytes16){0} + a;
	const bytes16 all_b = (bytes16){0} + b;
	quads2 good = ~(quads2){0};

	if (width != BLOCK_WIDTH && width != BLOCK_WIDTH / 2 &&
			width != CELL_WIDTH)
		return false;
	for (unsigned i = 0; i < ROWS; i++, row += stride_bytes) {
		for (uint32_t x = 0; x < width; x += HALF) {
			bytes16 bytes;

			memcpy(&bytes, row + x, HALF);
			good &= (quads2)((bytes == all_a) | (bytes == all_b));
		}
	}
	return (good[0] & good[1]) == UINT64_MAX;
}

INLINE bool pixels_16(
		const uint8_t *row, uint32_t width, uint32_t a, uint32_t b)
{
	const words4 mask = (words4){0} + COLOUR;
	const words4 all_a = (words4){0} + a;
	const words4 all_b = (words4){0} + b;
	const uint8_t *last = row + (size_t)width * 4 - HALF;
	words4 pixels;
	quads2 good;

	if (width < HALF / 4)
		return pixels_plain(row, width, a, b);
	memcpy(&pixels, last, HALF);
	pixels &= mask;
	good = (quads2)((pixels == all_a) | (pixels == all_b));
	for (; row < last; row += HALF) {
		memcpy(&pixels, row, HALF);
		pixels &= mask;
		good &= (quads2)((pixels == all_a) | (pixels == all_b));
	}
	return (good[0] & good[1]) == UINT64_MAX;
}

INLINE bool differs_16(const uint8_t *row, uint32_t width, uint8_t value)
{
	const bytes16 all = (bytes16){0} + value;
	const uint8_t *last = row + width - HALF;
	bytes16 bytes;
	quads2 differs;

	if (width < HALF)
		return width < 8 ? row_differs(row, width, value)
				 : eights_differ(row, width, value);
	memcpy(&bytes, last, HALF);
	differs = (quads2)(bytes ^ all);
	for (; row < last; row += HALF) {
		memcpy(&bytes, row, HALF);
		differs |= (quads2)(bytes ^ all);
	}
	return (differs[0] | differs[1]) != 0;
}

#if defined(__x86_64__)

/* ---- the same with those of AVX2 ---- */

#define FULL 32
typedef uint8_t bytes32 __attribute__((vector_size(FULL)));
typedef uint32_t words8 __attribute__((vector_size(FULL)));
typedef uint64_t quads4 __attribute__((vector_size(FULL)));

WIDE INLINE bool bytes_32(
		const uint8_t *row, uint32_t width, uint8_t a, uint8_t b)
{
	const bytes32 all_a = (bytes32){0} + a;
	const bytes32 all_b = (bytes32){0} + b;
	const uint8_t *last = row + width - FULL;
	bytes32 bytes;
	quads4 good;

	if (width < FULL)
		return bytes_16(row, width, a, b);
	memcpy(&bytes, last, FULL);
	good = (quads4)((bytes == all_a) | (bytes == all_b));
	for (; row < last; row += FULL) {
		memcpy(&bytes, row, FULL);
		good &= (quads4)((bytes == all_a) | (bytes == all_b));
	}
	return (good[0] & good[1] & good[2] & good[3]) == UINT64_MAX;
}

/* A block's chroma, where it has half the width. */
WIDE INLINE bool rows_are_full(
		const uint8_t *row, size_t stride_bytes, uint8_t a, uint8_t b)
{
	const bytes32 all_a = (bytes32){0} + a;
	const bytes32 all_b = (bytes32){0} + b;
	quads4 good = ~(quads4){0};

	for (unsigned i = 0; i < ROWS; i++, row += stride_bytes) {
		bytes32 bytes;

		memcpy(&bytes, row, FULL);
		good &= (quads4)((bytes == all_a) | (bytes == all_b));
	}
	return (good[0] & good[1] & good[2] & good[3]) == UINT64_MAX;
}

WIDE INLINE bool rows_32(const uint8_t *row, size_t stride_bytes,
		uint32_t width, uint8_t a, uint8_t b)
{
	const bytes32 all_a = (bytes32){0} + a;
	const bytes32 all_b = (bytes32){0} + b;
	quads4 good = ~(quads4){0};

	if (width == FULL)
		return rows_are_full(row, stride_bytes, a, b);
	if (width != BLOCK_WIDTH)
		return rows_16(row, stride_bytes, width, a, b);
	for (unsigned i = 0; i < ROWS; i++, row += stride_bytes) {
		bytes32 left, right;

		memcpy(&left, row, FULL);
		memcpy(&right, row + FULL, FULL);
		good &= (quads4)((left == all_a) | (left == all_b));
		good &= (quads4)((right == all_a) | (right == all_b));
	}
	return (good[0] & good[1] & good[2] & good[3]) == UINT64_MAX;
}

WIDE INLINE bool pixels_32(
		const uint8_t *row, uint32_t width, uint32_t a, uint32_t b)
{
	const words8 mask = (words8){0} + COLOUR;
	const words8 all_a = (words8){0} + a;
	const words8 all_b = (words8){0} + b;
	const uint8_t *last = row + (size_t)width * 4 - FULL;
	words8 pixels;
	quads4 good;

	if (width < FULL / 4)
		return pixels_16(row, width, a, b);
	memcpy(&pixels, last, FULL);
	pixels &= mask;
	good = (quads4)((pixels == all_a) | (pixels == all_b));
	for (; row < last; row += FULL) {
		memcpy(&pixels, row, FULL);
		pixels &= mask;
		good &= (quads4)((pixels == all_a) | (pixels == all_b));
	}
	return (good[0] & good[1] & good[2] & good[3]) == UINT64_MAX;
}

WIDE INLINE bool differs_32(const uint8_t *row, uint32_t width, uint8_t value)
{
	const bytes32 all = (bytes32){0} + value;
	const uint8_t *last = row + width - FULL;
	bytes32 bytes;
	quads4 differs;

	if (width < FULL)
		return differs_16(row, width, value);
	memcpy(&bytes, last, FULL);
	differs = (quads4)(bytes ^ all);
	for (; row < last; row += FULL) {
		memcpy(&bytes, row, FULL);
		differs |= (quads4)(bytes ^ all);
	}
	return (differs[0] | differs[1] | differs[2] | differs[3]) != 0;
}

#endif

/* ---- blocks ---- */

typedef bool bytes_test(
		const uint8_t *row, uint32_t width, uint8_t a, uint8_t b);
typedef bool differs_test(const uint8_t *row, uint32_t width, uint8_t value);
typedef bool rows_test(const uint8_t *row, size_t stride_bytes, uint32_t width,
		uint8_t a, uint8_t b);
typedef bool pixels_test(
		const uint8_t *row, uint32_t width, uint32_t a, uint32_t b);

INLINE bool scan_same(differs_test *differs, rows_test *rows_surely,
		const uint8_t *block, size_t stride_bytes, uint32_t width,
		uint32_t height)
{
	const uint8_t value = block[0];
	uint32_t y = 0;

	for (; y + ROWS <= height &&
			rows_surely(block, stride_bytes, width, value, value);
			y += ROWS)
		block += ROWS * stride_bytes;
	for (; y < height; y++, block += stride_bytes)
		if (differs(block, width, value))
			return false;
	return true;
}

INLINE unsigned scan_bytes(bytes_test *are, rows_test *rows_surely,
		const uint8_t *block, size_t stride_bytes, uint32_t width,
		uint32_t height, uint8_t values[2])
{
	const uint8_t a = block[0];
	uint8_t b = a;

	for (uint32_t y = 0; y < height; y++, block += stride_bytes) {
		const uint8_t *other = block;

		if (y + ROWS <= height &&
				rows_surely(block, stride_bytes, width, a, b)) {
			y += ROWS - 1;
			block += (ROWS - 1) * stride_bytes;
			continue;
		}
		if (are(block, width, a, b))
			continue;
		if (b != a)
			return VNC_SCAN_MORE;
		while (*other == a)
			other++;
		b = *other;
		if (!are(block, width, a, b))
			return VNC_SCAN_MORE;
	}
	values[0] = a;
	values[1] = b;
	return a == b ? 1 : 2;
}

INLINE unsigned scan_pixels(pixels_test *are, const uint8_t *block,
		size_t stride_bytes, uint32_t width, uint32_t height,
		uint32_t values[2])
{
	const uint32_t a = load_pixel(block);
	uint32_t b = a;

	for (uint32_t y = 0; y < height; y++, block += stride_bytes) {
		const uint8_t *other = block;

		if (are(block, width, a, b))
			continue;
		if (b != a)
			return VNC_SCAN_MORE;
		while (load_pixel(other) == a)
			other += 4;
		b = load_pixel(other);
		if (!are(block, width, a, b))
			return VNC_SCAN_MORE;
	}
	values[0] = a;
	values[1] = b;
	return a == b ? 1 : 2;
}

/* ---- flags ---- */

#define FLAGS 32

/* Inlined with a constant width, for the compiler to make vectors of. */
INLINE void flag_pixels(const uint8_t *restrict pixels, uint32_t value,
		uint8_t *restrict flags, uint32_t width)
{
	for (uint32_t x = 0; x < width; x++)
		flags[x] = load_pixel(pixels + 4 * x) != value;
}

INLINE void flag_steps(const uint8_t *pixels, uint32_t value, uint8_t *flags,
		uint32_t width)
{
	uint32_t x = 0;

	for (; x + FLAGS <= width; x += FLAGS)
		flag_pixels(pixels + 4 * x, value, flags + x, FLAGS);
	flag_pixels(pixels + 4 * x, value, flags + x, width - x);
}

/* ---- bits ---- */

INLINE void pack_plain(const uint8_t *bytes, uint8_t value, uint8_t *bits,
		uint32_t width)
{
	for (uint32_t x = 0; x < width; x += 8) {
		const uint32_t n = width - x < 8 ? width - x : 8;
		unsigned byte = 0;

		for (uint32_t i = 0; i < n; i++)
			byte |= (unsigned)(bytes[x + i] != value) << (7 - i);
		bits[x / 8] = (uint8_t)byte;
	}
}

#if defined(__x86_64__)

/* Sixteen bytes, each eight of them the other way round. */
INLINE __m128i turn_eights(__m128i bytes)
{
	const __m128i pairs = _mm_or_si128(
			_mm_slli_epi16(bytes, 8), _mm_srli_epi16(bytes, 8));

	return _mm_shufflehi_epi16(
			_mm_shufflelo_epi16(pairs, _MM_SHUFFLE(0, 1, 2, 3)),
			_MM_SHUFFLE(0, 1, 2, 3));
}

INLINE void pack_sse2(const uint8_t *bytes, uint8_t value, uint8_t *bits,
		uint32_t width)
{
	const __m128i all = _mm_set1_epi8((char)value);
	uint32_t x = 0;

	for (; x + 16 <= width; x += 16) {
		const __m128i in = _mm_loadu_si128(
				(const __m128i *)(const void *)(bytes + x));
		const int same = _mm_movemask_epi8(
				turn_eights(_mm_cmpeq_epi8(in, all)));
		const uint16_t other = (uint16_t)~same;

		memcpy(bits + x / 8, &other, sizeof(other));
	}
	pack_plain(bytes + x, value, bits + x / 8, width - x);
}

WIDE INLINE void pack_avx2(const uint8_t *bytes, uint8_t value, uint8_t *bits,
		uint32_t width)
{
	const __m256i turn = _mm256_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1,
			2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2,
			3, 4, 5, 6, 7);
	const __m256i all = _mm256_set1_epi8((char)value);
	uint32_t x = 0;

	for (; x + 32 <= width; x += 32) {
		const __m256i in = _mm256_loadu_si256(
				(const __m256i *)(const void *)(bytes + x));
		const int same = _mm256_movemask_epi8(_mm256_shuffle_epi8(
				_mm256_cmpeq_epi8(in, all), turn));
		const uint32_t other = ~(uint32_t)same;

		memcpy(bits + x / 8, &other, sizeof(other));
	}
	pack_sse2(bytes + x, value, bits + x / 8, width - x);
}

#elif defined(__aarch64__)

INLINE void pack_neon(const uint8_t *bytes, uint8_t value, uint8_t *bits,
		uint32_t width)
{
	static const uint8_t weights[16] = {128, 64, 32, 16, 8, 4, 2, 1, 128,
			64, 32, 16, 8, 4, 2, 1};
	const uint8x16_t weight = vld1q_u8(weights);
	const uint8x16_t all = vdupq_n_u8(value);
	uint32_t x = 0;

	for (; x + 64 <= width; x += 64) {
		uint8x16_t bit[4];

		for (unsigned i = 0; i < 4; i++)
			bit[i] = vbicq_u8(weight,
					vceqq_u8(vld1q_u8(bytes + x + 16 * i),
							all));
		bit[0] = vpaddq_u8(vpaddq_u8(bit[0], bit[1]),
				vpaddq_u8(bit[2], bit[3]));
		vst1_u8(bits + x / 8, vget_low_u8(vpaddq_u8(bit[0], bit[0])));
	}
	pack_plain(bytes + x, value, bits + x / 8, width - x);
}

#endif

/* ---- the levels ---- */

/* One level's versions: `attributes`, and the tests that they are made of. */
#define LEVEL(level, attributes, bytes, rows, differs, pixels)                 \
	attributes static unsigned scan_bytes_##level(const uint8_t *block,    \
			size_t stride_bytes, uint32_t width, uint32_t height,  \
			uint8_t values[2])                                     \
	{                                                                      \
		return scan_bytes(bytes, rows, block, stride_bytes, width,     \
				height, values);                               \
	}                                                                      \
	attributes static bool scan_same_##level(const uint8_t *block,         \
			size_t stride_bytes, uint32_t width, uint32_t height)  \
	{                                                                      \
		return scan_same(differs, rows, block, stride_bytes, width,    \
				height);                                       \
	}                                                                      \
	attributes static unsigned scan_pixels_##level(const uint8_t *block,   \
			size_t stride_bytes, uint32_t width, uint32_t height,  \
			uint32_t values[2])                                    \
	{                                                                      \
		return scan_pixels(pixels, block, stride_bytes, width, height, \
				values);                                       \
	}                                                                      \
	attributes static void flags_##level(const uint8_t *pixels_,           \
			uint32_t value, uint8_t *flags, uint32_t width)        \
	{                                                                      \
		flag_steps(pixels_, value, flags, width);                      \
	}                                                                      \
	attributes static void bits_##level(const uint8_t *bytes_,             \
			uint8_t value, uint8_t *bits, uint32_t width)          \
	{                                                                      \
		pack_##level(bytes_, value, bits, width);                      \
	}
#define KERNELS(level)                                                         \
	{                                                                      \
		scan_bytes_##level, scan_same_##level, scan_pixels_##level,    \
				flags_##level, bits_##level                    \
	}

LEVEL(plain, , bytes_plain, rows_plain, row_differs, pixels_plain)
#if defined(__x86_64__)
LEVEL(sse2, , bytes_16, rows_16, differs_16, pixels_16)
LEVEL(avx2, WIDE, bytes_32, rows_32, differs_32, pixels_32)
#elif defined(__aarch64__)
LEVEL(neon, , bytes_16, rows_16, differs_16, pixels_16)
#endif
#undef LEVEL

static const struct vnc_scan kernels[CORE_SIMDS] = {
		[CORE_SIMD_PLAIN] = KERNELS(plain),
#if defined(__x86_64__)
		[CORE_SIMD_SSE2] = KERNELS(sse2),
		[CORE_SIMD_AVX2] = KERNELS(avx2),
#elif defined(__aarch64__)
		[CORE_SIMD_NEON] = KERNELS(neon),
#endif
};

#undef KERNELS

const struct vnc_scan *vnc_scan_get(enum core_simd level)
{
	return &kernels[level];
}
