/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"

static bool is_marked(
		const struct video_grid *grid, uint32_t column, uint32_t row)
{
	return grid->rows[row][column / 64] >> column % 64 & 1;
}

static bool covers(const struct video_rect *rect, uint64_t x_px, uint64_t y_px)
{
	return x_px >= rect->x_px && y_px >= rect->y_px &&
			x_px < (uint64_t)rect->x_px + rect->width_px &&
			y_px < (uint64_t)rect->y_px + rect->height_px;
}

/* How many pixels of a cell are in a rectangle, looked at one by one. */
static void expect_cell(const struct video_rect *rect, uint32_t width_px,
		uint32_t height_px, uint32_t column, uint32_t row, bool touched,
		bool inside)
{
	uint32_t in = 0;
	uint32_t all = 0;

	for (uint32_t y = row * 16; y < row * 16 + 16 && y < height_px; y++)
		for (uint32_t x = column * 16;
				x < column * 16 + 16 && x < width_px; x++) {
			all++;
			in += covers(rect, x, y);
		}
	assert_int_equal(touched, in > 0);
	assert_int_equal(inside, in == all);
}

static void expect_cells(const struct video_rect *rect, uint32_t width_px,
		uint32_t height_px)
{
	const struct video_cells touched =
			video_cells_touched(rect, width_px, height_px);
	const struct video_cells inside =
			video_cells_inside(rect, width_px, height_px);
	struct video_grid touched_grid = {0};
	struct video_grid inside_grid = {0};

	video_grid_add(&touched_grid, &touched);
	video_grid_add(&inside_grid, &inside);
	for (uint32_t y = 0; y < video_cells_across(height_px); y++)
		for (uint32_t x = 0; x < video_cells_across(width_px); x++)
			expect_cell(rect, width_px, height_px, x, y,
					is_marked(&touched_grid, x, y),
					is_marked(&inside_grid, x, y));
}

static void cells_are_touched_or_inside(void **state)
{
	static const struct video_rect odd[] = {
			{0, 0, 0, 0},
			{0, 0, UINT32_MAX, UINT32_MAX},
			{UINT32_MAX, UINT32_MAX, UINT32_MAX, 1},
			{1100, 0, 50, 50},
			{20, 20, 0, 5},
	};
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		expect_cells(&odd[i], 1100, 40);
	for (unsigned i = 0; i < 500; i++) {
		uint32_t width_px = 1 + random_below(&random, 1200);
		uint32_t height_px = 1 + random_below(&random, 60);
		struct video_rect rect = {
				random_below(&random, width_px + 20),
				random_below(&random, height_px + 20),
				random_below(&random, width_px + 20),
				random_below(&random, height_px + 20),
		};

		expect_cells(&rect, width_px, height_px);
	}
}

/* Nothing beside the rectangle is changed, in either direction. */
static void marks_come_and_go_with_their_rectangle(void **state)
{
	static struct video_grid full, grid;
	uint64_t random = 1;

	(void)state;
	memset(&full, 0xff, sizeof(full));
	for (unsigned i = 0; i < 500; i++) {
		struct video_cells cells;

		cells.left = random_below(&random, VIDEO_COLUMNS_MAX);
		cells.right = cells.left +
				random_below(&random,
						VIDEO_COLUMNS_MAX + 1 -
								cells.left);
		cells.top = random_below(&random, VIDEO_ROWS_MAX);
		cells.bottom = cells.top +
				random_below(&random,
						VIDEO_ROWS_MAX + 1 - cells.top);
		memset(&grid, 0, sizeof(grid));
		video_grid_add(&grid, &cells);
		for (uint32_t y = 0; y < VIDEO_ROWS_MAX; y++)
			for (uint32_t x = 0; x < VIDEO_COLUMNS_MAX; x++)
				if (is_marked(&grid, x, y) !=
						(x >= cells.left &&
								x < cells.right &&
								y >= cells.top &&
								y < cells.bottom))
					fail_msg("cell %u, %u", x, y);
		for (uint32_t y = 0; y < VIDEO_ROWS_MAX; y++)
			for (uint32_t j = 0; j < VIDEO_GRID_WORDS; j++)
				grid.rows[y][j] = ~grid.rows[y][j];
		video_grid_add(&grid, &cells);
		assert_memory_equal(&grid, &full, sizeof(grid));
		video_grid_remove(&grid, &cells);
		video_grid_add(&grid, &cells);
		assert_memory_equal(&grid, &full, sizeof(grid));
		video_grid_remove(&full, &cells);
		video_grid_remove(&grid, &cells);
		assert_memory_equal(&grid, &full, sizeof(grid));
		video_grid_add(&full, &cells);
	}
}

/* Rows beyond the first are left alone and not looked at. */
static void sets_are_combined_by_rows(void **state)
{
	static struct video_grid a, b, out;
	uint64_t random = 1;

	(void)state;
	for (uint32_t rows = 0; rows <= VIDEO_ROWS_MAX; rows += 13) {
		uint32_t marked = 0;

		random_fill(&random, (uint8_t *)&a, sizeof(a));
		random_fill(&random, (uint8_t *)&b, sizeof(b));
		out = a;
		video_grid_unite(&out, &b, rows);
		video_grid_subtract(&a, &b, rows);
		for (uint32_t y = 0; y < VIDEO_ROWS_MAX; y++)
			for (uint32_t x = 0; x < VIDEO_COLUMNS_MAX; x++) {
				bool in_a = is_marked(&a, x, y);
				bool in_b = is_marked(&b, x, y);

				if (y >= rows) {
					assert_int_equal(is_marked(&out, x, y),
							in_a);
					continue;
				}
				assert_false(in_a && in_b);
				if (!in_a && !is_marked(&out, x, y))
					assert_false(in_b);
				marked += is_marked(&out, x, y);
			}
		assert_int_equal(video_grid_count(&out, rows), marked);
		video_grid_copy(&a, &out, rows);
		assert_memory_equal(&a, &out, rows * sizeof(a.rows[0]));
		video_grid_subtract(&out, &out, rows);
		assert_true(video_grid_is_empty(&out, rows));
		if (rows == 0)
			continue;
		out.rows[rows - 1][rows % VIDEO_GRID_WORDS] = 1U << 31;
		assert_false(video_grid_is_empty(&out, rows));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(sets_are_combined_by_rows),
			cmocka_unit_test(cells_are_touched_or_inside),
			cmocka_unit_test(
					marks_come_and_go_with_their_rectangle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
