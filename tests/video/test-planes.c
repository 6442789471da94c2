/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/planes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"
#include "video/planes-kernels.h"

/* ---- every level against plain C ---- */

#define PAIRS_MAX 70
#define KERNELS 5
#define OUTPUTS 3
#define OUTPUT_BYTES (2 * PAIRS_MAX)
#define GUARD 16

/* Two sets of outputs, between bytes that nobody may touch. */
struct outputs {
	uint8_t bytes[OUTPUTS][GUARD + OUTPUT_BYTES + GUARD];
};

static void outputs_clear(struct outputs *outputs)
{
	memset(outputs, 0x5a, sizeof(*outputs));
}

/* A block of exactly so many random bytes: a sanitizer sees one beyond. */
static uint8_t *make_input(uint64_t *random, size_t size)
{
	uint8_t *bytes = malloc(size);

	assert_non_null(bytes);
	random_fill(random, bytes, size);
	return bytes;
}

/* All kernels on the same input; `n` is a number of pairs, or of bytes. */
static void run_all(const struct video_plane_kernels *kernels, uint32_t n,
		unsigned which, const uint8_t *from, struct outputs *outputs)
{
	uint8_t *y = outputs->bytes[0] + GUARD;
	uint8_t *u = outputs->bytes[1] + GUARD;
	uint8_t *v = outputs->bytes[2] + GUARD;

	outputs_clear(outputs);
	switch (which) {
	case 0:
		kernels->unpack_yuyv(from, y, u, v, n);
		break;
	case 1:
		kernels->unpack_uyvy(from, y, u, v, n);
		break;
	case 2:
		kernels->split(from, u, v, n);
		break;
	case 3:
		kernels->average(from, from + n, y, n);
		break;
	default:
		kernels->repeat(from, y, n);
	}
}

static void every_level_does_the_same(void **state)
{
	static const unsigned input_bytes[] = {4, 4, 2, 2, 1};
	uint64_t random = 1;

	(void)state;
	for (enum core_simd level = 0; level < CORE_SIMDS; level++) {
		if (!core_simd_runs(level))
			continue;
		for (uint32_t n = 1; n < PAIRS_MAX * KERNELS; n++) {
			const uint32_t pairs = 1 + n / KERNELS;
			const unsigned which = n % KERNELS;
			const size_t size = input_bytes[which] * pairs;
			uint8_t *from = make_input(&random, size);
			struct outputs expected, outputs;

			run_all(video_plane_kernels_get(CORE_SIMD_PLAIN), pairs,
					which, from, &expected);
			run_all(video_plane_kernels_get(level), pairs, which,
					from, &outputs);
			assert_memory_equal(
					&outputs, &expected, sizeof(outputs));
			free(from);
		}
	}
}

/* ---- planes ---- */

/* Y', Cb or Cr of a pixel, by the layouts' definitions. */
static uint8_t component(const struct video_frame *frame, unsigned i,
		uint32_t x, uint32_t y)
{
	static const struct {
		uint8_t plane[3], first[3], step[3], shift_y;
	} places[] = {
			[VIDEO_PIXEL_YUYV] = {{0}, {0, 1, 3}, {2, 4, 4}, 0},
			[VIDEO_PIXEL_UYVY] = {{0}, {1, 0, 2}, {2, 4, 4}, 0},
			[VIDEO_PIXEL_NV12] = {{0, 1, 1}, {0, 0, 1}, {1, 2, 2},
					1},
			[VIDEO_PIXEL_NV16] = {{0, 1, 1}, {0, 0, 1}, {1, 2, 2},
					0},
			[VIDEO_PIXEL_YU12] = {{0, 1, 2}, {0}, {1, 1, 1}, 1},
			[VIDEO_PIXEL_YU16] = {{0, 1, 2}, {0}, {1, 1, 1}, 0},
	};
	const unsigned pixel = frame->layout.pixel;
	const unsigned plane = places[pixel].plane[i];
	const uint32_t column = i == 0 ? x : x / 2;
	const uint32_t row = i == 0 ? y : y >> places[pixel].shift_y;

	return frame->plane[plane][(size_t)frame->layout.stride_bytes[plane] *
					row +
			(size_t)column * places[pixel].step[i] +
			places[pixel].first[i]];
}

static uint8_t sample(const struct video_planes *planes, unsigned i, uint32_t x,
		uint32_t y)
{
	const uint32_t column = i == 0 ? x : x >> planes->halved_x;
	const uint32_t row = i == 0 ? y : y >> planes->halved_y;

	return planes->plane[i][(size_t)planes->stride_bytes[i] * row + column];
}

/* The samples of a piece are those of the frame from (x_px, y_px) on. */
static void assert_samples(const struct video_planes *planes,
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px)
{
	for (unsigned i = 0; i < 3; i++)
		for (uint32_t y = 0; y < planes->height_px; y++)
			for (uint32_t x = 0; x < planes->width_px; x++)
				assert_int_equal(sample(planes, i, x, y),
						component(frame, i, x_px + x,
								y_px + y));
}

static void check_unpacked(const struct video_frame *frame,
		const struct video_rect *rect, enum core_simd level)
{
	uint8_t *room = malloc(video_planes_room_bytes(
			rect->width_px, rect->height_px));
	struct video_planes planes;

	assert_non_null(room);
	video_planes_unpack(&planes, level, frame, rect, room);
	assert_int_equal(planes.width_px, rect->width_px);
	assert_int_equal(planes.height_px, rect->height_px);
	assert_samples(&planes, frame, rect->x_px, rect->y_px);
	if (rect->width_px > 16 && rect->height_px > 8) {
		const struct video_rect piece = {
				8, 4, rect->width_px - 9, rect->height_px - 5};
		const struct video_planes cropped =
				video_planes_crop(&planes, &piece);

		assert_int_equal(cropped.width_px, piece.width_px);
		assert_int_equal(cropped.height_px, piece.height_px);
		assert_samples(&cropped, frame, rect->x_px + 8, rect->y_px + 4);
	}
	free(room);
}

static void planes_are_those_of_the_frame(void **state)
{
	static const struct video_rect rects[] = {{0, 0, 200, 38}, {0, 0, 2, 2},
			{198, 36, 2, 2}, {16, 16, 64, 16}, {2, 4, 178, 20}};
	uint64_t random = 2;

	(void)state;
	for (enum video_pixel pixel = VIDEO_PIXEL_YUYV; pixel < VIDEO_PIXELS;
			pixel++) {
		struct video_frame *frame =
				picture_create_padded(pixel, 200, 38, 10);

		picture_randomise(frame, &random);
		for (unsigned i = 0; i < 5u * CORE_SIMDS; i++)
			if (core_simd_runs(i % CORE_SIMDS))
				check_unpacked(frame, &rects[i / CORE_SIMDS],
						i % CORE_SIMDS);
		video_frame_unref(frame);
	}
}

/* ---- for JPEG ---- */

/* Full-range BT.601 of one pixel of a layout, in real numbers. */
static void exact_colours(const struct video_layout *layout, const double in[3],
		double out[3])
{
	static const double krs[] = {0.299, 0.2126, 0.2627};
	static const double kbs[] = {0.114, 0.0722, 0.0593};
	const double kr = krs[layout->matrix], kb = kbs[layout->matrix];
	const bool full = layout->full_range;
	const double y = full ? in[0] : (in[0] - 16) * 255 / 219;
	const double cb = (in[1] - 128) * (full ? 1 : 255 / 224.0);
	const double cr = (in[2] - 128) * (full ? 1 : 255 / 224.0);
	const double red = y + 2 * (1 - kr) * cr;
	const double blue = y + 2 * (1 - kb) * cb;
	const double green = (y - kr * red - kb * blue) / (1 - kr - kb);

	out[0] = 0.299 * red + 0.587 * green + 0.114 * blue;
	out[1] = (blue - out[0]) / 1.772 + 128;
	out[2] = (red - out[0]) / 1.402 + 128;
	for (unsigned i = 0; i < 3; i++)
		out[i] = fmin(fmax(out[i], 0), 255);
}

/* Chroma of the two rows that one sample is for, or of the pixel's own. */
static double chroma_mean(const struct video_planes *from, unsigned i,
		uint32_t x, uint32_t y, bool whole)
{
	const uint32_t upper = y & ~1U;
	const uint32_t lower = upper + 1 < from->height_px ? upper + 1 : upper;

	if (whole)
		return sample(from, i, x, y);
	return (sample(from, i, x, upper) + sample(from, i, x, lower)) / 2.0;
}

static void check_for_jpeg(const struct video_frame *frame,
		const struct video_planes *from, enum core_simd level,
		bool whole)
{
	uint8_t *room = malloc(video_planes_room_bytes(
			from->width_px, from->height_px));
	struct video_planes planes;

	assert_non_null(room);
	video_planes_for_jpeg(
			&planes, level, from, &frame->layout, whole, room);
	assert_int_equal(planes.halved_x, !whole);
	assert_int_equal(planes.halved_y, !whole);
	for (uint32_t y = 0; y < from->height_px; y++) {
		for (uint32_t x = 0; x < from->width_px; x++) {
			double in[3], luma[3], chroma[3];

			for (unsigned i = 0; i < 3; i++)
				in[i] = sample(from, i, x, y);
			exact_colours(&frame->layout, in, luma);
			for (unsigned i = 1; i < 3; i++)
				in[i] = chroma_mean(from, i, x, y, whole);
			exact_colours(&frame->layout, in, chroma);
			assert_true(fabs(luma[0] - sample(&planes, 0, x, y)) <=
					2);
			for (unsigned i = 1; i < 3; i++)
				assert_true(fabs(chroma[i] -
							    sample(&planes, i,
									    x,
									    y)) <=
						2);
		}
	}
	free(room);
}

static void check_layout(const struct video_frame *frame, enum core_simd level)
{
	static const struct video_rect pieces[] = {{0, 0, 74, 38}, {0, 0, 1, 1},
			{2, 4, 33, 17}, {64, 30, 7, 2}};
	const struct video_rect all = {0, 0, 74, 38};
	uint8_t *room = malloc(video_planes_room_bytes(74, 38));
	struct video_planes planes;

	assert_non_null(room);
	video_planes_unpack(&planes, level, frame, &all, room);
	for (unsigned i = 0; i < 8; i++) {
		const struct video_planes piece =
				video_planes_crop(&planes, &pieces[i / 2]);

		check_for_jpeg(frame, &piece, level, i % 2);
	}
	free(room);
}

static void jpeg_gets_full_range_601(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (unsigned i = 0; i < 2u * VIDEO_PIXELS * VIDEO_MATRICES; i++) {
		struct video_layout layout = {.pixel = i % VIDEO_PIXELS,
				.matrix = i / VIDEO_PIXELS % VIDEO_MATRICES,
				.full_range = i / VIDEO_PIXELS / VIDEO_MATRICES,
				.width_px = 74,
				.height_px = 38};
		struct video_frame *frame;

		if (!video_planes_can(&layout))
			continue;
		video_layout_set_strides(&layout);
		frame = picture_create(&layout);
		picture_randomise(frame, &random);
		for (enum core_simd level = 0; level < CORE_SIMDS; level++)
			if (core_simd_runs(level))
				check_layout(frame, level);
		video_frame_unref(frame);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_level_does_the_same),
			cmocka_unit_test(planes_are_those_of_the_frame),
			cmocka_unit_test(jpeg_gets_full_range_601),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
