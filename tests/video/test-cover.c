/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"

#define RECTS_MAX 128

/* The grid of a picture of 1920x1080. */
#define COLUMNS 120
#define ROWS 68

static const struct video_cells all = {0, 0, COLUMNS, ROWS};

static bool is_marked(const struct video_grid *grid, uint32_t x, uint32_t y)
{
	return grid->rows[y][x / 64] >> x % 64 & 1;
}

static void mark(struct video_grid *grid, uint32_t left, uint32_t top,
		uint32_t right, uint32_t bottom)
{
	for (uint32_t y = top; y < bottom; y++)
		for (uint32_t x = left; x < right; x++)
			grid->rows[y][x / 64] |= UINT64_C(1) << x % 64;
}

static uint32_t cells_of(const struct video_cells *rect)
{
	return (rect->right - rect->left) * (rect->bottom - rect->top);
}

/* What all covers promise; returns how many cells lie in the rectangles. */
static uint32_t check(const struct video_grid *grid,
		const struct video_cells *area, const struct video_cells *rects,
		size_t rects_n)
{
	struct video_grid covered = {0};
	uint32_t cells = 0;

	for (size_t i = 0; i < rects_n; i++) {
		const struct video_cells *rect = &rects[i];

		assert_true(rect->left >= area->left && rect->top >= area->top);
		assert_true(rect->right <= area->right &&
				rect->bottom <= area->bottom);
		assert_true(rect->left < rect->right &&
				rect->top < rect->bottom);
		for (uint32_t y = rect->top; y < rect->bottom; y++)
			for (uint32_t x = rect->left; x < rect->right; x++)
				assert_false(is_marked(&covered, x, y));
		mark(&covered, rect->left, rect->top, rect->right,
				rect->bottom);
		cells += cells_of(rect);
		if (i > 0)
			assert_true(rect->top > rect[-1].top ||
					(rect->top == rect[-1].top &&
							rect->left > rect[-1].left));
	}
	for (uint32_t y = area->top; y < area->bottom; y++)
		for (uint32_t x = area->left; x < area->right; x++)
			assert_true(is_marked(&covered, x, y) ||
					!is_marked(grid, x, y));
	return cells;
}

static void expect(const struct video_grid *grid,
		const struct video_cells *expected, size_t expected_n)
{
	struct video_cells rects[RECTS_MAX];
	size_t rects_n = video_cover(grid, &all, rects, RECTS_MAX);

	check(grid, &all, rects, rects_n);
	assert_int_equal(rects_n, expected_n);
	assert_memory_equal(rects, expected, expected_n * sizeof(rects[0]));
}

#define EXPECT(grid, ...)                                                      \
	do {                                                                   \
		const struct video_cells expected[] = {__VA_ARGS__};           \
		expect(grid, expected,                                         \
				sizeof(expected) / sizeof(expected[0]));       \
	} while (0)

static void nothing_needs_no_rectangle(void **state)
{
	const struct video_grid grid = {0};
	const struct video_cells nowhere = {5, 5, 5, 5};
	struct video_cells rect;

	(void)state;
	assert_int_equal(video_cover(&grid, &all, &rect, 1), 0);
	assert_int_equal(video_cover(&grid, &nowhere, &rect, 1), 0);
}

static void a_cursor_is_one_small_rectangle(void **state)
{
	struct video_grid grid = {0};

	(void)state;
	mark(&grid, 7, 40, 8, 42);
	EXPECT(&grid, {7, 40, 8, 42});
}

static void far_apart_cells_stay_apart(void **state)
{
	struct video_grid grid = {0};

	(void)state;
	mark(&grid, 0, 0, 1, 1);
	mark(&grid, 119, 67, 120, 68);
	EXPECT(&grid, {0, 0, 1, 1}, {119, 67, 120, 68});
	mark(&grid, 119, 0, 120, 1);
	mark(&grid, 63, 30, 65, 32);
	EXPECT(&grid, {0, 0, 1, 1}, {119, 0, 120, 1}, {63, 30, 65, 32},
			{119, 67, 120, 68});
}

static void near_cells_come_together(void **state)
{
	struct video_grid grid = {0};

	(void)state;
	mark(&grid, 10, 10, 12, 11); /* words of one line of text */
	mark(&grid, 14, 10, 20, 11);
	mark(&grid, 22, 10, 23, 11);
	mark(&grid, 10, 12, 22, 13); /* another, one blank line below */
	EXPECT(&grid, {10, 10, 23, 13});
}

static void full_motion_is_one_rectangle(void **state)
{
	struct video_grid grid = {0};

	(void)state;
	mark(&grid, 0, 0, COLUMNS, ROWS);
	EXPECT(&grid, {0, 0, COLUMNS, ROWS});
}

/* Both go from top to bottom, so no cut between rows helps. */
static void columns_stay_apart(void **state)
{
	struct video_grid grid = {0};

	(void)state;
	mark(&grid, 0, 0, 10, ROWS);
	mark(&grid, 62, 0, 66, ROWS - 1);
	mark(&grid, 118, 0, 119, ROWS);
	EXPECT(&grid, {0, 0, 10, ROWS}, {62, 0, 66, ROWS - 1},
			{118, 0, 119, ROWS});
}

/* An outline is cheaper side by side than with all that it encloses. */
static void a_frame_is_not_filled(void **state)
{
	struct video_grid grid = {0};

	(void)state;
	mark(&grid, 10, 10, 110, 11);
	mark(&grid, 10, 59, 110, 60);
	mark(&grid, 10, 10, 11, 60);
	mark(&grid, 109, 10, 110, 60);
	EXPECT(&grid, {10, 10, 110, 11}, {10, 11, 11, 59}, {109, 11, 110, 59},
			{10, 59, 110, 60});
}

/* A console scrolls lines of any length: of two, the longer is new. */
static void ragged_text_is_no_rectangle_a_line(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct video_grid grid = {0};
		struct video_cells rects[RECTS_MAX];
		uint32_t marked = 0;
		uint32_t above = 40;
		size_t rects_n;

		for (uint32_t row = 0; row < ROWS; row++) {
			uint32_t line = 30 + random_below(&random, 50);
			uint32_t right = line > above ? line : above;

			above = line;
			mark(&grid, 3, row, right, row + 1);
			marked += right - 3;
		}
		rects_n = video_cover(&grid, &all, rects, RECTS_MAX);
		assert_true(rects_n <= ROWS / 2);
		/* Less than 1 in 10 is not marked. */
		assert_true(check(&grid, &all, rects, rects_n) * 9 <
				marked * 10);
	}
}

static void random_marks(
		struct video_grid *grid, uint32_t percent, uint64_t *random)
{
	memset(grid, 0, sizeof(*grid));
	for (uint32_t y = 0; y < ROWS; y++)
		for (uint32_t x = 0; x < COLUMNS; x++)
			if (random_below(random, 100) < percent)
				mark(grid, x, y, x + 1, y + 1);
}

static struct video_cells random_area(uint64_t *random)
{
	struct video_cells area = {random_below(random, COLUMNS),
			random_below(random, ROWS), 0, 0};

	area.right = area.left + 1 + random_below(random, COLUMNS - area.left);
	area.bottom = area.top + 1 + random_below(random, ROWS - area.top);
	return area;
}

static void whatever_is_marked_is_covered_once(void **state)
{
	static const uint32_t percents[] = {0, 1, 2, 5, 20, 50, 80, 99, 100};
	static const size_t rooms[] = {1, 2, 3, 7, 20, RECTS_MAX};
	uint64_t random = 4;

	(void)state;
	for (size_t i = 0; i < 30 * sizeof(percents) / sizeof(percents[0]);
			i++) {
		struct video_cells area = random_area(&random);
		struct video_cells rects[RECTS_MAX];
		struct video_cells again[RECTS_MAX];
		struct video_grid grid;
		size_t room = rooms[i % (sizeof(rooms) / sizeof(rooms[0]))];
		size_t rects_n;

		random_marks(&grid, percents[i / 30], &random);
		rects_n = video_cover(&grid, &area, rects, room);
		assert_true(rects_n <= room);
		check(&grid, &area, rects, rects_n);
		assert_int_equal(video_cover(&grid, &area, again, room),
				rects_n);
		assert_memory_equal(rects, again, rects_n * sizeof(rects[0]));
	}
}

/* More islands than there is room for. */
static void islands_share_rectangles_when_room_is_short(void **state)
{
	struct video_grid grid = {0};
	struct video_cells rects[RECTS_MAX];
	size_t rects_n = RECTS_MAX;

	(void)state;
	for (uint32_t y = 0; y < ROWS; y += 8)
		for (uint32_t x = 0; x < COLUMNS; x += 8)
			mark(&grid, x, y, x + 1, y + 1);
	for (size_t room = RECTS_MAX; room > 0; room--) {
		size_t before_n = rects_n;

		rects_n = video_cover(&grid, &all, rects, room);
		assert_true(rects_n <= room && rects_n <= before_n);
		check(&grid, &all, rects, rects_n);
	}
	assert_int_equal(rects_n, 1);
}

static void the_largest_grid_fits(void **state)
{
	const struct video_cells largest = {
			0, 0, VIDEO_COLUMNS_MAX, VIDEO_ROWS_MAX};
	struct video_grid grid = {0};
	struct video_cells rects[RECTS_MAX];

	(void)state;
	for (uint32_t i = 0; i < VIDEO_ROWS_MAX; i++)
		mark(&grid, i, i, VIDEO_COLUMNS_MAX - i % 7, i + 1);
	for (size_t room = 1; room <= RECTS_MAX; room *= 2)
		check(&grid, &largest, rects,
				video_cover(&grid, &largest, rects, room));
	for (uint32_t y = 0; y < VIDEO_ROWS_MAX; y++)
		for (uint32_t x = y % 2; x < VIDEO_COLUMNS_MAX; x += 2)
			mark(&grid, x, y, x + 1, y + 1);
	assert_int_equal(video_cover(&grid, &largest, rects, RECTS_MAX), 1);
	check(&grid, &largest, rects, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(nothing_needs_no_rectangle),
			cmocka_unit_test(a_cursor_is_one_small_rectangle),
			cmocka_unit_test(far_apart_cells_stay_apart),
			cmocka_unit_test(near_cells_come_together),
			cmocka_unit_test(full_motion_is_one_rectangle),
			cmocka_unit_test(columns_stay_apart),
			cmocka_unit_test(a_frame_is_not_filled),
			cmocka_unit_test(ragged_text_is_no_rectangle_a_line),
			cmocka_unit_test(whatever_is_marked_is_covered_once),
			cmocka_unit_test(
					islands_share_rectangles_when_room_is_short),
			cmocka_unit_test(the_largest_grid_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
