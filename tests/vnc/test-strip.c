/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/strip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "video/screen.h"

static void assert_edge(uint32_t edge_px, uint32_t outer_px)
{
	if (edge_px != outer_px)
		assert_int_equal(edge_px % VIDEO_CELL_PX, 0);
}

static void assert_strip(
		const struct video_rect *rect, const struct video_rect *strip)
{
	const uint32_t right_px = strip->x_px + strip->width_px;
	const uint32_t bottom_px = strip->y_px + strip->height_px;

	assert_in_range(strip->width_px, 1, VNC_STRIP_WIDTH_MAX_PX);
	assert_true(strip->height_px >= 1);
	assert_true(strip->width_px * strip->height_px <=
			VNC_STRIP_AREA_MAX_PX);
	assert_edge(strip->x_px, rect->x_px);
	assert_edge(strip->y_px, rect->y_px);
	assert_edge(right_px, rect->x_px + rect->width_px);
	assert_edge(bottom_px, rect->y_px + rect->height_px);
	assert_true(right_px <= rect->x_px + rect->width_px);
	assert_true(bottom_px <= rect->y_px + rect->height_px);
}

/* Row by row, each strip begins where the one before it ended. */
static void assert_covered(const struct video_rect *rect)
{
	const struct vnc_strips strips = vnc_strips_cut(rect);
	uint32_t x = rect->x_px, y = rect->y_px;

	for (size_t i = 0; i < vnc_strips_count(&strips); i++) {
		const struct video_rect strip = vnc_strips_get(&strips, i);

		assert_strip(rect, &strip);
		assert_int_equal(strip.x_px, x);
		assert_int_equal(strip.y_px, y);
		x += strip.width_px;
		if (x < rect->x_px + rect->width_px)
			continue;
		x = rect->x_px;
		y += strip.height_px;
	}
	assert_int_equal(y, rect->y_px + rect->height_px);
}

static void strips_cover_exactly_within_the_limits(void **state)
{
	static const struct video_rect rects[] = {
			{0, 0, 1, 1},
			{15, 15, 1, 1},
			{15, 15, 2, 2},
			{0, 0, 16, 16},
			{0, 0, 1920, 1080},
			{0, 0, 2048, 2048},
			{1, 1, 2048, 2048},
			{0, 0, 2049, 40},
			{0, 0, 4096, 2304},
			{7, 3, 4089, 2301},
			{0, 0, 16, 2304},
			{4095, 0, 1, 2304},
			{0, 2303, 4096, 1},
	};
	uint32_t random = 3;

	(void)state;
	for (size_t i = 0; i < sizeof(rects) / sizeof(rects[0]); i++)
		assert_covered(&rects[i]);
	for (unsigned i = 0; i < 20000; i++) {
		struct video_rect rect;

		rect.x_px = picture_random(&random) % 4096;
		rect.y_px = picture_random(&random) % 2304;
		rect.width_px = 1 +
				picture_random(&random) % (4096 - rect.x_px);
		rect.height_px = 1 +
				picture_random(&random) % (2304 - rect.y_px);
		assert_covered(&rect);
	}
}

static void a_full_picture_keeps_its_strips_large(void **state)
{
	const struct video_rect rect = {0, 0, 1920, 1080};
	const struct vnc_strips strips = vnc_strips_cut(&rect);

	(void)state;
	assert_int_equal(vnc_strips_count(&strips), 8);
	assert_int_equal(vnc_strips_get(&strips, 0).width_px, 1920);
	assert_int_equal(vnc_strips_get(&strips, 0).height_px, 144);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					strips_cover_exactly_within_the_limits),
			cmocka_unit_test(a_full_picture_keeps_its_strips_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
