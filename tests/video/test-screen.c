/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/screen.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"

#define RECTS_MAX 512

/* A screen, and what one reader has of it. */
struct stage {
	struct video_screen *screen;
	struct video_grid missing;
	uint32_t generation; /* that it has followed to */
	struct video_rect rects[RECTS_MAX];
	size_t rects_n;
};

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	*state = stage;
	return stage ? video_screen_create(&stage->screen, core_simd_best())
		     : -1;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	video_screen_destroy(stage->screen);
	free(stage);
	return 0;
}

/* Show a frame and let go of it: the screen's reference keeps it. */
static bool show(struct stage *stage, struct video_frame *frame)
{
	bool changed;

	assert_int_equal(video_screen_show(stage->screen, frame, &changed), 0);
	video_frame_unref(frame);
	return changed;
}

static void forget(struct stage *stage)
{
	stage->missing = (struct video_grid){0};
	stage->generation = 0;
}

static void follow(struct stage *stage)
{
	const struct video_grid *changed = video_screen_get_changed(
			stage->screen, stage->generation);

	video_grid_unite(&stage->missing, changed, VIDEO_ROWS_MAX);
	stage->generation = video_screen_get_generation(stage->screen);
}

static void list(struct stage *stage, const struct video_rect *area)
{
	follow(stage);
	stage->rects_n = video_screen_cover(stage->screen, &stage->missing,
			area, stage->rects, RECTS_MAX);
}

static void mark(struct stage *stage, const struct video_rect *rect)
{
	struct video_cells cells;
	uint32_t width_px;
	uint32_t height_px;

	video_screen_get_size(stage->screen, &width_px, &height_px);
	cells = video_cells_inside(rect, width_px, height_px);
	video_grid_remove(&stage->missing, &cells);
}

static void mark_listed(struct stage *stage)
{
	for (size_t i = 0; i < stage->rects_n; i++)
		mark(stage, &stage->rects[i]);
}

static void start(struct stage *stage, struct video_frame *frame)
{
	show(stage, frame);
	forget(stage);
	list(stage, NULL);
	mark_listed(stage);
}

static void expect_rects(const struct stage *stage,
		const struct video_rect *rects, size_t rects_n)
{
	assert_int_equal(stage->rects_n, rects_n);
	for (size_t i = 0; i < rects_n; i++) {
		assert_int_equal(stage->rects[i].x_px, rects[i].x_px);
		assert_int_equal(stage->rects[i].y_px, rects[i].y_px);
		assert_int_equal(stage->rects[i].width_px, rects[i].width_px);
		assert_int_equal(stage->rects[i].height_px, rects[i].height_px);
	}
}

#define EXPECT_RECTS(stage, ...)                                               \
	do {                                                                   \
		const struct video_rect expected[] = {__VA_ARGS__};            \
		expect_rects(stage, expected,                                  \
				sizeof(expected) / sizeof(expected[0]));       \
	} while (0)

static struct video_frame *blank(uint32_t width_px, uint32_t height_px)
{
	return picture_create_padded(VIDEO_PIXEL_BGRX, width_px, height_px, 0);
}

/* The newest frame with one pixel changed. */
static struct video_frame *touched(
		const struct stage *stage, uint32_t x_px, uint32_t y_px)
{
	struct video_frame *frame =
			picture_copy(video_screen_get_frame(stage->screen));

	picture_plane(frame, 0)[frame->layout.stride_bytes[0] * y_px +
			4 * x_px + 1] ^= 1;
	return frame;
}

static void has_nothing_at_first(void **state)
{
	struct stage *stage = *state;
	const struct video_rect anywhere = {0, 0, 100, 100};
	uint32_t width_px = 1;
	uint32_t height_px = 1;

	assert_null(video_screen_get_frame(stage->screen));
	video_screen_get_size(stage->screen, &width_px, &height_px);
	assert_int_equal(width_px, 0);
	assert_int_equal(height_px, 0);
	assert_int_equal(video_screen_get_geometry(stage->screen), 0);
	assert_int_equal(video_screen_get_generation(stage->screen), 0);
	assert_int_equal(video_screen_generation(stage->screen, &anywhere), 0);
	list(stage, NULL);
	assert_int_equal(stage->rects_n, 0);
}

static void shows_a_first_frame_as_all_new(void **state)
{
	struct stage *stage = *state;
	struct video_frame *frame = blank(100, 50);
	uint32_t width_px;
	uint32_t height_px;

	assert_true(show(stage, frame));
	assert_ptr_equal(video_screen_get_frame(stage->screen), frame);
	video_screen_get_size(stage->screen, &width_px, &height_px);
	assert_int_equal(width_px, 100);
	assert_int_equal(height_px, 50);
	assert_int_equal(video_screen_get_geometry(stage->screen), 1);
	forget(stage);
	list(stage, NULL);
	EXPECT_RECTS(stage, {0, 0, 100, 50});
	mark_listed(stage);
	list(stage, NULL);
	assert_int_equal(stage->rects_n, 0);
}

static void finds_no_change_in_the_same_picture(void **state)
{
	struct stage *stage = *state;
	const struct video_rect all = {0, 0, 100, 50};
	struct video_frame *copy;
	uint32_t generation;
	bool changed;

	start(stage, blank(100, 50));
	generation = video_screen_generation(stage->screen, &all);
	copy = picture_copy(video_screen_get_frame(stage->screen));
	assert_false(show(stage, copy));
	assert_ptr_equal(video_screen_get_frame(stage->screen), copy);
	/* The very same frame, of which the screen has the only reference. */
	assert_int_equal(video_screen_show(stage->screen, copy, &changed), 0);
	assert_false(changed);
	assert_int_equal(copy->refs, 1);
	assert_int_equal(video_screen_generation(stage->screen, &all),
			generation);
	list(stage, NULL);
	assert_int_equal(stage->rects_n, 0);
}

static void clips_cells_at_the_edges(void **state)
{
	struct stage *stage = *state;

	start(stage, blank(1000, 500));
	assert_true(show(stage, touched(stage, 999, 499)));
	list(stage, NULL);
	EXPECT_RECTS(stage, {992, 496, 8, 4});
	assert_true(show(stage, touched(stage, 0, 0)));
	list(stage, NULL);
	EXPECT_RECTS(stage, {0, 0, 16, 16}, {992, 496, 8, 4});
	mark_listed(stage);
	list(stage, NULL);
	assert_int_equal(stage->rects_n, 0);
}

/* Cells next to each other come as one, what is far away apart. */
static void lists_few_rectangles(void **state)
{
	struct stage *stage = *state;

	start(stage, blank(1000, 500));
	/* An L: a column of three, and at its foot two more to the right. */
	show(stage, touched(stage, 20, 20));
	show(stage, touched(stage, 20, 40));
	show(stage, touched(stage, 20, 50));
	show(stage, touched(stage, 40, 50));
	show(stage, touched(stage, 60, 50));
	/* A block of two by two. */
	show(stage, touched(stage, 900, 100));
	show(stage, touched(stage, 916, 100));
	show(stage, touched(stage, 900, 116));
	show(stage, touched(stage, 916, 116));
	list(stage, NULL);
	EXPECT_RECTS(stage, {16, 16, 48, 48}, {896, 96, 32, 32});
}

/* Whoever lacks the same gets the same, also after others who do not. */
static void lists_equal_damage_equally(void **state)
{
	struct stage *stage = *state;
	const struct video_rect top = {0, 0, 1000, 16};

	start(stage, blank(1000, 500));
	for (uint32_t i = 0; i < 20; i++) {
		show(stage, touched(stage, 50 * i, 25 * i));
		list(stage, NULL);
		list(stage, &top);
		EXPECT_RECTS(stage, {0, 0, 16, 16});
		stage->rects_n = video_screen_cover(stage->screen,
				&stage->missing, NULL, stage->rects, 1);
		EXPECT_RECTS(stage,
				{0, 0, (50 * i) / 16 * 16 + 16,
						(25 * i) / 16 * 16 + 16});
	}
}

static void lists_whole_cells_that_an_area_touches(void **state)
{
	struct stage *stage = *state;
	const struct video_rect middle = {15, 17, 18, 2};
	const struct video_rect beyond = {90, 40, UINT32_MAX, UINT32_MAX};
	const struct video_rect outside = {100, 0, 50, 50};
	const struct video_rect far = {UINT32_MAX, UINT32_MAX, UINT32_MAX, 1};
	const struct video_rect nothing = {20, 20, 0, 5};

	show(stage, blank(100, 50));
	forget(stage);
	list(stage, &middle);
	EXPECT_RECTS(stage, {0, 16, 48, 16});
	list(stage, &beyond);
	EXPECT_RECTS(stage, {80, 32, 20, 18});
	list(stage, &outside);
	assert_int_equal(stage->rects_n, 0);
	list(stage, &far);
	assert_int_equal(stage->rects_n, 0);
	list(stage, &nothing);
	assert_int_equal(stage->rects_n, 0);
}

/* One character a cell; a cell that is asked for alone is listed alone. */
static void expect_missing(struct stage *stage, const char *missing)
{
	uint32_t width_px;
	uint32_t height_px;

	video_screen_get_size(stage->screen, &width_px, &height_px);
	for (uint32_t y = 0; y < height_px; y += VIDEO_CELL_PX)
		for (uint32_t x = 0; x < width_px; x += VIDEO_CELL_PX) {
			const struct video_rect cell = {x, y, 1, 1};

			list(stage, &cell);
			assert_int_equal(stage->rects_n, *missing++ == '#');
		}
}

/* Half a cell is not a cell that is had. */
static void marks_only_whole_cells(void **state)
{
	struct stage *stage = *state;
	const struct video_rect ragged = {8, 8, 47, 39};
	const struct video_rect corner = {96, 48, 4, 2};
	const struct video_rect outside = {112, 64, 16, 16};
	const struct video_rect small = {34, 34, 4, 4};

	show(stage, blank(100, 50));
	forget(stage);
	list(stage, NULL);
	mark(stage, &ragged);
	mark(stage, &corner);
	mark(stage, &outside);
	mark(stage, &small);
	expect_missing(stage,
			"#######"
			"#..####"
			"#######"
			"######.");
}

static void names_content_by_generation(void **state)
{
	struct stage *stage = *state;
	const struct video_rect left = {0, 0, 48, 50};
	const struct video_rect right = {48, 0, 52, 50};
	const struct video_rect across = {47, 0, 2, 2};
	const struct video_rect outside = {100, 50, 5, 5};
	uint32_t before;

	start(stage, blank(100, 50));
	before = video_screen_generation(stage->screen, &left);
	show(stage, touched(stage, 48, 0));
	assert_int_equal(video_screen_generation(stage->screen, &left), before);
	assert_true(video_screen_generation(stage->screen, &right) > before);
	assert_int_equal(video_screen_generation(stage->screen, &across),
			video_screen_generation(stage->screen, &right));
	assert_int_equal(video_screen_generation(stage->screen, &outside), 0);
}

static void starts_a_geometry_with_a_new_size(void **state)
{
	struct stage *stage = *state;

	start(stage, blank(100, 50));
	assert_true(show(stage, blank(50, 100)));
	assert_int_equal(video_screen_get_geometry(stage->screen), 2);
	forget(stage);
	list(stage, NULL);
	EXPECT_RECTS(stage, {0, 0, 50, 100});
}

/* What cannot be compared is new, though not in a new geometry. */
static void takes_another_layout_as_all_new(void **state)
{
	/* Each differs from the one before in one thing only. */
	static const struct {
		enum video_pixel pixel;
		enum video_matrix matrix;
		bool full_range;
	} cases[] = {
			{VIDEO_PIXEL_NV12, VIDEO_MATRIX_BT601, true},
			{VIDEO_PIXEL_NV12, VIDEO_MATRIX_BT709, true},
			{VIDEO_PIXEL_YU12, VIDEO_MATRIX_BT709, true},
			{VIDEO_PIXEL_YU12, VIDEO_MATRIX_BT709, false},
	};
	struct stage *stage = *state;
	struct video_frame *frame;

	start(stage, picture_create_padded(VIDEO_PIXEL_NV12, 64, 32, 0));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		frame = picture_create_padded(cases[i].pixel, 64, 32, 0);
		frame->layout.matrix = cases[i].matrix;
		frame->layout.full_range = cases[i].full_range;
		assert_true(show(stage, frame));
		assert_int_equal(video_screen_get_geometry(stage->screen), 1);
		list(stage, NULL);
		EXPECT_RECTS(stage, {0, 0, 64, 32});
		mark_listed(stage);
	}
}

static void compares_across_strides(void **state)
{
	struct stage *stage = *state;

	start(stage, picture_create_padded(VIDEO_PIXEL_NV12, 64, 32, 0));
	assert_false(show(stage,
			picture_create_padded(VIDEO_PIXEL_NV12, 64, 32, 24)));
}

static void ignores_what_no_pixel_shows(void **state)
{
	struct stage *stage = *state;
	struct video_frame *frame =
			picture_create_padded(VIDEO_PIXEL_BGRX, 33, 20, 5);

	start(stage, picture_copy(frame));
	for (uint32_t y = 0; y < 20; y++) {
		uint8_t *row = picture_plane(frame, 0) +
				frame->layout.stride_bytes[0] * y;

		for (uint32_t x = 0; x < 33; x++)
			row[4 * x + 3] = (uint8_t)(x * y);
		memset(row + 4 * 33, 0xff, 5);
	}
	assert_false(show(stage, picture_copy(frame)));
	picture_plane(frame,
			0)[frame->layout.stride_bytes[0] * 19 + 4 * 32 + 2] = 1;
	assert_true(show(stage, frame));
	list(stage, NULL);
	EXPECT_RECTS(stage, {32, 16, 1, 4});
}

/* The picture as it came last from the source, a few steps off everywhere. */
static struct video_frame *noisy(const struct video_frame *frame, int steps)
{
	struct video_frame *copy = picture_copy(frame);

	for (uint32_t plane = 0;
			plane < video_layout_planes(frame->layout.pixel);
			plane++)
		for (size_t i = 0; i <
				video_layout_plane_bytes(&frame->layout, plane);
				i++)
			picture_plane(copy, plane)[i] =
					(uint8_t)(frame->plane[plane][i] +
							(i % 3 ? steps
							       : -steps));
	return copy;
}

static struct video_frame *grey(uint32_t padding_bytes)
{
	struct video_frame *frame = picture_create_padded(
			VIDEO_PIXEL_YU12, 1000, 500, padding_bytes);

	for (uint32_t plane = 0; plane < 3; plane++)
		memset(picture_plane(frame, plane), 100,
				video_layout_plane_bytes(
						&frame->layout, plane));
	return frame;
}

static void shows_no_noise_below_the_threshold(void **state)
{
	struct stage *stage = *state;
	struct video_frame *first = grey(6);

	video_screen_set_threshold(stage->screen, 1);
	start(stage, first);
	for (int steps = -1; steps <= 1; steps++) {
		assert_false(show(stage, noisy(first, steps)));
		assert_ptr_equal(video_screen_get_frame(stage->screen), first);
		list(stage, NULL);
		assert_int_equal(stage->rects_n, 0);
	}
	assert_int_equal(first->refs, 1);
	assert_true(show(stage, noisy(first, 2)));
	list(stage, NULL);
	EXPECT_RECTS(stage, {0, 0, 1000, 500});
}

/* Each step alone is noise: it is what was shown that counts. */
static void notices_a_slow_drift(void **state)
{
	struct stage *stage = *state;
	struct video_frame *first = video_frame_ref(grey(6));

	video_screen_set_threshold(stage->screen, 3);
	start(stage, first);
	for (int steps = 1; steps <= 8; steps++)
		assert_int_equal(show(stage, noisy(first, steps)),
				steps % 4 == 0);
	video_frame_unref(first);
}

static uint8_t luma(
		const struct video_frame *frame, uint32_t x_px, uint32_t y_px)
{
	return frame->plane[0][frame->layout.stride_bytes[0] * y_px + x_px];
}

/* A cell that changed is taken as it came; the others stay as they were. */
static void shows_a_step_as_it_is(void **state)
{
	struct stage *stage = *state;
	struct video_frame *first = video_frame_ref(grey(6));
	struct video_frame *wider = grey(22);
	struct video_frame *second = noisy(wider, 1);
	const struct video_frame *shown;

	video_screen_set_threshold(stage->screen, 4);
	start(stage, first);
	second->captured_us = 77;
	picture_plane(second, 0)[second->layout.stride_bytes[0] * 499 + 999] =
			105;
	picture_plane(second, 2)[second->layout.stride_bytes[2] * 9 + 20] = 200;
	assert_true(show(stage, video_frame_ref(second)));
	list(stage, NULL);
	EXPECT_RECTS(stage, {32, 16, 16, 16}, {992, 496, 8, 4});
	shown = video_screen_get_frame(stage->screen);
	assert_int_equal(shown->captured_us, 77);
	assert_int_equal(luma(shown, 999, 499), 105);
	assert_int_equal(luma(shown, 992, 496), luma(second, 992, 496));
	assert_int_equal(luma(shown, 991, 496), 100);
	assert_int_equal(luma(shown, 992, 495), 100);
	assert_int_equal(luma(shown, 32, 16), luma(second, 32, 16));
	assert_int_equal(
			shown->plane[2][shown->layout.stride_bytes[2] * 9 + 20],
			200);
	assert_int_equal(
			shown->plane[2][shown->layout.stride_bytes[2] * 8 + 24],
			100);
	/* What was handed on before is not touched. */
	assert_int_equal(luma(first, 999, 499), 100);
	video_frame_unref(first);
	video_frame_unref(second);
	video_frame_unref(wider);
}

static void refuses_a_bad_layout_and_keeps_the_old(void **state)
{
	struct stage *stage = *state;
	struct video_frame *good = blank(100, 50);
	struct video_frame *bad = blank(100, 50);
	bool changed = true;

	start(stage, good);
	bad->layout.width_px = 101;
	assert_int_equal(video_screen_show(stage->screen, bad, &changed),
			-EINVAL);
	assert_false(changed);
	assert_int_equal(bad->refs, 1);
	assert_ptr_equal(video_screen_get_frame(stage->screen), good);
	assert_int_equal(video_screen_get_geometry(stage->screen), 1);
	video_frame_unref(bad);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			STAGED(has_nothing_at_first),
			STAGED(shows_a_first_frame_as_all_new),
			STAGED(finds_no_change_in_the_same_picture),
			STAGED(clips_cells_at_the_edges),
			STAGED(lists_few_rectangles),
			STAGED(lists_equal_damage_equally),
			STAGED(lists_whole_cells_that_an_area_touches),
			STAGED(marks_only_whole_cells),
			STAGED(names_content_by_generation),
			STAGED(starts_a_geometry_with_a_new_size),
			STAGED(takes_another_layout_as_all_new),
			STAGED(compares_across_strides),
			STAGED(ignores_what_no_pixel_shows),
			STAGED(shows_no_noise_below_the_threshold),
			STAGED(notices_a_slow_drift),
			STAGED(shows_a_step_as_it_is),
			STAGED(refuses_a_bad_layout_and_keeps_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
