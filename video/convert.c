/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/convert.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

/*
 * A row is converted in chunks of a constant size, which the compiler turns
 * into vectors: loops without a remainder, 16-bit products of which only the
 * high half is kept, as every vector unit has them.
 */
#define CHUNK_PX 64

/* Bits behind the point of the sums; luma and chroma come shifted up. */
#define FRACTION_BITS 5
#define LUMA_SHIFT 7
#define CHROMA_SHIFT 8
#define LUMA_SCALE (1 << (16 + FRACTION_BITS - LUMA_SHIFT))
#define CHROMA_SCALE (1 << (16 + FRACTION_BITS - CHROMA_SHIFT))

/*
 * Half, so that dropping the fraction rounds; and one more, since each of the
 * two or three products has been cut off, half a unit low on average.
 */
#define ROUNDING ((1 << (FRACTION_BITS - 1)) + 1)

struct coefficients {
	int16_t luma_offset;
	int16_t luma; /* times LUMA_SCALE, the others CHROMA_SCALE */
	int16_t cr_red;
	int16_t cb_green;
	int16_t cr_green;
	int16_t cb_blue;
};

#define FIXED(real, scale)                                                     \
	((int16_t)((real) * (scale) + ((real) < 0 ? -0.5 : 0.5)))
#define CHROMA(real, gain) FIXED((real) * (gain), CHROMA_SCALE)
#define COEFFICIENTS(kr, kb, offset, luma_gain, chroma_gain)                       \
	{                                                                          \
		offset, FIXED(luma_gain, LUMA_SCALE),                              \
				CHROMA(2 * (1 - (kr)), chroma_gain),               \
				CHROMA(-2 * (kb) * (1 - (kb)) / (1 - (kr) - (kb)), \
						chroma_gain),                      \
				CHROMA(-2 * (kr) * (1 - (kr)) / (1 - (kr) - (kb)), \
						chroma_gain),                      \
				CHROMA(2 * (1 - (kb)), chroma_gain),               \
	}
#define BOTH_RANGES(kr, kb)                                                    \
	{                                                                      \
		COEFFICIENTS(kr, kb, 16, 255 / 219.0, 255 / 224.0),            \
				COEFFICIENTS(kr, kb, 0, 1.0, 1.0),             \
	}

/* By matrix, then limited or full range. */
static const struct coefficients coefficients[][2] = {
		[VIDEO_MATRIX_BT601] = BOTH_RANGES(0.299, 0.114),
		[VIDEO_MATRIX_BT709] = BOTH_RANGES(0.2126, 0.0722),
		[VIDEO_MATRIX_BT2020] = BOTH_RANGES(0.2627, 0.0593),
};
static_assert(sizeof(coefficients) / sizeof(coefficients[0]) == VIDEO_MATRICES,
		"coefficients for every matrix");

#undef FIXED
#undef CHROMA
#undef COEFFICIENTS
#undef BOTH_RANGES

/* Y, Cb and Cr, or B, G and R, of some pixels; beyond those, undefined. */
struct chunk {
	uint8_t source[CHUNK_PX * 4];
	uint8_t component[3][CHUNK_PX];
	uint8_t bgrx[CHUNK_PX * 4];
};

/*
 * Where a chunk's components stand among the bytes copied from a plane: the
 * first byte of each, the distance to its next one, and whether one sample is
 * for two pixels.
 */
struct component_place {
	uint8_t plane;
	uint8_t first;
	uint8_t step;
	bool shared;
};

/* In the order B, G, R or Y, Cb, Cr. */
static const struct component_place places[][3] = {
		[VIDEO_PIXEL_BGRX] = {{0, 0, 4, false}, {0, 1, 4, false},
				{0, 2, 4, false}},
		[VIDEO_PIXEL_RGB24] = {{0, 2, 3, false}, {0, 1, 3, false},
				{0, 0, 3, false}},
		[VIDEO_PIXEL_BGR24] = {{0, 0, 3, false}, {0, 1, 3, false},
				{0, 2, 3, false}},
		[VIDEO_PIXEL_YUYV] = {{0, 0, 2, false}, {0, 1, 4, true},
				{0, 3, 4, true}},
		[VIDEO_PIXEL_UYVY] = {{0, 1, 2, false}, {0, 0, 4, true},
				{0, 2, 4, true}},
		[VIDEO_PIXEL_NV12] = {{0, 0, 1, false}, {1, 0, 2, true},
				{1, 1, 2, true}},
		[VIDEO_PIXEL_NV16] = {{0, 0, 1, false}, {1, 0, 2, true},
				{1, 1, 2, true}},
		[VIDEO_PIXEL_YU12] = {{0, 0, 1, false}, {1, 0, 1, true},
				{2, 0, 1, true}},
		[VIDEO_PIXEL_YU16] = {{0, 0, 1, false}, {1, 0, 1, true},
				{2, 0, 1, true}},
};
static_assert(sizeof(places) / sizeof(places[0]) == VIDEO_PIXELS,
		"a place for the components of every pixel layout");

/* Inlined with a constant step, so that each step gets its own vector loop. */
static inline __attribute__((always_inline)) void gather_each(
		const uint8_t *restrict from, size_t step, uint8_t *restrict to)
{
	for (size_t i = 0; i < CHUNK_PX; i++)
		to[i] = from[i * step];
}

static inline __attribute__((always_inline)) void gather_shared(
		const uint8_t *restrict from, size_t step, uint8_t *restrict to)
{
	for (size_t i = 0; i < CHUNK_PX / 2; i++) {
		to[2 * i] = from[i * step];
		to[2 * i + 1] = from[i * step];
	}
}

static void gather(const uint8_t *from, const struct component_place *place,
		uint8_t *to)
{
	from += place->first;
	switch (place->step * 2 + (place->shared ? 1 : 0)) {
	case 1 * 2:
		gather_each(from, 1, to);
		break;
	case 2 * 2:
		gather_each(from, 2, to);
		break;
	case 3 * 2:
		gather_each(from, 3, to);
		break;
	case 4 * 2:
		gather_each(from, 4, to);
		break;
	case 1 * 2 + 1:
		gather_shared(from, 1, to);
		break;
	case 2 * 2 + 1:
		gather_shared(from, 2, to);
		break;
	case 4 * 2 + 1:
		gather_shared(from, 4, to);
		break;
	default:
		assert(false);
	}
}

static const uint8_t *pixel_address(const struct video_frame *frame,
		uint32_t plane, uint32_t x_px, uint32_t y_px)
{
	enum video_pixel pixel = frame->layout.pixel;

	return frame->plane[plane] +
			(size_t)frame->layout.stride_bytes[plane] *
			video_layout_rows(pixel, plane, y_px) +
			video_layout_row_bytes(pixel, plane, x_px);
}

/*
 * x and the width are even unless the row ends there. The bytes are copied
 * first: a whole chunk read in place would reach beyond the end of the plane.
 */
static void unpack(struct chunk *chunk, const struct video_frame *frame,
		uint32_t x_px, uint32_t y_px, uint32_t width_px)
{
	enum video_pixel pixel = frame->layout.pixel;
	uint32_t copied = VIDEO_PLANES_MAX;

	for (size_t i = 0; i < 3; i++) {
		const struct component_place *place = &places[pixel][i];
		uint32_t plane = place->plane;

		if (plane != copied)
			memcpy(chunk->source,
					pixel_address(frame, plane, x_px, y_px),
					video_layout_row_bytes(pixel, plane,
							width_px));
		copied = plane;
		gather(chunk->source, place, chunk->component[i]);
	}
}

static int16_t multiply_high(int16_t a, int16_t b)
{
	return (int16_t)((a * b) >> 16);
}

static uint8_t saturate(int16_t sum)
{
	int16_t value = (int16_t)((sum + ROUNDING) >> FRACTION_BITS);

	value = value < 0 ? 0 : value;
	return (uint8_t)(value > UINT8_MAX ? UINT8_MAX : value);
}

static void convert_yuv(struct chunk *chunk, const struct coefficients *factors)
{
	const struct coefficients k = *factors;
	uint8_t(*restrict component)[CHUNK_PX] = chunk->component;

	for (size_t i = 0; i < CHUNK_PX; i++) {
		int16_t y = (int16_t)((component[0][i] - k.luma_offset) *
				(1 << LUMA_SHIFT));
		int16_t cb = (int16_t)((component[1][i] - 128) *
				(1 << CHROMA_SHIFT));
		int16_t cr = (int16_t)((component[2][i] - 128) *
				(1 << CHROMA_SHIFT));
		int16_t luma = multiply_high(y, k.luma);

		component[0][i] = saturate(
				(int16_t)(luma + multiply_high(cb, k.cb_blue)));
		component[1][i] = saturate(
				(int16_t)(luma + multiply_high(cb, k.cb_green) +
						multiply_high(cr, k.cr_green)));
		component[2][i] = saturate(
				(int16_t)(luma + multiply_high(cr, k.cr_red)));
	}
}

static void expand_rgb(struct chunk *chunk, const struct coefficients *factors)
{
	const struct coefficients k = *factors;
	uint8_t *component = chunk->component[0];

	for (size_t i = 0; i < sizeof(chunk->component); i++) {
		int16_t value = (int16_t)((component[i] - k.luma_offset) *
				(1 << LUMA_SHIFT));

		component[i] = saturate(multiply_high(value, k.luma));
	}
}

static void pack(struct chunk *chunk)
{
	uint8_t *restrict bgrx = chunk->bgrx;

	for (size_t i = 0; i < CHUNK_PX; i++) {
		bgrx[4 * i] = chunk->component[0][i];
		bgrx[4 * i + 1] = chunk->component[1][i];
		bgrx[4 * i + 2] = chunk->component[2][i];
		bgrx[4 * i + 3] = 0;
	}
}

static void convert_chunk(
		struct chunk *chunk, const struct video_layout *layout)
{
	const struct coefficients *factors =
			&coefficients[layout->matrix][layout->full_range];

	if (layout->pixel >= VIDEO_PIXEL_YUYV)
		convert_yuv(chunk, factors);
	else if (!layout->full_range)
		expand_rgb(chunk, factors);
	pack(chunk);
}

/* Pairs share chroma: a chunk starts with a whole one, and ends with one. */
static void convert_row(struct chunk *chunk, const struct video_frame *frame,
		const struct video_rect *rect, uint32_t y_px, uint8_t *bgrx)
{
	uint32_t end_px = rect->x_px + rect->width_px;
	uint32_t x_px = rect->x_px;

	while (x_px < end_px) {
		uint32_t odd_px = x_px % 2;
		uint32_t start_px = x_px - odd_px;
		uint32_t wanted_px = end_px - start_px;
		uint32_t left_px = frame->layout.width_px - start_px;

		if (wanted_px > CHUNK_PX)
			wanted_px = CHUNK_PX;
		unpack(chunk, frame, start_px, y_px,
				left_px > wanted_px ? wanted_px + wanted_px % 2
						    : left_px);
		convert_chunk(chunk, &frame->layout);
		memcpy(bgrx, chunk->bgrx + odd_px * 4,
				(size_t)(wanted_px - odd_px) * 4);
		bgrx += (size_t)(wanted_px - odd_px) * 4;
		x_px = start_px + wanted_px;
	}
}

/* Already what is wanted, but for the fourth bytes. */
static void copy_row(const struct video_frame *frame,
		const struct video_rect *rect, uint32_t y_px, uint8_t *bgrx)
{
	const uint32_t colour = htole32(0x00ffffff);
	const uint8_t *from = pixel_address(frame, 0, rect->x_px, y_px);

	for (size_t i = 0; i < rect->width_px; i++) {
		uint32_t pixel;

		memcpy(&pixel, from + 4 * i, 4);
		pixel &= colour;
		memcpy(bgrx + 4 * i, &pixel, 4);
	}
}

void video_convert_bgrx(const struct video_frame *frame,
		const struct video_rect *rect, uint8_t *bgrx,
		size_t stride_bytes)
{
	const struct video_layout *layout = &frame->layout;
	bool copy = layout->pixel == VIDEO_PIXEL_BGRX && layout->full_range;
	struct chunk chunk = {0};

	assert((uint64_t)rect->x_px + rect->width_px <= layout->width_px);
	assert((uint64_t)rect->y_px + rect->height_px <= layout->height_px);
	for (uint32_t row = 0; row < rect->height_px; row++) {
		uint8_t *to = bgrx + stride_bytes * row;

		if (copy)
			copy_row(frame, rect, rect->y_px + row, to);
		else
			convert_row(&chunk, frame, rect, rect->y_px + row, to);
	}
}

void video_convert_keys(const struct video_layout *layout, const uint32_t *keys,
		size_t keys_n, uint8_t *rgb)
{
	struct chunk chunk = {0};

	assert(layout->pixel >= VIDEO_PIXEL_YUYV);
	for (size_t done = 0; done < keys_n; done += CHUNK_PX) {
		const size_t left = keys_n - done;
		const size_t n = left < CHUNK_PX ? left : CHUNK_PX;

		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < 3; j++)
				chunk.component[j][i] =
						(uint8_t)(keys[done + i] >>
								8 * j);
		convert_yuv(&chunk,
				&coefficients[layout->matrix]
					     [layout->full_range]);
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < 3; j++)
				*rgb++ = chunk.component[2 - j][i];
	}
}
