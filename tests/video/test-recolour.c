/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/recolour.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#define PAIRS_MAX 80
#define ROOM (2 * PAIRS_MAX + 16)
#define GUARD 0xa5

/* Limited BT.709 to full BT.601, and one with every part the other way. */
static const struct video_recolour recolours[] = {
		{16, 19077, 833, 1605, 9292, -1044, -681, 9164},
		{0, -12000, -8000, 8000, 5000, -9000, 9000, -5000},
};

struct rows {
	uint8_t y[ROOM];
	uint8_t u[ROOM];
	uint8_t v[ROOM];
};

/* Every sample is an extreme now and then. */
static void fill(uint8_t *row, uint32_t seed)
{
	for (unsigned i = 0; i < ROOM; i++) {
		seed = seed * 1664525 + 1013904223;
		row[i] = (uint8_t)(seed >> 24);
		if ((seed >> 20) % 4 == 0)
			row[i] = seed & 1 << 16 ? 255 : 0;
	}
}

static void compare_luma(enum core_simd level,
		const struct video_recolour *recolour, const struct rows *rows,
		uint32_t pairs, size_t at)
{
	uint8_t expected[ROOM], got[ROOM];

	memset(expected, GUARD, sizeof(expected));
	memset(got, GUARD, sizeof(got));
	video_recolour_kernels_get(CORE_SIMD_PLAIN)
			->luma(recolour, rows->y + at, rows->u + at,
					rows->v + at, expected + at, pairs);
	video_recolour_kernels_get(level)->luma(recolour, rows->y + at,
			rows->u + at, rows->v + at, got + at, pairs);
	assert_memory_equal(got, expected, sizeof(got));
}

static void compare_chroma(enum core_simd level,
		const struct video_recolour *recolour, const struct rows *rows,
		uint32_t samples, size_t at)
{
	uint8_t expected[2][ROOM], got[2][ROOM];

	memset(expected, GUARD, sizeof(expected));
	memset(got, GUARD, sizeof(got));
	video_recolour_kernels_get(CORE_SIMD_PLAIN)
			->chroma(recolour, rows->u + at, rows->v + at,
					expected[0] + at, expected[1] + at,
					samples);
	video_recolour_kernels_get(level)->chroma(recolour, rows->u + at,
			rows->v + at, got[0] + at, got[1] + at, samples);
	assert_memory_equal(got, expected, sizeof(got));
}

static void every_level_gives_what_plain_c_gives(void **state)
{
	struct rows rows;

	(void)state;
	for (uint32_t pairs = 0; pairs <= PAIRS_MAX; pairs++) {
		fill(rows.y, pairs);
		fill(rows.u, pairs + 1000);
		fill(rows.v, pairs + 2000);
		for (unsigned level = 0; level < CORE_SIMDS; level++) {
			if (!core_simd_runs((enum core_simd)level))
				continue;
			for (unsigned i = 0; i < 4; i++) {
				compare_luma((enum core_simd)level,
						&recolours[i % 2], &rows, pairs,
						i);
				compare_chroma((enum core_simd)level,
						&recolours[i % 2], &rows, pairs,
						i);
			}
		}
	}
}

static void no_recolouring_changes_hardly_anything(void **state)
{
	static const struct video_recolour same = {
			0, 16384, 0, 0, 8192, 0, 0, 8192};
	const struct video_recolour_kernels *kernels =
			video_recolour_kernels_get(CORE_SIMD_PLAIN);
	uint8_t grey[128], values[256], luma[256], chroma[2][256];

	(void)state;
	memset(grey, 128, sizeof(grey));
	for (unsigned i = 0; i < 256; i++)
		values[i] = (uint8_t)i;
	kernels->luma(&same, values, grey, grey, luma, 128);
	kernels->chroma(&same, values, values, chroma[0], chroma[1], 256);
	for (int i = 0; i < 256; i++) {
		assert_in_range(luma[i] + 1, i, i + 2);
		assert_in_range(chroma[0][i] + 1, i, i + 2);
		assert_in_range(chroma[1][i] + 1, i, i + 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_level_gives_what_plain_c_gives),
			cmocka_unit_test(
					no_recolouring_changes_hardly_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
