/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "vnc/encoder.h"

#define MS CLOCK_US_PER_MS
#define S CLOCK_US_PER_S

/* Updates that take so long, ten a second. */
static void pass(struct vnc_steps *steps, uint64_t *now_us, uint64_t time_us,
		uint64_t wire_us)
{
	for (uint64_t end_us = *now_us + time_us; *now_us < end_us;) {
		*now_us += 100 * MS;
		vnc_steps_note(steps, wire_us, *now_us);
	}
}

static void start(struct vnc_steps *steps, uint64_t *now_us, unsigned down_max)
{
	*now_us = 1 * S;
	vnc_steps_init(steps);
	vnc_steps_limit(steps, down_max);
}

static void two_slow_updates_in_a_row_step_down(void **state)
{
	struct vnc_steps steps;
	uint64_t now_us;

	(void)state;
	start(&steps, &now_us, 2);
	vnc_steps_note(&steps, 300 * MS, now_us);
	assert_int_equal(steps.down, 0); /* once may be chance */
	vnc_steps_note(&steps, 100 * MS, now_us);
	vnc_steps_note(&steps, 300 * MS, now_us);
	assert_int_equal(steps.down, 0);
	vnc_steps_note(&steps, 300 * MS, now_us);
	assert_int_equal(steps.down, 1);
	vnc_steps_note(&steps, 300 * MS, now_us);
	assert_int_equal(steps.down, 1); /* the new class has its chance */
	vnc_steps_note(&steps, 300 * MS, now_us);
	assert_int_equal(steps.down, 2);
	pass(&steps, &now_us, 10 * S, 300 * MS);
	assert_int_equal(steps.down, 2); /* there is no third */
}

static void a_quick_while_steps_up(void **state)
{
	struct vnc_steps steps;
	uint64_t now_us;

	(void)state;
	start(&steps, &now_us, 2);
	pass(&steps, &now_us, 1 * S, 300 * MS);
	assert_int_equal(steps.down, 2);
	pass(&steps, &now_us, 5 * S, 50 * MS);
	assert_int_equal(steps.down, 2);
	pass(&steps, &now_us, 1 * S, 50 * MS);
	assert_int_equal(steps.down, 1);
	pass(&steps, &now_us, 6 * S, 50 * MS);
	assert_int_equal(steps.down, 0);
	pass(&steps, &now_us, 60 * S, 50 * MS);
	assert_int_equal(steps.down, 0);
}

/* Neither slow nor so quick that twice the bytes would be: it stays. */
static void between_both_nothing_changes(void **state)
{
	struct vnc_steps steps;
	uint64_t now_us;

	(void)state;
	start(&steps, &now_us, 2);
	vnc_steps_note(&steps, 300 * MS, now_us);
	vnc_steps_note(&steps, 300 * MS, now_us);
	pass(&steps, &now_us, 60 * S, 61 * MS);
	assert_int_equal(steps.down, 1);
	pass(&steps, &now_us, 60 * S, 249 * MS);
	assert_int_equal(steps.down, 1);
	pass(&steps, &now_us, 4 * S, 50 * MS);
	vnc_steps_note(&steps, 70 * MS, now_us); /* not quick all the while */
	pass(&steps, &now_us, 4 * S, 50 * MS);
	assert_int_equal(steps.down, 1);
}

/* A link on the edge: tries to step up become rare. */
static void it_does_not_swing(void **state)
{
	struct vnc_steps steps;
	uint64_t now_us, end_us;
	unsigned changes = 0;

	(void)state;
	start(&steps, &now_us, 1);
	for (end_us = now_us + 300 * S; now_us < end_us;) {
		unsigned before = steps.down;

		pass(&steps, &now_us, 100 * MS,
				steps.down == 0 ? 260 * MS : 50 * MS);
		changes += steps.down != before;
	}
	assert_in_range(changes, 3, 16);
}

static void another_level_has_its_own_limit(void **state)
{
	struct vnc_steps steps;
	uint64_t now_us;

	(void)state;
	start(&steps, &now_us, 2);
	pass(&steps, &now_us, 1 * S, 300 * MS);
	vnc_steps_limit(&steps, 1);
	assert_int_equal(steps.down, 1);
	vnc_steps_limit(&steps, 0);
	assert_int_equal(steps.down, 0);
	pass(&steps, &now_us, 1 * S, 300 * MS);
	assert_int_equal(steps.down, 0);
}

/* q92 4:4:4, q80, q50; JPEG never comes to who did not ask for it. */
static void classes_step_down_to_the_coarsest(void **state)
{
	static const struct {
		int level;
		unsigned steps;
		int quality;
	} cases[] = {
			{9, 0, 92},
			{8, 1, 80},
			{9, 2, 50},
			{9, 7, 50},
			{6, 0, 80},
			{4, 1, 50},
			{7, 2, 50},
			{3, 0, 50},
			{0, 2, 50},
			{-1, 0, 0},
			{-1, 2, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int level = vnc_class_coarser_level(
				cases[i].level, cases[i].steps);

		assert_int_equal(vnc_class_for_tight(level).jpeg_quality,
				cases[i].quality);
		if (cases[i].steps == 0)
			assert_int_equal(level, cases[i].level);
	}
	assert_int_equal(vnc_class_coarser_n(9), 2);
	assert_int_equal(vnc_class_coarser_n(6), 1);
	assert_int_equal(vnc_class_coarser_n(2), 0);
	assert_int_equal(vnc_class_coarser_n(-1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(two_slow_updates_in_a_row_step_down),
			cmocka_unit_test(a_quick_while_steps_up),
			cmocka_unit_test(between_both_nothing_changes),
			cmocka_unit_test(it_does_not_swing),
			cmocka_unit_test(another_level_has_its_own_limit),
			cmocka_unit_test(classes_step_down_to_the_coarsest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
