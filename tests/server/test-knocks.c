/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/knocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ALICE 1
#define BOB 2

static uint64_t now_us;
static struct server_knocks knocks;

static int begin(void **state)
{
	(void)state;
	now_us = 1000000;
	memset(&knocks, 0, sizeof(knocks));
	return 0;
}

/* Press and release; whether that was the second of two. */
static bool taps(vnc_viewer_id viewer, bool has_keyboard)
{
	bool second = server_knocks_hear(
			&knocks, viewer, true, has_keyboard, now_us);

	assert_false(server_knocks_hear(
			&knocks, viewer, false, has_keyboard, now_us));
	return second;
}

static void two_taps_in_time_are_a_knock(void **state)
{
	(void)state;
	assert_false(taps(ALICE, true));
	now_us += SERVER_KNOCKS_US;
	assert_true(taps(ALICE, true));
}

static void two_slow_taps_are_none(void **state)
{
	(void)state;
	assert_false(taps(ALICE, true));
	now_us += SERVER_KNOCKS_US + 1;
	assert_false(taps(ALICE, true));
	now_us += SERVER_KNOCKS_US;
	assert_true(taps(ALICE, true)); /* the slow one was a first again */
}

static void more_taps_are_more_of_the_same(void **state)
{
	(void)state;
	assert_false(taps(ALICE, false));
	assert_true(taps(ALICE, false));
	assert_false(taps(ALICE, false));
	now_us += SERVER_KNOCKS_US;
	assert_false(taps(ALICE, false));
	now_us++;
	assert_false(taps(ALICE, false)); /* a first one again */
	assert_true(taps(ALICE, false));
}

/* However many come, it is work for twice a second. */
static void nobody_knocks_without_end(void **state)
{
	unsigned knocked = 0;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		knocked += taps(ALICE, true);
		now_us += 100;
	}
	assert_in_range(knocked, 10, 20);
}

static void a_key_that_repeats_is_pressed_once(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		assert_false(server_knocks_hear(
				&knocks, ALICE, true, false, now_us += 30000));
}

static void each_viewer_knocks_for_itself(void **state)
{
	(void)state;
	assert_false(taps(ALICE, true));
	assert_false(taps(BOB, false));
	assert_true(taps(ALICE, true));
	assert_true(taps(BOB, false));
}

static void a_tap_that_takes_the_keyboard_does_not_lead_to_giving_it(
		void **state)
{
	(void)state;
	assert_false(taps(ALICE, false));
	assert_false(taps(ALICE, true));
	now_us += SERVER_KNOCKS_US + 1;
	assert_false(taps(ALICE, true));
	assert_true(taps(ALICE, true));
}

/* One viewer that taps without end does not keep another from knocking. */
static void nobody_is_pushed_out_by_one(void **state)
{
	(void)state;
	assert_false(taps(ALICE, false));
	for (int i = 0; i < 100; i++)
		taps(BOB, true);
	assert_true(taps(ALICE, false));
}

static void of_too_many_the_oldest_is_forgotten(void **state)
{
	(void)state;
	for (vnc_viewer_id viewer = 1; viewer <= SERVER_KNOCKS_AT_ONCE + 1;
			viewer++) {
		now_us++;
		assert_false(taps(viewer, false));
	}
	assert_true(taps(2, false));
	assert_true(taps(SERVER_KNOCKS_AT_ONCE + 1, false));
	assert_false(taps(1, false));
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			TEST(two_taps_in_time_are_a_knock),
			TEST(two_slow_taps_are_none),
			TEST(more_taps_are_more_of_the_same),
			TEST(nobody_knocks_without_end),
			TEST(a_key_that_repeats_is_pressed_once),
			TEST(each_viewer_knocks_for_itself),
			TEST(a_tap_that_takes_the_keyboard_does_not_lead_to_giving_it),
			TEST(nobody_is_pushed_out_by_one),
			TEST(of_too_many_the_oldest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#undef TEST
