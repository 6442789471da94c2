/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/tight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "tests/vnc/tight-rig.h"

/* Tight of colours that only a Y'CbCr source has: alike in all but chroma. */

#define WIDTH_PX 256
#define HEIGHT_PX 64

static struct video_frame *create(void)
{
	struct video_layout layout = {
			.pixel = VIDEO_PIXEL_YU16,
			.full_range = true,
			.width_px = WIDTH_PX,
			.height_px = HEIGHT_PX,
	};
	struct video_frame *frame;

	video_layout_set_strides(&layout);
	assert_int_equal(video_frame_create_raw(&frame, &layout), 0);
	return frame;
}

/* The left `left_px` in one colour, the rest in another. */
static struct video_frame *split(
		const uint8_t left[3], const uint8_t right[3], uint32_t left_px)
{
	struct video_frame *frame = create();

	for (uint32_t plane = 0; plane < 3; plane++) {
		const uint32_t halved = plane > 0;
		uint8_t *row = video_frame_plane(frame, plane);

		for (uint32_t y = 0; y < HEIGHT_PX; y++) {
			memset(row, right[plane], WIDTH_PX >> halved);
			memset(row, left[plane], left_px >> halved);
			row += WIDTH_PX >> halved;
		}
	}
	return frame;
}

/* tight_show compares every pixel. */
static void show(struct tight_rig *rig, struct video_frame *frame, int level)
{
	const struct video_rect rect = {0, 0, WIDTH_PX, HEIGHT_PX};
	struct vnc_encoded encoded = tight_show(rig, frame, &rect, level);

	assert_false(encoded.lossy);
	core_bytes_unref(encoded.bytes);
	video_frame_unref(frame);
}

static void red_is_not_blue_of_the_same_luma(void **state)
{
	static const uint8_t red[] = {90, 100, 200};
	static const uint8_t blue[] = {90, 200, 100};

	for (uint32_t left_px = 2; left_px < WIDTH_PX; left_px += 2) {
		show(*state, split(red, blue, left_px), -1);
		show(*state, split(red, blue, left_px), 6);
	}
}

static void the_highest_samples_are_a_colour(void **state)
{
	static const uint8_t highest[] = {255, 255, 255};
	static const uint8_t other[] = {255, 40, 40};

	for (uint32_t left_px = 2; left_px < WIDTH_PX; left_px += 2)
		show(*state, split(highest, other, left_px), -1);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, tight_set_up, tight_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(red_is_not_blue_of_the_same_luma),
			TEST(the_highest_samples_are_a_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
