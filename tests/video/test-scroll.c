/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/scroll.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"
#include "video/damage.h"
#include "video/screen.h"

#define WIDTH_PX 336  /* 21 cells */
#define HEIGHT_PX 248 /* 15 cells and a half */

/* Two pictures, one after the other. */
struct stage {
	struct video_scroll *scroll;
	struct video_frame *before;
	struct video_frame *after;
	uint64_t random;
	struct video_move move;
};

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	assert_non_null(stage);
	stage->random = 1;
	assert_int_equal(video_scroll_create(&stage->scroll), 0);
	*state = stage;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	video_scroll_destroy(stage->scroll);
	video_frame_unref(stage->before);
	video_frame_unref(stage->after);
	free(stage);
	return 0;
}

static struct video_frame *noise(
		struct stage *stage, enum video_pixel pixel, uint32_t padding)
{
	struct video_frame *frame = picture_create_padded(
			pixel, WIDTH_PX, HEIGHT_PX, padding);

	picture_randomise(frame, &stage->random);
	return frame;
}

/* All is new. */
static void start(struct stage *stage, enum video_pixel pixel)
{
	video_frame_unref(stage->before);
	video_frame_unref(stage->after);
	stage->before = noise(stage, pixel, 32);
	stage->after = noise(stage, pixel, 0);
}

/* Nothing is. */
static void start_still(struct stage *stage, enum video_pixel pixel)
{
	start(stage, pixel);
	video_frame_unref(stage->after);
	stage->after = picture_copy(stage->before);
}

/* Of the planes' bytes at a pixel: where they begin and what a span takes. */
static uint8_t *row_at(struct video_frame *frame, uint32_t plane, uint32_t x_px,
		uint32_t y_px)
{
	enum video_pixel pixel = frame->layout.pixel;

	return picture_plane(frame, plane) +
			frame->layout.stride_bytes[plane] *
			video_layout_rows(pixel, plane, y_px) +
			video_layout_row_bytes(pixel, plane, x_px);
}

/* The after picture shows at `to` what the one before had at from_y_px. */
static void copy_rect(struct stage *stage, const struct video_rect *to,
		uint32_t from_y_px)
{
	const enum video_pixel pixel = stage->after->layout.pixel;

	for (uint32_t i = 0; i < video_layout_planes(pixel); i++) {
		uint32_t y_step = 2 / video_layout_rows(pixel, i, 2);
		size_t bytes = video_layout_row_bytes(pixel, i, to->width_px);

		for (uint32_t y = 0; y < to->height_px; y += y_step)
			memcpy(row_at(stage->after, i, to->x_px, to->y_px + y),
					row_at(stage->before, i, to->x_px,
							from_y_px + y),
					bytes);
	}
}

static void change_pixel(
		struct video_frame *frame, uint32_t x_px, uint32_t y_px)
{
	*row_at(frame, 0, x_px, y_px) ^= 1;
}

static bool find(struct stage *stage)
{
	uint32_t cells[((WIDTH_PX + 15) / 16) * ((HEIGHT_PX + 15) / 16)] = {0};

	if (!video_damage_find(CORE_SIMD_PLAIN, 0, stage->before, stage->after,
			    7, cells))
		return false;
	return video_scroll_find(stage->scroll, stage->before, stage->after,
			cells, 7, &stage->move);
}

static void expect_move(struct stage *stage, uint32_t x_px, uint32_t y_px,
		uint32_t width_px, uint32_t height_px, uint32_t from_y_px)
{
	assert_true(find(stage));
	assert_int_equal(stage->move.to.x_px, x_px);
	assert_int_equal(stage->move.to.y_px, y_px);
	assert_int_equal(stage->move.to.width_px, width_px);
	assert_int_equal(stage->move.to.height_px, height_px);
	assert_int_equal(stage->move.from_y_px, from_y_px);
}

static uint32_t cells_up(uint32_t px)
{
	return (px + 15) / 16 * 16;
}

static bool moves_by_rows(enum video_pixel pixel, uint32_t rows)
{
	struct video_layout layout = {.pixel = pixel};

	return video_layout_rows(layout.pixel, 1, 2) != 1 || rows % 2 == 0;
}

static void finds_any_distance_in_any_layout(void **state)
{
	struct stage *stage = *state;
	struct video_rect up = {0, 0, WIDTH_PX, 0};
	struct video_rect down = {0, 0, WIDTH_PX, 0};

	for (unsigned pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		for (uint32_t rows = 1; rows < HEIGHT_PX - 64; rows += 3) {
			uint32_t kept = HEIGHT_PX - rows;

			if (!moves_by_rows((enum video_pixel)pixel, rows))
				continue;
			start(stage, (enum video_pixel)pixel);
			up.height_px = kept;
			copy_rect(stage, &up, rows);
			expect_move(stage, 0, 0, WIDTH_PX, kept / 16 * 16,
					rows);
			start(stage, (enum video_pixel)pixel);
			down.height_px = kept;
			down.y_px = rows;
			copy_rect(stage, &down, 0);
			expect_move(stage, 0, cells_up(rows), WIDTH_PX,
					HEIGHT_PX - cells_up(rows),
					cells_up(rows) - rows);
		}
	}
}

static void one_wrong_pixel_is_left_out(void **state)
{
	struct stage *stage = *state;
	const struct video_rect all = {0, 0, WIDTH_PX, HEIGHT_PX - 16};

	for (unsigned pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		start(stage, (enum video_pixel)pixel);
		copy_rect(stage, &all, 16);
		change_pixel(stage->after, 16, 115);
		expect_move(stage, 32, 0, 304, 224, 16);
		change_pixel(stage->after, 100, 31);
		expect_move(stage, 32, 32, 304, 192, 48);
		change_pixel(stage->before, 335, 144);
		expect_move(stage, 32, 32, 288, 192, 48);
	}
}

/* Also a colour that only a chroma plane has. */
static void one_wrong_chroma_sample_is_left_out(void **state)
{
	struct stage *stage = *state;
	const struct video_rect all = {0, 0, WIDTH_PX, HEIGHT_PX - 16};

	for (unsigned pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		uint32_t planes = video_layout_planes((enum video_pixel)pixel);

		if (planes == 1)
			continue;
		start(stage, (enum video_pixel)pixel);
		copy_rect(stage, &all, 16);
		*row_at(stage->after, planes - 1, 2, 96) ^= 1;
		expect_move(stage, 16, 0, 320, 224, 16);
	}
}

static void finds_what_moves_beside_what_does_not(void **state)
{
	struct stage *stage = *state;
	const struct video_rect window = {48, 32, 192, 160};

	start_still(stage, VIDEO_PIXEL_YUYV);
	copy_rect(stage, &window, 39);
	change_pixel(stage->after, 330, 3); /* a clock */
	change_pixel(stage->after, 3, 240);
	expect_move(stage, 48, 32, 192, 160, 39);
}

/* The larger one is taken. */
static void finds_one_of_two_regions(void **state)
{
	struct stage *stage = *state;
	const struct video_rect left = {0, 0, 128, 176};
	const struct video_rect right = {176, 32, 160, 192};

	start_still(stage, VIDEO_PIXEL_YUYV);
	copy_rect(stage, &left, 24);
	copy_rect(stage, &right, 2);
	expect_move(stage, 176, 32, 160, 192, 2);
}

/* What looks the same moved or not is not copied for nothing. */
static void copies_no_more_than_what_changed(void **state)
{
	struct stage *stage = *state;
	const struct video_rect window = {64, 64, 160, 128};

	start(stage, VIDEO_PIXEL_BGRX);
	memset(picture_plane(stage->before, 0), 0,
			video_layout_plane_bytes(&stage->before->layout, 0));
	for (uint32_t y = 64; y < 208; y++)
		random_fill(&stage->random, row_at(stage->before, 0, 64, y),
				4 * 160);
	video_frame_unref(stage->after);
	stage->after = picture_copy(stage->before);
	copy_rect(stage, &window, 80);
	change_pixel(stage->after, 3, 3);
	change_pixel(stage->after, 330, 240);
	expect_move(stage, 64, 64, 160, 128, 80);
}

static void draw_lines(struct video_frame *frame, uint32_t first, uint32_t step)
{
	for (uint32_t y = 0; y < HEIGHT_PX; y++)
		memset(row_at(frame, 0, 0, y), y % step == first ? 200 : 16,
				2 * WIDTH_PX);
}

static void sees_no_motion_in_periodic_pictures(void **state)
{
	struct stage *stage = *state;

	start(stage, VIDEO_PIXEL_YUYV);
	draw_lines(stage->before, 0, 16);
	draw_lines(stage->after, 3, 16);
	if (find(stage)) /* one row up or down, but it must be true */
		assert_int_equal((stage->move.from_y_px + 256 -
						 stage->move.to.y_px) %
						16,
				13);
	draw_lines(stage->before, 0, 2);
	draw_lines(stage->after, 1, 2);
	assert_false(find(stage));
}

static void sees_no_motion_where_there_is_none(void **state)
{
	struct stage *stage = *state;

	start_still(stage, VIDEO_PIXEL_YUYV);
	assert_false(find(stage));
	picture_randomise(stage->after, &stage->random);
	assert_false(find(stage)); /* noise */
	memset(picture_plane(stage->after, 0), 16,
			video_layout_plane_bytes(&stage->after->layout, 0));
	assert_false(find(stage)); /* cleared */
	memset(picture_plane(stage->before, 0), 235,
			video_layout_plane_bytes(&stage->after->layout, 0));
	assert_false(find(stage)); /* one colour, then another */
}

static void leaves_small_things_alone(void **state)
{
	struct stage *stage = *state;
	const struct video_rect low = {0, 0, WIDTH_PX, 48};
	const struct video_rect narrow = {0, 0, 112, 200};

	start_still(stage, VIDEO_PIXEL_YUYV);
	copy_rect(stage, &low, 16);
	assert_false(find(stage));
	start_still(stage, VIDEO_PIXEL_YUYV);
	copy_rect(stage, &narrow, 16);
	assert_false(find(stage));
}

/* Half a row of chroma cannot be copied. */
static void shared_chroma_moves_by_even_rows(void **state)
{
	struct stage *stage = *state;
	const struct video_rect all = {0, 0, WIDTH_PX, HEIGHT_PX - 18};

	start(stage, VIDEO_PIXEL_NV12);
	copy_rect(stage, &all, 18);
	assert_true(find(stage));
	start(stage, VIDEO_PIXEL_NV12);
	memset(picture_plane(stage->before, 1), 128,
			video_layout_plane_bytes(&stage->before->layout, 1));
	video_frame_unref(stage->after);
	stage->after = picture_copy(stage->before);
	for (uint32_t y = 0; y < HEIGHT_PX - 17; y++)
		memcpy(row_at(stage->after, 0, 0, y),
				row_at(stage->before, 0, 0, y + 17), WIDTH_PX);
	assert_false(find(stage));
}

static bool is_equal(struct stage *stage)
{
	struct video_frame *after = picture_copy(stage->after);
	struct video_frame *found = stage->after;
	bool equal = true;

	stage->after = after;
	copy_rect(stage, &stage->move.to, stage->move.from_y_px);
	for (uint32_t i = 0; i < video_layout_planes(after->layout.pixel); i++)
		equal = equal &&
				memcmp(after->plane[i], found->plane[i],
						video_layout_plane_bytes(
								&after->layout,
								i)) == 0;
	stage->after = found;
	video_frame_unref(after);
	return equal;
}

/* Few colours and few kinds of rows: much that looks alike and is not. */
static void draw_at_random(struct stage *stage, struct video_frame *frame)
{
	uint32_t kinds = 2 + random_below(&stage->random, 6);
	uint32_t grain = 1 + random_below(&stage->random, 40);

	for (uint32_t plane = 0;
			plane < video_layout_planes(frame->layout.pixel);
			plane++) {
		size_t bytes = video_layout_plane_bytes(&frame->layout, plane);
		uint8_t *at = picture_plane(frame, plane);

		for (size_t i = 0; i < bytes; i += grain)
			memset(at + i, (int)random_below(&stage->random, kinds),
					bytes - i < grain ? bytes - i : grain);
	}
}

static void whatever_is_found_is_true(void **state)
{
	struct stage *stage = *state;
	unsigned found = 0;
	unsigned rounds = getenv("RACKHAND_TEST_FULL") ? 20000 : 400;

	for (unsigned round = 0; round < rounds; round++) {
		struct video_rect to;
		uint32_t from_y_px;

		start(stage, (enum video_pixel)(round % VIDEO_PIXELS));
		draw_at_random(stage, stage->before);
		if (round % 3 == 0)
			draw_at_random(stage, stage->after);
		to.x_px = random_below(&stage->random, WIDTH_PX / 2) & ~1U;
		to.y_px = random_below(&stage->random, HEIGHT_PX / 2) & ~1U;
		to.width_px = (2 +
					      random_below(&stage->random,
							      WIDTH_PX - to.x_px -
									      1)) &
				~1U;
		to.height_px = (2 +
					       random_below(&stage->random,
							       HEIGHT_PX - to.y_px -
									       1)) &
				~1U;
		from_y_px = random_below(&stage->random,
					    HEIGHT_PX - to.height_px + 1) &
				~1U;
		copy_rect(stage, &to, from_y_px);
		for (uint32_t i = random_below(&stage->random, 4); i > 0; i--)
			change_pixel(stage->after,
					random_below(&stage->random, WIDTH_PX) &
							~1U,
					random_below(&stage->random,
							HEIGHT_PX));
		if (!find(stage))
			continue;
		found++;
		assert_true(is_equal(stage));
		assert_int_equal(stage->move.to.x_px % 16, 0);
		assert_int_equal(stage->move.to.y_px % 16, 0);
	}
	assert_true(found > rounds / 10);
}

static void takes_the_largest_screen(void **state)
{
	struct stage *stage = *state;
	size_t cells_n = (VIDEO_WIDTH_MAX_PX / 16) * (VIDEO_HEIGHT_MAX_PX / 16);
	uint32_t *cells = calloc(cells_n, sizeof(*cells));
	const struct video_rect to = {
			0, 0, VIDEO_WIDTH_MAX_PX, VIDEO_HEIGHT_MAX_PX - 48};

	assert_non_null(cells);
	stage->before = picture_create_padded(VIDEO_PIXEL_YUYV,
			VIDEO_WIDTH_MAX_PX, VIDEO_HEIGHT_MAX_PX, 0);
	picture_randomise(stage->before, &stage->random);
	stage->after = picture_copy(stage->before);
	copy_rect(stage, &to, 48);
	assert_true(video_damage_find(CORE_SIMD_PLAIN, 0, stage->before,
			stage->after, 1, cells));
	assert_true(video_scroll_find(stage->scroll, stage->before,
			stage->after, cells, 1, &stage->move));
	assert_int_equal(stage->move.to.width_px, to.width_px);
	assert_int_equal(stage->move.to.height_px, to.height_px);
	free(cells);
}

static void a_screen_says_what_moved_if_asked(void **state)
{
	struct stage *stage = *state;
	const struct video_rect all = {0, 0, WIDTH_PX, HEIGHT_PX - 16};
	struct video_screen *screen;
	bool changed;

	assert_int_equal(video_screen_create(&screen, CORE_SIMD_PLAIN), 0);
	start(stage, VIDEO_PIXEL_NV16);
	copy_rect(stage, &all, 16);
	video_screen_show(screen, stage->before, &changed);
	video_screen_show(screen, stage->after, &changed);
	assert_null(video_screen_get_move(screen));
	video_screen_look_for_moves(screen, true);
	video_screen_look_for_moves(screen, true);
	video_screen_look_for_moves(screen, false);
	video_screen_show(screen, stage->before, &changed);
	assert_non_null(video_screen_get_move(screen));
	assert_int_equal(video_screen_get_move(screen)->to.y_px, 16);
	assert_int_equal(video_screen_get_move(screen)->from_y_px, 0);
	video_screen_show(screen, stage->before, &changed);
	assert_false(changed); /* what it said of that generation stays true */
	assert_non_null(video_screen_get_move(screen));
	change_pixel(stage->after, 0, 0);
	stage->after->layout.matrix = VIDEO_MATRIX_BT709; /* not comparable */
	video_screen_show(screen, stage->after, &changed);
	assert_null(video_screen_get_move(screen));
	video_screen_show(screen, stage->before, &changed);
	stage->after->layout.matrix = stage->before->layout.matrix;
	video_screen_look_for_moves(screen, false);
	video_screen_show(screen, stage->after, &changed);
	assert_null(video_screen_get_move(screen));
	video_screen_destroy(screen);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(finds_any_distance_in_any_layout),
			test(one_wrong_pixel_is_left_out),
			test(one_wrong_chroma_sample_is_left_out),
			test(finds_what_moves_beside_what_does_not),
			test(finds_one_of_two_regions),
			test(copies_no_more_than_what_changed),
			test(sees_no_motion_in_periodic_pictures),
			test(sees_no_motion_where_there_is_none),
			test(leaves_small_things_alone),
			test(shared_chroma_moves_by_even_rows),
			test(whatever_is_found_is_true),
			test(takes_the_largest_screen),
			test(a_screen_says_what_moved_if_asked),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
