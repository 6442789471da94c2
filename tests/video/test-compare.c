/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/video/picture.h"

#define ROWS VIDEO_COMPARE_ROWS
#define BYTES_MAX 300
#define GUARD 0xa5

/*
 * Rows in heap blocks that end where the rows end, so that a sanitizer sees
 * the first byte read beyond them, starting on any address.
 */
struct rig {
	struct video_compare_rows rows;
	uint8_t *blocks[2][ROWS];
	uint8_t *columns; /* with a guard byte on each side */
};

static void rig_start(struct rig *rig, size_t bytes, uint64_t *random)
{
	for (size_t side = 0; side < 2; side++)
		for (size_t row = 0; row < ROWS; row++) {
			size_t shift = random_below(random, 33);
			uint8_t *block = malloc(shift + bytes);

			assert_non_null(block);
			memset(block, 100, shift + bytes);
			rig->blocks[side][row] = block;
			*(side == 0 ? &rig->rows.before[row]
				    : &rig->rows.after[row]) = block + shift;
		}
	rig->rows.bytes = bytes;
	rig->columns = malloc(bytes + 2);
	assert_non_null(rig->columns);
	memset(rig->columns, 0, bytes + 2);
	rig->columns[0] = rig->columns[bytes + 1] = GUARD;
}

static void rig_stop(struct rig *rig)
{
	for (size_t side = 0; side < 2; side++)
		for (size_t row = 0; row < ROWS; row++)
			free(rig->blocks[side][row]);
	free(rig->columns);
}

static void rig_set(struct rig *rig, size_t row, size_t at, int difference)
{
	((uint8_t *)(uintptr_t)rig->rows.after[row])[at] =
			(uint8_t)(100 + difference);
}

/* By the definition; `columns` says which had differences before. */
static bool expected(const struct rig *rig, int tolerance, bool *columns)
{
	bool any = false;

	for (size_t i = 0; i < rig->rows.bytes; i++) {
		for (size_t row = 0; row < ROWS; row++)
			columns[i] |= abs(rig->rows.before[row][i] -
						      rig->rows.after[row][i]) >
					tolerance;
		any |= columns[i];
	}
	return any;
}

static bool compare(enum core_simd simd, struct rig *rig, int tolerance)
{
	const struct video_compare *versions = video_compare_get(simd);

	if (tolerance < 0)
		return versions->equal(&rig->rows, rig->columns + 1);
	return versions->close(
			&rig->rows, (uint8_t)tolerance, rig->columns + 1);
}

/* A tolerance of -1 asks for `equal`. */
static void check(enum core_simd simd, struct rig *rig, int tolerance)
{
	bool columns[BYTES_MAX] = {0};
	bool any;

	for (size_t i = 0; i < rig->rows.bytes; i++)
		columns[i] = rig->columns[1 + i] != 0;
	any = expected(rig, tolerance < 0 ? 0 : tolerance, columns);
	assert_int_equal(compare(simd, rig, tolerance), any);
	for (size_t i = 0; i < rig->rows.bytes; i++)
		assert_int_equal(rig->columns[1 + i] != 0, columns[i]);
	assert_int_equal(rig->columns[0], GUARD);
	assert_int_equal(rig->columns[1 + rig->rows.bytes], GUARD);
}

/* A difference anywhere in rows of any length, alone, then one more. */
static void finds_any_column(enum core_simd simd, int tolerance)
{
	const int difference = tolerance < 0 ? 1 : tolerance + 1;
	uint64_t random = 5;

	for (size_t bytes = 1; bytes < BYTES_MAX; bytes++) {
		size_t at = random_below(&random, (uint32_t)bytes);
		struct rig rig;

		rig_start(&rig, bytes, &random);
		check(simd, &rig, tolerance);
		rig_set(&rig, bytes % ROWS, at, difference);
		check(simd, &rig, tolerance);
		rig_set(&rig, bytes % ROWS, at, 0);
		rig_set(&rig, (bytes + 1) % ROWS, bytes - 1, -difference);
		check(simd, &rig, tolerance);
		rig_stop(&rig);
	}
}

/* The whole range of differences in every row, at every tolerance. */
static void knows_how_much_is_close(enum core_simd simd)
{
	uint64_t random = 6;
	struct rig rig;

	rig_start(&rig, 211, &random);
	for (int tolerance = -1; tolerance <= 255; tolerance++)
		for (size_t row = 0; row < ROWS; row++) {
			for (size_t at = 0; at < 211; at++)
				rig_set(&rig, row, at, (int)at - 100);
			memset(rig.columns + 1, 0, 211);
			check(simd, &rig, tolerance);
			for (size_t at = 0; at < 211; at++)
				rig_set(&rig, row, at, 0);
		}
	rig_stop(&rig);
}

static void every_version_finds_any_column(void **state)
{
	(void)state;
	for (unsigned simd = 0; simd < CORE_SIMDS; simd++) {
		if (!core_simd_runs((enum core_simd)simd))
			continue;
		finds_any_column((enum core_simd)simd, -1);
		finds_any_column((enum core_simd)simd, 0);
		finds_any_column((enum core_simd)simd, 1);
		finds_any_column((enum core_simd)simd, 64);
	}
}

static void every_version_knows_how_much_is_close(void **state)
{
	(void)state;
	for (unsigned simd = 0; simd < CORE_SIMDS; simd++)
		if (core_simd_runs((enum core_simd)simd))
			knows_how_much_is_close((enum core_simd)simd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_version_finds_any_column),
			cmocka_unit_test(every_version_knows_how_much_is_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
