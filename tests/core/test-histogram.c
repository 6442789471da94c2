/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TOP UINT64_MAX

static void is_empty_at_first(void **state)
{
	struct core_histogram histogram = {0};

	(void)state;
	assert_int_equal(histogram.max_us, 0);
	for (unsigned percent = 0; percent <= 100; percent++)
		assert_int_equal(core_histogram_percentile_us(
						 &histogram, percent),
				0);
}

/*
 * A bound is never below the value and at most a sixteenth above it, up to the
 * last bucket, which has no end.
 */
static void bounds_each_value_from_above(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < UINT64_C(31) << 27;
			value += value / 97 + 1) {
		struct core_histogram histogram = {0};
		uint64_t bound;

		core_histogram_add(&histogram, value);
		core_histogram_add(&histogram, TOP);
		bound = core_histogram_percentile_us(&histogram, 50);
		assert_true(bound >= value);
		assert_true(bound <= value + value / 16);
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
	assert_int_equal(
			core_histogram_percentile_us(&histogram, 100), 1000000);
}

static void counts_below_powers_of_two(void **state)
{
	(void)state;
	for (unsigned power = 4; power < 32; power++) {
		struct core_histogram histogram = {0};

		core_histogram_add(&histogram, 0);
		core_histogram_add(&histogram, (UINT64_C(1) << power) - 1);
		core_histogram_add(&histogram, UINT64_C(1) << power);
		core_histogram_add(&histogram, TOP);
		assert_int_equal(core_histogram_count_below(&histogram, power),
				2);
	}
}

static void adds_up(void **state)
{
	struct core_histogram histogram = {0};

	(void)state;
	for (uint64_t i = 1; i <= 100; i++)
		core_histogram_add(&histogram, 1000 * i);
	assert_int_equal(histogram.sum_us, 5050000);
	assert_int_equal(histogram.samples, 100);
}

/* The largest is kept exactly, and no percentile lies above it. */
static void keeps_the_largest_as_it_was(void **state)
{
	struct core_histogram histogram = {0};

	(void)state;
	core_histogram_add(&histogram, 1000001);
	core_histogram_add(&histogram, 3);
	assert_int_equal(histogram.max_us, 1000001);
	assert_int_equal(core_histogram_percentile_us(&histogram, 50), 3);
	assert_int_equal(core_histogram_percentile_us(&histogram, 51), 1000001);
}

/* What is beyond all buckets is still told apart by its end. */
static void takes_any_value(void **state)
{
	struct core_histogram histogram = {0};

	(void)state;
	core_histogram_add(&histogram, UINT64_C(1) << 32);
	core_histogram_add(&histogram, TOP);
	assert_int_equal(histogram.samples, 2);
	assert_int_equal(histogram.buckets[CORE_HISTOGRAM_BUCKETS - 1], 2);
	assert_true(core_histogram_percentile_us(&histogram, 50) == TOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(is_empty_at_first),
			cmocka_unit_test(bounds_each_value_from_above),
			cmocka_unit_test(counts_below_powers_of_two),
			cmocka_unit_test(adds_up),
			cmocka_unit_test(finds_percentiles),
			cmocka_unit_test(keeps_the_largest_as_it_was),
			cmocka_unit_test(takes_any_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
