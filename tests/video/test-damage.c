/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/damage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"
#include "video/convert.h"
#include "video/screen.h"

#define RECTS_MAX 64

/*
 * A viewer as the program has them: it knows of the picture only what it has
 * painted of the rectangles that were listed for it.
 */
struct reader {
	uint32_t width_px;
	uint32_t height_px;
	uint32_t generation; /* that it has followed to */
	struct video_grid missing;
	uint8_t *bgrx;
};

static void reader_finish(struct reader *reader)
{
	free(reader->bgrx);
}

static void reader_start(
		struct reader *reader, const struct video_screen *screen)
{
	video_screen_get_size(screen, &reader->width_px, &reader->height_px);
	reader->generation = 0;
	reader->missing = (struct video_grid){0};
	reader->bgrx = calloc((size_t)reader->width_px * reader->height_px, 4);
	assert_non_null(reader->bgrx);
}

static void reader_paint(struct reader *reader,
		const struct video_screen *screen,
		const struct video_rect *rect)
{
	size_t stride_bytes = (size_t)reader->width_px * 4;
	struct video_cells cells;

	assert_true(rect->width_px > 0 && rect->height_px > 0);
	video_convert_bgrx(video_screen_get_frame(screen), rect,
			reader->bgrx + stride_bytes * rect->y_px +
					(size_t)rect->x_px * 4,
			stride_bytes);
	cells = video_cells_inside(rect, reader->width_px, reader->height_px);
	video_grid_remove(&reader->missing, &cells);
}

static void reader_follow(
		struct reader *reader, const struct video_screen *screen)
{
	const struct video_grid *changed =
			video_screen_get_changed(screen, reader->generation);

	video_grid_unite(&reader->missing, changed, VIDEO_ROWS_MAX);
	reader->generation = video_screen_get_generation(screen);
}

static size_t reader_update(struct reader *reader,
		const struct video_screen *screen,
		const struct video_rect *area, size_t rects_n)
{
	struct video_rect rects[RECTS_MAX];
	size_t covered_n;

	assert_true(rects_n <= RECTS_MAX);
	reader_follow(reader, screen);
	covered_n = video_screen_cover(
			screen, &reader->missing, area, rects, rects_n);
	assert_true(covered_n <= rects_n);
	for (size_t i = 0; i < covered_n; i++)
		reader_paint(reader, screen, &rects[i]);
	return covered_n;
}

static void reader_has_the_picture(const struct reader *reader,
		const struct video_screen *screen,
		const struct video_rect *area)
{
	size_t stride_bytes = (size_t)reader->width_px * 4;
	size_t row_bytes = (size_t)area->width_px * 4;
	uint8_t *bgrx = malloc(row_bytes * area->height_px);

	assert_non_null(bgrx);
	video_convert_bgrx(
			video_screen_get_frame(screen), area, bgrx, row_bytes);
	for (uint32_t y = 0; y < area->height_px; y++)
		assert_memory_equal(bgrx + row_bytes * y,
				reader->bgrx + stride_bytes * (area->y_px + y) +
						(size_t)area->x_px * 4,
				row_bytes);
	free(bgrx);
}

static struct video_rect random_rect(
		const struct reader *reader, uint64_t *random)
{
	struct video_rect rect = {
			.x_px = random_below(random, reader->width_px),
			.y_px = random_below(random, reader->height_px),
	};

	rect.width_px = 1 + random_below(random, reader->width_px - rect.x_px);
	rect.height_px =
			1 + random_below(random, reader->height_px - rect.y_px);
	return rect;
}

/* Change some bytes anywhere; how many says chance: none, few, or a burst. */
static void scribble(struct video_frame *frame, uint64_t *random)
{
	uint32_t planes = video_layout_planes(frame->layout.pixel);

	for (uint32_t n = random_below(random, 4); n > 0; n--) {
		uint32_t plane = random_below(random, planes);
		uint32_t size = (uint32_t)video_layout_plane_bytes(
				&frame->layout, plane);
		uint32_t at = random_below(random, size);
		uint32_t length = random_below(random, 4) == 0
				? random_below(random, size - at)
				: 1;

		random_fill(random, picture_plane(frame, plane) + at, length);
	}
}

static void show(struct video_screen *screen, struct video_frame *frame)
{
	bool changed;

	assert_int_equal(video_screen_show(screen, frame, &changed), 0);
	video_frame_unref(frame);
}

/*
 * Two readers walk with the picture: an eager one that always wants all, and a
 * slow one that asks now and then, for a part, with room for few rectangles.
 */
static void walk(enum core_simd simd, enum video_pixel pixel, uint32_t width_px,
		uint32_t height_px, int steps, uint64_t *random)
{
	struct video_screen *screen;
	struct reader eager;
	struct reader slow;

	assert_int_equal(video_screen_create(&screen, simd), 0);
	show(screen, picture_create_padded(pixel, width_px, height_px, 3));
	reader_start(&eager, screen);
	reader_start(&slow, screen);
	for (int step = 0; step < steps; step++) {
		const struct video_rect all = {0, 0, width_px, height_px};
		struct video_rect area = random_rect(&slow, random);
		struct video_frame *next =
				picture_copy(video_screen_get_frame(screen));

		scribble(next, random);
		show(screen, next);
		reader_update(&eager, screen, NULL, RECTS_MAX);
		reader_has_the_picture(&eager, screen, &all);
		if (random_below(random, 3) > 0)
			continue;
		reader_update(&slow, screen, &area,
				1 + random_below(random, 5));
		reader_has_the_picture(&slow, screen, &area);
	}
	reader_finish(&eager);
	reader_finish(&slow);
	video_screen_destroy(screen);
}

static void readers_always_have_the_picture(void **state)
{
	int steps = getenv("RACKHAND_TEST_FULL") ? 3000 : 60;
	uint64_t random = 3;

	(void)state;
	for (unsigned i = 0; i < (unsigned)CORE_SIMDS * VIDEO_PIXELS; i++) {
		enum core_simd simd = (enum core_simd)(i % CORE_SIMDS);
		enum video_pixel pixel = (enum video_pixel)(i / CORE_SIMDS);

		if (!core_simd_runs(simd))
			continue;
		walk(simd, pixel, 150, 86, steps, &random);
		walk(simd, pixel, 16, 16, steps, &random);
		walk(simd, pixel, 34, 2, steps, &random);
	}
}

/* Whether a byte stands for a sample, and neither for padding nor for x. */
static bool is_shown(
		const struct video_layout *layout, uint32_t plane, size_t at)
{
	size_t column = at % layout->stride_bytes[plane];

	return column < video_layout_row_bytes(layout->pixel, plane,
					layout->width_px) &&
			(layout->pixel != VIDEO_PIXEL_BGRX || column % 4 != 3);
}

/* No sample is further from what came last than the threshold allows. */
static void is_near(const struct video_frame *shown,
		const struct video_frame *came, int threshold)
{
	const struct video_layout *layout = &shown->layout;

	for (uint32_t plane = 0; plane < video_layout_planes(layout->pixel);
			plane++)
		for (size_t at = 0;
				at < video_layout_plane_bytes(layout, plane);
				at++)
			if (is_shown(layout, plane, at))
				assert_true(abs(shown->plane[plane][at] -
							    came->plane[plane]
								       [at]) <=
						threshold);
}

/* A picture that is never still: noise everywhere, changes here and there. */
static void noisy_walk(
		enum video_pixel pixel, uint8_t threshold, uint64_t *random)
{
	struct video_screen *screen;
	struct video_frame *came = picture_create_padded(pixel, 150, 86, 3);
	struct reader reader;

	assert_int_equal(video_screen_create(&screen, core_simd_best()), 0);
	video_screen_set_threshold(screen, threshold);
	show(screen, video_frame_ref(came));
	reader_start(&reader, screen);
	for (int step = 0; step < 20; step++) {
		const struct video_rect all = {0, 0, 150, 86};
		struct video_frame *next = picture_copy(came);

		for (uint32_t i = 0; i < 2000; i++)
			picture_plane(next, 0)[random_below(random,
					(uint32_t)video_layout_plane_bytes(
							&next->layout, 0))] ^=
					3;
		scribble(next, random);
		video_frame_unref(came);
		came = next;
		show(screen, video_frame_ref(came));
		reader_update(&reader, screen, NULL, RECTS_MAX);
		reader_has_the_picture(&reader, screen, &all);
		is_near(video_screen_get_frame(screen), came, threshold);
	}
	video_frame_unref(came);
	reader_finish(&reader);
	video_screen_destroy(screen);
}

static void readers_have_what_is_more_than_noise(void **state)
{
	uint64_t random = 9;

	(void)state;
	for (int pixel = 0; pixel < VIDEO_PIXELS; pixel++) {
		noisy_walk((enum video_pixel)pixel, 2, &random);
		noisy_walk((enum video_pixel)pixel, 40, &random);
	}
}

/* Which cells a sample of a plane belongs to, worked out from its place. */
static uint32_t cell_of(const struct video_layout *layout, uint32_t plane,
		size_t at, uint32_t columns)
{
	uint32_t row_bytes = layout->stride_bytes[plane];
	uint32_t rows = (uint32_t)(video_layout_plane_bytes(layout, plane) /
			row_bytes);
	uint32_t x_px = (uint32_t)(at % row_bytes) * layout->width_px /
			row_bytes;
	uint32_t y_px = (uint32_t)(at / row_bytes) * layout->height_px / rows;

	return y_px / 16 * columns + x_px / 16;
}

#define SINGLE_COLUMNS 3
#define SINGLE_CELLS (SINGLE_COLUMNS * 2)

/* Two equal pictures of 36x20, but for one byte by `difference`. */
static void check_single_byte(enum core_simd simd,
		const struct video_frame *before, struct video_frame *after,
		uint32_t plane, size_t at)
{
	const uint8_t threshold = at % 3 == 0 ? 0 : (uint8_t)(at % 64);
	const int sign = before->plane[plane][at] < 128 ? 1 : -1;
	uint8_t *byte = picture_plane(after, plane) + at;
	bool shown = is_shown(&before->layout, plane, at);
	uint32_t cells[SINGLE_CELLS] = {0};
	uint32_t expected[SINGLE_CELLS] = {0};

	*byte = (uint8_t)(*byte + sign * threshold);
	assert_false(video_damage_find(
			simd, threshold, before, after, 7, cells));
	assert_memory_equal(cells, expected, sizeof(cells));
	*byte = (uint8_t)(*byte + sign);
	if (shown)
		expected[cell_of(&before->layout, plane, at, SINGLE_COLUMNS)] =
				7;
	assert_int_equal(video_damage_find(simd, threshold, before, after, 7,
					 cells),
			shown);
	assert_memory_equal(cells, expected, sizeof(cells));
	*byte = before->plane[plane][at];
}

/* Every byte of a picture, changed alone, is found, in its cell only. */
static void finds_every_single_byte(void **state)
{
	uint64_t random = 8;

	(void)state;
	for (unsigned i = 0; i < (unsigned)CORE_SIMDS * VIDEO_PIXELS; i++) {
		enum core_simd simd = (enum core_simd)(i % CORE_SIMDS);
		enum video_pixel pixel = (enum video_pixel)(i / CORE_SIMDS);
		struct video_frame *before =
				picture_create_padded(pixel, 36, 20, 0);
		struct video_frame *after;

		picture_randomise(before, &random);
		after = picture_copy(before);
		for (uint32_t plane = 0; core_simd_runs(simd) &&
				plane < video_layout_planes(pixel);
				plane++)
			for (size_t at = 0; at <
					video_layout_plane_bytes(
							&before->layout, plane);
					at++)
				check_single_byte(
						simd, before, after, plane, at);
		video_frame_unref(before);
		video_frame_unref(after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(finds_every_single_byte),
			cmocka_unit_test(readers_always_have_the_picture),
			cmocka_unit_test(readers_have_what_is_more_than_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
