/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/convert.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"

/* The definitions, in real numbers: what the conversion is measured by. */
static const struct {
	double kr;
	double kb;
} matrices[VIDEO_MATRICES] = {
		[VIDEO_MATRIX_BT601] = {0.299, 0.114},
		[VIDEO_MATRIX_BT709] = {0.2126, 0.0722},
		[VIDEO_MATRIX_BT2020] = {0.2627, 0.0593},
};

static double to_byte(double value)
{
	return fmin(fmax(value * 255, 0), 255);
}

static void real_from_yuv(const struct video_layout *layout,
		const uint8_t yuv[3], double bgr[3])
{
	double kr = matrices[layout->matrix].kr;
	double kb = matrices[layout->matrix].kb;
	bool full = layout->full_range;
	double y = full ? yuv[0] / 255.0 : (yuv[0] - 16) / 219.0;
	double pb = (yuv[1] - 128) / (full ? 255.0 : 224.0);
	double pr = (yuv[2] - 128) / (full ? 255.0 : 224.0);
	double red = y + 2 * (1 - kr) * pr;
	double blue = y + 2 * (1 - kb) * pb;

	bgr[0] = to_byte(blue);
	bgr[1] = to_byte((y - kr * red - kb * blue) / (1 - kr - kb));
	bgr[2] = to_byte(red);
}

static void real_from_rgb(const struct video_layout *layout,
		const uint8_t samples[3], double bgr[3])
{
	for (size_t i = 0; i < 3; i++)
		bgr[i] = to_byte(layout->full_range
						? samples[i] / 255.0
						: (samples[i] - 16) / 219.0);
}

/* Where a component's samples stand, and how many pixels share one. */
struct place {
	uint32_t plane;
	uint32_t first;
	uint32_t step;
	uint32_t across;
	uint32_t down;
};

static const struct place places[VIDEO_PIXELS][3] = {
		[VIDEO_PIXEL_BGRX] = {{0, 0, 4, 1, 1}, {0, 1, 4, 1, 1},
				{0, 2, 4, 1, 1}},
		[VIDEO_PIXEL_RGB24] = {{0, 2, 3, 1, 1}, {0, 1, 3, 1, 1},
				{0, 0, 3, 1, 1}},
		[VIDEO_PIXEL_BGR24] = {{0, 0, 3, 1, 1}, {0, 1, 3, 1, 1},
				{0, 2, 3, 1, 1}},
		[VIDEO_PIXEL_YUYV] = {{0, 0, 2, 1, 1}, {0, 1, 4, 2, 1},
				{0, 3, 4, 2, 1}},
		[VIDEO_PIXEL_UYVY] = {{0, 1, 2, 1, 1}, {0, 0, 4, 2, 1},
				{0, 2, 4, 2, 1}},
		[VIDEO_PIXEL_NV12] = {{0, 0, 1, 1, 1}, {1, 0, 2, 2, 2},
				{1, 1, 2, 2, 2}},
		[VIDEO_PIXEL_NV16] = {{0, 0, 1, 1, 1}, {1, 0, 2, 2, 1},
				{1, 1, 2, 2, 1}},
		[VIDEO_PIXEL_YU12] = {{0, 0, 1, 1, 1}, {1, 0, 1, 2, 2},
				{2, 0, 1, 2, 2}},
		[VIDEO_PIXEL_YU16] = {{0, 0, 1, 1, 1}, {1, 0, 1, 2, 1},
				{2, 0, 1, 2, 1}},
};

/* What a pixel must become, in real numbers. */
static void real_pixel(const struct video_frame *frame, uint32_t x_px,
		uint32_t y_px, double bgr[3])
{
	const struct video_layout *layout = &frame->layout;
	bool rgb = layout->pixel < VIDEO_PIXEL_YUYV;
	uint8_t samples[3];

	for (size_t i = 0; i < 3; i++) {
		const struct place *place = &places[layout->pixel][i];
		const uint8_t *row = frame->plane[place->plane] +
				y_px / place->down *
						layout->stride_bytes
								[place->plane];

		samples[i] = row[place->first +
				x_px / place->across * place->step];
	}
	if (rgb)
		real_from_rgb(layout, samples, bgr);
	else
		real_from_yuv(layout, samples, bgr);
}

/* How far the converted pixel is from the real one at most. */
static double pixel_error(const uint8_t *bgrx, const double bgr[3])
{
	double error = 0;

	for (size_t i = 0; i < 3; i++)
		error = fmax(error, fabs(bgrx[i] - bgr[i]));
	return error;
}

/* One row of 256 pixels with all values of Y and one pair of Cb and Cr. */
static void write_ramp(uint8_t *row, uint8_t cb, uint8_t cr)
{
	for (unsigned y = 0; y < 256; y++) {
		row[2 * y] = (uint8_t)y;
		row[2 * y + 1] = y % 2 == 0 ? cb : cr;
	}
}

/* The largest error over all Y and Cr with one Cb. */
static double sweep_error(struct video_frame *frame, uint8_t cb, unsigned step,
		uint8_t *bgrx)
{
	const struct video_rect all = {0, 0, 256, 256};
	double error = 0;

	for (unsigned cr = 0; cr < 256; cr++)
		write_ramp(picture_plane(frame, 0) + 512 * cr, cb, (uint8_t)cr);
	video_convert_bgrx(frame, &all, bgrx, 1024);
	for (unsigned cr = 0; cr < 256; cr += step)
		for (unsigned y = 0; y < 256; y++) {
			const uint8_t yuv[3] = {(uint8_t)y, cb, (uint8_t)cr};
			double bgr[3];

			real_from_yuv(&frame->layout, yuv, bgr);
			error = fmax(error,
					pixel_error(bgrx + 1024 * cr + 4 * y,
							bgr));
		}
	return error;
}

/*
 * Every triple of Y, Cb, Cr there is, in the full run; every fifth Cb and Cr,
 * from 0 to 255, otherwise.
 */
static void converts_every_value_within_one(void **state)
{
	unsigned step = getenv("RACKHAND_TEST_FULL") ? 1 : 5;
	struct video_frame *frame =
			picture_create_padded(VIDEO_PIXEL_YUYV, 256, 256, 0);
	uint8_t *bgrx = malloc(256 * 256 * 4);

	(void)state;
	assert_non_null(bgrx);
	for (int variant = 0; variant < VIDEO_MATRICES * 2; variant++) {
		double error = 0;

		frame->layout.matrix = (enum video_matrix)(variant / 2);
		frame->layout.full_range = variant % 2;
		for (unsigned cb = 0; cb < 256; cb += step)
			error = fmax(error,
					sweep_error(frame, (uint8_t)cb, step,
							bgrx));
		print_message("matrix %d, %s range: at most %.4f off\n",
				variant / 2, variant % 2 ? "full" : "limited",
				error);
		assert_true(error <= 1.0);
	}
	free(bgrx);
	video_frame_unref(frame);
}

/* A rectangle anywhere in the picture, odd edges included. */
static struct video_rect random_rect(
		const struct video_layout *layout, uint64_t *random)
{
	struct video_rect rect = {
			.x_px = random_below(random, layout->width_px),
			.y_px = random_below(random, layout->height_px),
	};

	rect.width_px = 1 + random_below(random, layout->width_px - rect.x_px);
	rect.height_px =
			1 + random_below(random, layout->height_px - rect.y_px);
	return rect;
}

static void check_rect(
		const struct video_frame *frame, const struct video_rect *rect)
{
	size_t stride_bytes = (size_t)rect->width_px * 4 + 8;
	size_t size = stride_bytes * rect->height_px;
	uint8_t *bgrx = malloc(size);

	assert_non_null(bgrx);
	memset(bgrx, 0xa5, size);
	video_convert_bgrx(frame, rect, bgrx, stride_bytes);
	for (uint32_t y = 0; y < rect->height_px; y++) {
		const uint8_t *row = bgrx + stride_bytes * y;

		for (uint32_t x = 0; x < rect->width_px; x++) {
			double bgr[3];

			real_pixel(frame, rect->x_px + x, rect->y_px + y, bgr);
			assert_true(pixel_error(row + 4 * x, bgr) <= 1.0);
			assert_int_equal(row[4 * x + 3], 0);
		}
		for (size_t i = (size_t)rect->width_px * 4; i < stride_bytes;
				i++)
			assert_int_equal(row[i], 0xa5);
	}
	free(bgrx);
}

/* Widths about the edges of a block of 64, at which vectors end. */
static void converts_any_part_of_any_layout(void **state)
{
	static const uint32_t widths_px[] = {2, 16, 62, 64, 66, 130, 192};
	uint64_t random = 1;

	(void)state;
	for (int variant = 0;
			variant < (int)VIDEO_PIXELS * (int)VIDEO_MATRICES * 2;
			variant++) {
		for (size_t i = 0; i < sizeof(widths_px) / sizeof(widths_px[0]);
				i++) {
			struct video_frame *frame = picture_create_padded(
					(enum video_pixel)(variant / 6),
					widths_px[i], 6,
					random_below(&random, 5));
			struct video_rect rect = {0, 0, widths_px[i], 6};

			frame->layout.matrix = (enum video_matrix)(variant % 3);
			frame->layout.full_range = variant / 3 % 2;
			picture_randomise(frame, &random);
			check_rect(frame, &rect);
			for (int n = 0; n < 8; n++) {
				rect = random_rect(&frame->layout, &random);
				check_rect(frame, &rect);
			}
			video_frame_unref(frame);
		}
	}
}

static void converts_rgb_of_odd_size(void **state)
{
	uint64_t random = 2;

	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXEL_YUYV; pixel++)
		for (uint32_t width_px = 1; width_px < 200; width_px += 21) {
			struct video_frame *frame = picture_create_padded(
					(enum video_pixel)pixel, width_px, 3,
					0);
			struct video_rect rect = {0, 0, width_px, 3};

			frame->layout.full_range = width_px % 4 == 1;
			picture_randomise(frame, &random);
			check_rect(frame, &rect);
			for (int n = 0; n < 8; n++) {
				rect = random_rect(&frame->layout, &random);
				check_rect(frame, &rect);
			}
			video_frame_unref(frame);
		}
}

/* All values of a channel; full range comes out as it went in. */
static void expands_limited_rgb(void **state)
{
	struct video_frame *frame =
			picture_create_padded(VIDEO_PIXEL_RGB24, 256, 1, 0);
	const struct video_rect all = {0, 0, 256, 1};
	uint8_t bgrx[1024];

	(void)state;
	for (size_t i = 0; i < 768; i++)
		picture_plane(frame, 0)[i] = (uint8_t)(i / 3);
	video_convert_bgrx(frame, &all, bgrx, sizeof(bgrx));
	for (int i = 0; i < 256; i++) {
		int value = i <= 16 ? 0 : i >= 235 ? 255 : (i - 16) * 255 / 219;

		assert_in_range(bgrx[4 * i], value, value + 1);
		if (i <= 16 || i >= 235)
			assert_int_equal(bgrx[4 * i], value);
	}
	frame->layout.full_range = true;
	video_convert_bgrx(frame, &all, bgrx, sizeof(bgrx));
	for (int i = 0; i < 256; i++)
		assert_int_equal(bgrx[4 * i + 1], i);
	video_frame_unref(frame);
}

/* Codes of colours as the standards' own tables have them. */
static void knows_the_colours_of_the_standards(void **state)
{
	static const struct {
		enum video_matrix matrix;
		bool full_range;
		uint8_t yuv[3];
		uint8_t bgr[3];
	} cases[] = {
			{VIDEO_MATRIX_BT601, false, {16, 128, 128}, {0, 0, 0}},
			{VIDEO_MATRIX_BT601, false, {235, 128, 128},
					{255, 255, 255}},
			{VIDEO_MATRIX_BT601, false, {81, 90, 240}, {0, 0, 255}},
			{VIDEO_MATRIX_BT601, false, {145, 54, 34}, {0, 255, 0}},
			{VIDEO_MATRIX_BT601, false, {41, 240, 110},
					{255, 0, 0}},
			{VIDEO_MATRIX_BT601, true, {76, 85, 255}, {0, 0, 255}},
			{VIDEO_MATRIX_BT709, false, {63, 102, 240},
					{0, 0, 255}},
			{VIDEO_MATRIX_BT709, false, {173, 42, 26}, {0, 255, 0}},
			{VIDEO_MATRIX_BT709, false, {32, 240, 118},
					{255, 0, 0}},
			{VIDEO_MATRIX_BT709, true, {255, 128, 128},
					{255, 255, 255}},
			{VIDEO_MATRIX_BT2020, false, {74, 97, 240},
					{0, 0, 255}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct video_frame *frame = picture_create_padded(
				VIDEO_PIXEL_NV12, 2, 2, 0);
		const struct video_rect one = {1, 1, 1, 1};
		uint8_t bgrx[4];

		frame->layout.matrix = cases[i].matrix;
		frame->layout.full_range = cases[i].full_range;
		memset(picture_plane(frame, 0), cases[i].yuv[0], 4);
		memcpy(picture_plane(frame, 1), cases[i].yuv + 1, 2);
		video_convert_bgrx(frame, &one, bgrx, sizeof(bgrx));
		for (size_t c = 0; c < 3; c++)
			assert_true(abs(bgrx[c] - cases[i].bgr[c]) <= 2);
		video_frame_unref(frame);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(converts_every_value_within_one),
			cmocka_unit_test(converts_any_part_of_any_layout),
			cmocka_unit_test(converts_rgb_of_odd_size),
			cmocka_unit_test(expands_limited_rgb),
			cmocka_unit_test(knows_the_colours_of_the_standards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
