/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/banner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"
#include "video/convert.h"
#include "video/text.h"

#define TEXT "alice operates"

/* Of a picture of less than twice 540 rows, and of more. */
static const struct {
	uint32_t width_px, height_px;
	uint32_t scale;
} sizes[] = {{720, 400, 1}, {640, 480, 1}, {1920, 1080, 2}, {642, 20, 1},
		{66, 14, 1}};

static struct video_frame *noise(enum video_pixel pixel, bool full_range,
		uint32_t width_px, uint32_t height_px)
{
	struct video_frame *frame =
			picture_create_padded(pixel, width_px, height_px, 6);
	uint64_t seed = 1;

	frame->layout.full_range = full_range;
	frame->layout.matrix = VIDEO_MATRIX_BT709;
	frame->captured_us = 77;
	picture_randomise(frame, &seed);
	return frame;
}

static uint8_t *to_bgrx(const struct video_frame *frame)
{
	const struct video_layout *layout = &frame->layout;
	const struct video_rect all = {
			0, 0, layout->width_px, layout->height_px};
	uint8_t *bgrx = malloc((size_t)4 * all.width_px * all.height_px);

	assert_non_null(bgrx);
	video_convert_bgrx(frame, &all, bgrx, (size_t)4 * all.width_px);
	return bgrx;
}

static bool is_within(const struct video_rect *rect, uint32_t x, uint32_t y)
{
	return x >= rect->x_px && x < rect->x_px + rect->width_px &&
			y >= rect->y_px && y < rect->y_px + rect->height_px;
}

/* What the text renderer alone makes of it. */
static struct video_frame *expected_text(
		const struct video_rect *place, uint32_t scale)
{
	const struct video_text_style style = {0xffffff, 0x303030, scale};
	struct video_frame *frame;

	assert_int_equal(video_frame_create(&frame, place->width_px,
					 place->height_px),
			0);
	video_text_fill(frame, 0, 0, place->width_px, place->height_px,
			0x303030);
	video_text_draw(frame, (int32_t)(8 * scale), (int32_t)(2 * scale),
			&style, TEXT);
	return frame;
}

static void assert_near(const uint8_t *bgrx, const uint8_t *expected)
{
	for (unsigned i = 0; i < 3; i++)
		assert_in_range(bgrx[i] + 1 - expected[i], 0, 2);
}

/* Inside, the text within a step of the range; outside, what was there. */
static void assert_picture(const struct video_frame *with,
		const struct video_frame *without,
		const struct video_rect *place, uint32_t scale)
{
	struct video_frame *text = expected_text(place, scale);
	uint8_t *got = to_bgrx(with);
	uint8_t *before = to_bgrx(without);

	for (uint32_t y = 0; y < with->layout.height_px; y++)
		for (uint32_t x = 0; x < with->layout.width_px; x++) {
			size_t at = 4 * ((size_t)y * with->layout.width_px + x);

			if (is_within(place, x, y))
				assert_near(got + at,
						text->plane[0] +
								(size_t)y * text->layout.stride_bytes[0] +
								4 * (size_t)(x - place->x_px));
			else
				assert_memory_equal(got + at, before + at, 3);
		}
	free(before);
	free(got);
	video_frame_unref(text);
}

static void check(enum video_pixel pixel, bool full_range, size_t size)
{
	struct video_frame *frame = noise(pixel, full_range,
			sizes[size].width_px, sizes[size].height_px);
	struct video_frame *before = picture_copy(frame);
	struct video_frame *with;
	struct video_rect place;

	assert_int_equal(video_banner_draw(&with, frame, TEXT), 0);
	video_banner_place(&frame->layout, TEXT, &place);
	assert_memory_equal(
			&with->layout, &frame->layout, sizeof(with->layout));
	assert_int_equal(with->captured_us, 77);
	assert_picture(with, frame, &place, sizes[size].scale);
	for (uint32_t i = 0; i < video_layout_planes(pixel); i++)
		assert_memory_equal(frame->plane[i], before->plane[i],
				video_layout_plane_bytes(&frame->layout, i));
	video_frame_unref(with);
	video_frame_unref(before);
	video_frame_unref(frame);
}

static void every_layout_shows_the_text_and_else_what_it_was(void **state)
{
	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXELS; pixel++)
		for (int full = 0; full < 2; full++)
			for (size_t size = 0;
					size < sizeof(sizes) / sizeof(sizes[0]);
					size++)
				check((enum video_pixel)pixel, full, size);
}

/* Of RGB, there are such pictures. */
static void odd_sizes_are_no_worse(void **state)
{
	static const uint32_t widths[] = {1, 7, 127, 129, 801};

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct video_frame *frame =
				noise(VIDEO_PIXEL_BGR24, true, widths[i], 21);
		struct video_frame *with;
		struct video_rect place;

		assert_int_equal(video_banner_draw(&with, frame, TEXT), 0);
		video_banner_place(&frame->layout, TEXT, &place);
		assert_picture(with, frame, &place, 1);
		video_frame_unref(with);
		video_frame_unref(frame);
	}
}

static void it_is_no_wider_than_its_text(void **state)
{
	const struct video_layout layout = {
			.width_px = 1920, .height_px = 1080};
	struct video_rect place;

	(void)state;
	video_banner_place(&layout, TEXT, &place);
	assert_int_equal(place.width_px, (14 * 8 + 16) * 2);
	assert_int_equal(place.height_px, 20 * 2);
	assert_int_equal(place.x_px, (1920 - place.width_px) / 2);
	assert_int_equal(place.y_px, 0);
}

/* What is below it changes; the banner does not. */
static void it_is_the_same_in_every_picture(void **state)
{
	struct video_frame *frame = noise(VIDEO_PIXEL_NV12, false, 640, 480);
	struct video_rect place;
	uint8_t *first = NULL;
	uint64_t seed = 5;

	(void)state;
	video_banner_place(&frame->layout, TEXT, &place);
	for (int i = 0; i < 3; i++) {
		struct video_frame *with;
		uint8_t *bgrx;

		picture_randomise(frame, &seed);
		assert_int_equal(video_banner_draw(&with, frame, TEXT), 0);
		bgrx = to_bgrx(with);
		for (uint32_t y = 0; first && y < place.height_px; y++) {
			size_t at = 4 * ((size_t)y * 640 + place.x_px);

			assert_memory_equal(first + at, bgrx + at,
					(size_t)4 * place.width_px);
		}
		free(first);
		first = bgrx;
		video_frame_unref(with);
	}
	free(first);
	video_frame_unref(frame);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					every_layout_shows_the_text_and_else_what_it_was),
			cmocka_unit_test(odd_sizes_are_no_worse),
			cmocka_unit_test(it_is_no_wider_than_its_text),
			cmocka_unit_test(it_is_the_same_in_every_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
