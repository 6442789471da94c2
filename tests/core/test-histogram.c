/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_empty_at_first(void **state)
{
	struct core_histogram histogram = {0};

	(void)state;
	assert_int_equal(core_histogram_percentile_us(&histogram, 50), 0);
}

/* A bound is never below the value and at most a quarter above it. */
static void bounds_each_value_from_above(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < UINT64_C(1) << 32;
			value += value / 7 + 1) {
		struct core_histogram histogram = {0};
		uint64_t bound;

		core_histogram_add(&histogram, value);
		bound = core_histogram_percentile_us(&histogram, 100);
		assert_true(bound >= value);
		assert_true(bound <= value + value / 4);
	}
}

static void finds_percentiles(void **state)
{
	struct core_histogram histogram = {0};

	(void)state;
	for (uint64_t i = 0; i < 99; i++)
		core_histogram_add(&histogram, 2);
	core_histogram_add(&histogram, 1000000);
	assert_int_equal(core_histogram_percentile_us(&histogram, 50), 2);
	assert_int_equal(core_histogram_percentile_us(&histogram, 99), 2);
	assert_true(core_histogram_percentile_us(&histogram, 100) >= 1000000);
}

static void takes_the_largest_value(void **state)
{
	struct core_histogram histogram = {0};

	(void)state;
	core_histogram_add(&histogram, UINT64_MAX);
	assert_int_equal(histogram.buckets[CORE_HISTOGRAM_BUCKETS - 1], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(is_empty_at_first),
			cmocka_unit_test(bounds_each_value_from_above),
			cmocka_unit_test(finds_percentiles),
			cmocka_unit_test(takes_the_largest_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
