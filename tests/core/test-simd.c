/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/simd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void plain_c_runs_everywhere(void **state)
{
	(void)state;
	assert_true(core_simd_runs(CORE_SIMD_PLAIN));
}

static void the_floor_of_the_architecture_runs(void **state)
{
	(void)state;
#if defined(__x86_64__)
	assert_true(core_simd_runs(CORE_SIMD_SSE2));
	assert_false(core_simd_runs(CORE_SIMD_NEON));
#elif defined(__aarch64__)
	assert_true(core_simd_runs(CORE_SIMD_NEON));
	assert_false(core_simd_runs(CORE_SIMD_SSE2));
	assert_false(core_simd_runs(CORE_SIMD_AVX2));
#else
	assert_int_equal(core_simd_best(), CORE_SIMD_PLAIN);
#endif
}

static void the_best_runs_and_nothing_above_it_does(void **state)
{
	const enum core_simd best = core_simd_best();

	(void)state;
	assert_true(core_simd_runs(best));
	for (unsigned level = best + 1; level < CORE_SIMDS; level++)
		assert_false(core_simd_runs((enum core_simd)level));
}

static void every_level_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(core_simd_name(CORE_SIMD_PLAIN), "plain");
	assert_string_equal(core_simd_name(CORE_SIMD_SSE2), "sse2");
	assert_string_equal(core_simd_name(CORE_SIMD_AVX2), "avx2");
	assert_string_equal(core_simd_name(CORE_SIMD_NEON), "neon");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(plain_c_runs_everywhere),
			cmocka_unit_test(the_floor_of_the_architecture_runs),
			cmocka_unit_test(
					the_best_runs_and_nothing_above_it_does),
			cmocka_unit_test(every_level_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
