/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/area.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_rect(const struct video_rect *rect, uint32_t x_px,
		uint32_t y_px, uint32_t width_px, uint32_t height_px)
{
	assert_int_equal(rect->x_px, x_px);
	assert_int_equal(rect->y_px, y_px);
	assert_int_equal(rect->width_px, width_px);
	assert_int_equal(rect->height_px, height_px);
}

/* On a screen of 100x50, whose last cells are cut. */
static void areas_become_whole_cells(void **state)
{
	static const struct {
		struct vnc_area area;
		struct video_rect rect;
	} cases[] = {
			{{0, 0, 100, 50}, {0, 0, 100, 50}},
			{{1, 1, 1, 1}, {0, 0, 16, 16}},
			{{15, 15, 2, 2}, {0, 0, 32, 32}},
			{{16, 16, 16, 16}, {16, 16, 16, 16}},
			{{99, 49, 1, 1}, {96, 48, 4, 2}},
			{{0, 0, 65535, 65535}, {0, 0, 100, 50}},
			{{65535, 65535, 65535, 65535}, {0, 0, 0, 0}},
			{{100, 0, 1, 1}, {96, 0, 4, 16}},
			{{112, 0, 1, 1}, {0, 0, 0, 0}},
			{{5, 5, 0, 9}, {0, 0, 0, 0}},
			{{5, 5, 9, 0}, {0, 0, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct video_rect rect =
				vnc_area_from_wire(&cases[i].area, 100, 50);

		assert_rect(&rect, cases[i].rect.x_px, cases[i].rect.y_px,
				cases[i].rect.width_px,
				cases[i].rect.height_px);
	}
}

static void a_union_holds_both(void **state)
{
	const struct video_rect nothing = {0};
	const struct video_rect a = {16, 32, 16, 16}, b = {48, 0, 16, 64};
	struct video_rect both = vnc_area_union(&a, &b);

	(void)state;
	assert_rect(&both, 16, 0, 48, 64);
	both = vnc_area_union(&nothing, &a);
	assert_rect(&both, 16, 32, 16, 16);
	both = vnc_area_union(&a, &nothing);
	assert_rect(&both, 16, 32, 16, 16);
}

static void a_budget_is_kept(void **state)
{
	struct video_rect rects[] = {
			{0, 0, 16, 16}, {0, 16, 100, 34}, {0, 0, 16, 16}};

	(void)state;
	assert_int_equal(vnc_area_limit(rects, 3, 1 << 20), 3);
	assert_int_equal(vnc_area_limit(rects, 3, 256 + 1650), 2);
	assert_rect(&rects[1], 0, 16, 100, 16);
	assert_int_equal(vnc_area_limit(rects, 2, 256 + 1300), 2);
	assert_rect(&rects[1], 0, 16, 80, 16); /* a part of a row */
	assert_int_equal(vnc_area_limit(rects, 2, 257), 1);
	assert_int_equal(vnc_area_limit(rects, 1, 1), 1);
	assert_rect(&rects[0], 0, 0, 16, 16);
	assert_int_equal(vnc_area_limit(rects, 0, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(areas_become_whole_cells),
			cmocka_unit_test(a_union_holds_both),
			cmocka_unit_test(a_budget_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
