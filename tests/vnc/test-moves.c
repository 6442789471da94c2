/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/moves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A screen of 10 columns and 20 rows and a half. */
#define WIDTH_PX 160
#define HEIGHT_PX 328
#define ROWS 21

static uint32_t lost_rows(const struct video_grid *lost, uint32_t column)
{
	uint32_t rows = 0;

	for (uint32_t i = 0; i < ROWS; i++)
		rows |= (uint32_t)(lost->rows[i][0] >> column & 1) << i;
	return rows;
}

static void two_lines_become_one_move(void **state)
{
	const struct video_move line = {{0, 0, WIDTH_PX, 304}, 16};
	struct vnc_moves moves = {0};
	struct video_grid lost = {0};

	(void)state;
	vnc_moves_add(&moves, &line, &lost);
	assert_int_equal(lost_rows(&lost, 0), 0);
	vnc_moves_add(&moves, &line, &lost);
	assert_int_equal(moves.n, 1);
	assert_int_equal(moves.list[0].to.y_px, 0);
	assert_int_equal(moves.list[0].to.height_px, 288);
	assert_int_equal(moves.list[0].from_y_px, 32);
	/* The line that the first brought in is not there to be moved. */
	assert_int_equal(lost_rows(&lost, 0), 1U << 18);
	assert_int_equal(lost_rows(&lost, 9), 1U << 18);
	assert_int_equal(lost_rows(&lost, 10), 0);
}

/* Rows of cells that come together from parts are not moved. */
static void parts_of_cells_are_lost(void **state)
{
	const struct video_move down = {{0, 16, WIDTH_PX, 312}, 9};
	struct vnc_moves moves = {0};
	struct video_grid lost = {0};

	(void)state;
	vnc_moves_add(&moves, &down, &lost);
	vnc_moves_add(&moves, &down, &lost);
	assert_int_equal(moves.n, 1);
	assert_int_equal(moves.list[0].to.y_px, 32); /* 16 + 7, in cells */
	assert_int_equal(moves.list[0].to.height_px, 296);
	assert_int_equal(moves.list[0].from_y_px, 18);
	assert_int_equal(lost_rows(&lost, 0), 1U << 1);
}

/* What only one of the two moves is lost, whichever it is. */
static void what_does_not_move_twice_is_lost(void **state)
{
	const struct video_move few = {{0, 0, WIDTH_PX, 208}, 16};
	const struct video_move many = {{0, 0, WIDTH_PX, 304}, 16};
	struct vnc_moves moves = {0};
	struct video_grid lost = {0};

	(void)state;
	vnc_moves_add(&moves, &few, &lost);
	vnc_moves_add(&moves, &many, &lost);
	assert_int_equal(moves.n, 1);
	assert_int_equal(moves.list[0].to.height_px, 192);
	assert_int_equal(lost_rows(&lost, 0), 0x7f000);
	moves.n = 0;
	lost = (struct video_grid){0};
	vnc_moves_add(&moves, &many, &lost);
	vnc_moves_add(&moves, &few, &lost);
	assert_int_equal(moves.n, 1);
	assert_int_equal(moves.list[0].to.height_px, 208);
	assert_int_equal(lost_rows(&lost, 0), 0x7e000);
}

static void there_and_back_is_nothing(void **state)
{
	const struct video_move up = {{0, 0, WIDTH_PX, 304}, 16};
	const struct video_move down = {{0, 16, WIDTH_PX, 304}, 0};
	struct vnc_moves moves = {0};
	struct video_grid lost = {0};

	(void)state;
	vnc_moves_add(&moves, &up, &lost);
	vnc_moves_add(&moves, &down, &lost);
	assert_int_equal(moves.n, 0);
	assert_int_equal(lost_rows(&lost, 0), 1U << 0);
}

static void other_columns_stay_two_moves(void **state)
{
	const struct video_move left = {{0, 0, 80, 304}, 16};
	const struct video_move right = {{80, 0, 80, 304}, 16};
	struct vnc_moves moves = {0};
	struct video_grid lost = {0};

	(void)state;
	vnc_moves_add(&moves, &left, &lost);
	vnc_moves_add(&moves, &right, &lost);
	assert_int_equal(moves.n, 2);
	assert_int_equal(moves.list[0].to.x_px, 0);
	assert_int_equal(moves.list[1].to.x_px, 80);
	assert_int_equal(lost_rows(&lost, 0) | lost_rows(&lost, 9), 0);
}

/* Page after page: little of the first is left by the second. */
static void far_moves_stay_two(void **state)
{
	const struct video_move page = {{0, 0, WIDTH_PX, 160}, 160};
	struct vnc_moves moves = {0};
	struct video_grid lost = {0};

	(void)state;
	vnc_moves_add(&moves, &page, &lost);
	vnc_moves_add(&moves, &page, &lost);
	assert_int_equal(moves.n, 2);
	assert_int_equal(lost_rows(&lost, 0), 0);
}

static void too_many_are_all_given_up(void **state)
{
	struct vnc_moves moves = {0};
	struct video_grid lost = {0};

	(void)state;
	for (uint32_t i = 0; i < VNC_MOVES_MAX; i++) {
		const struct video_move move = {{i * 16, 0, 16, 64}, 16};

		vnc_moves_add(&moves, &move, &lost);
	}
	assert_int_equal(moves.n, VNC_MOVES_MAX);
	assert_int_equal(lost_rows(&lost, 0), 0);
	vnc_moves_add(&moves, &(struct video_move){{144, 312, 16, 16}, 0},
			&lost);
	assert_int_equal(moves.n, 0);
	for (uint32_t i = 0; i < VNC_MOVES_MAX; i++)
		assert_int_equal(lost_rows(&lost, i), 0xf);
	assert_int_equal(lost_rows(&lost, VNC_MOVES_MAX), 0);
	assert_int_equal(lost_rows(&lost, 9), 3U << 19);
}

static void what_is_put_back_goes_first(void **state)
{
	const struct video_move left = {{0, 0, 80, 304}, 16};
	const struct video_move right = {{80, 0, 80, 304}, 16};
	struct vnc_moves first = {0}, later = {0};
	struct video_grid none = {0};
	struct vnc_cells lost;

	(void)state;
	vnc_moves_add(&first, &right, &none);
	vnc_moves_add(&later, &right, &none);
	vnc_moves_add(&later, &left, &none);
	vnc_cells_init(&lost, WIDTH_PX, HEIGHT_PX);
	vnc_moves_put_back(&later, &first, &lost);
	assert_int_equal(later.n, 2);
	assert_int_equal(later.list[0].to.x_px, 80);
	assert_int_equal(later.list[0].from_y_px, 32);
	assert_int_equal(later.list[1].to.x_px, 0);
	assert_int_equal(lost_rows(&lost.grid, 5), 1U << 18);
	assert_int_equal(lost_rows(&lost.grid, 0), 0);
}

/* What is lost while moves are joined moves on with those that follow. */
static void what_is_lost_moves_on(void **state)
{
	const struct video_move up = {{0, 0, WIDTH_PX, 304}, 16};
	const struct video_move left = {{0, 0, 80, 288}, 32};
	struct vnc_moves first = {0}, later = {0};
	struct video_grid none = {0};
	struct vnc_cells lost;

	(void)state;
	vnc_moves_add(&first, &up, &none);
	vnc_moves_add(&later, &up, &none);
	vnc_moves_add(&later, &left, &none);
	vnc_cells_init(&lost, WIDTH_PX, HEIGHT_PX);
	vnc_moves_put_back(&later, &first, &lost);
	assert_int_equal(later.n, 2);
	assert_int_equal(lost_rows(&lost.grid, 0), 1U << 18 | 1U << 16);
	assert_int_equal(lost_rows(&lost.grid, 5), 1U << 18);
}

/* A move brings nothing from where one was given up. */
static void what_is_given_up_moves_on(void **state)
{
	const struct video_move low = {{0, 160, WIDTH_PX, 64}, 240};
	const struct video_move high = {{80, 0, 80, 64}, 160};
	struct vnc_moves first = {0}, later = {0};
	struct video_grid none = {0};
	struct vnc_cells lost;

	(void)state;
	for (uint32_t i = 0; i < VNC_MOVES_MAX; i++) {
		const struct video_move move = {{i * 16, 0, 16, 64}, 16};

		vnc_moves_add(&first, &move, &none);
	}
	vnc_moves_add(&later, &low, &none);
	vnc_moves_add(&later, &high, &none);
	vnc_cells_init(&lost, WIDTH_PX, HEIGHT_PX);
	vnc_moves_put_back(&later, &first, &lost);
	assert_int_equal(lost_rows(&lost.grid, 9), 0xfU << 10 | 0xf);
}

static void source_and_destination_lie_inside(void **state)
{
	static const struct video_move up = {{16, 32, 80, 64}, 48};
	static const struct video_move down = {{16, 48, 80, 64}, 32};
	static const struct {
		struct video_rect area;
		bool inside;
	} cases[] = {
			{{0, 0, WIDTH_PX, HEIGHT_PX}, true},
			{{16, 32, 80, 80}, true},
			{{32, 32, 64, 80}, false},
			{{16, 48, 80, 80}, false},
			{{16, 32, 64, 80}, false},
			{{16, 32, 80, 64}, false},
			{{0, 0, 0, 0}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vnc_moves moves = {.n = 1};

		moves.list[0] = up;
		assert_int_equal(vnc_moves_lie_inside(&moves, &cases[i].area),
				cases[i].inside);
		moves.list[0] = down;
		assert_int_equal(vnc_moves_lie_inside(&moves, &cases[i].area),
				cases[i].inside);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(two_lines_become_one_move),
			cmocka_unit_test(parts_of_cells_are_lost),
			cmocka_unit_test(what_does_not_move_twice_is_lost),
			cmocka_unit_test(there_and_back_is_nothing),
			cmocka_unit_test(other_columns_stay_two_moves),
			cmocka_unit_test(far_moves_stay_two),
			cmocka_unit_test(too_many_are_all_given_up),
			cmocka_unit_test(what_is_put_back_goes_first),
			cmocka_unit_test(what_is_lost_moves_on),
			cmocka_unit_test(what_is_given_up_moves_on),
			cmocka_unit_test(source_and_destination_lie_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
