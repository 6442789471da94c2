/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/typist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/server/desk.h"

/* What the target is told while the keyboard goes from one to another. */

static void the_first_to_type_operates_and_others_are_ignored(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'a', XT_A, true);
	assert_int_equal(server_turn_get_operator(desk->turn), ALICE);
	desk_key(desk, BOB, 0, XT_RIGHT_CTRL, true);
	desk_key(desk, BOB, 'a', XT_A, false);
	desk_assert_keys(desk, "00:04");
}

static void an_idle_operator_can_be_followed(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'a', XT_A, true);
	desk_wait(SERVER_TURN_IDLE_US - 1);
	desk_key(desk, BOB, 0, XT_RIGHT_CTRL, true);
	assert_int_equal(server_turn_get_operator(desk->turn), ALICE);
	desk_wait(1);
	desk_key(desk, BOB, 0, XT_RIGHT_CTRL, true);
	assert_int_equal(server_turn_get_operator(desk->turn), BOB);
	desk_assert_keys(desk, "00:04 00: 10:"); /* Alice's key went up first */
	desk_key(desk, ALICE, 'a', XT_A, false);
	desk_assert_keys(desk, "");
}

static void motion_alone_takes_nothing_over(void **state)
{
	struct desk *desk = *state;
	struct vnc_pointer pointer = {.width_px = 100, .height_px = 100};

	desk_key(desk, ALICE, 'a', XT_A, true);
	desk_wait(SERVER_TURN_IDLE_US);
	server_typist_point(desk->typist, BOB, &pointer);
	assert_int_equal(server_turn_get_operator(desk->turn), ALICE);
	pointer.buttons = VNC_BUTTON_LEFT;
	server_typist_point(desk->typist, BOB, &pointer);
	assert_int_equal(server_turn_get_operator(desk->turn), BOB);
}

static void leaving_releases_everything(void **state)
{
	struct desk *desk = *state;
	const struct vnc_pointer pressed = {.width_px = 100,
			.height_px = 100,
			.buttons = VNC_BUTTON_RIGHT};
	uint8_t report[16];

	desk_key(desk, ALICE, 'a', XT_A, true);
	desk_key(desk, ALICE, 0, XT_RIGHT_CTRL, true);
	server_typist_point(desk->typist, ALICE, &pressed);
	server_turn_leave(desk->turn, BOB);
	desk_assert_keys(desk, "00:04 10:04");
	assert_true(desk_read_newest(desk, HID_FUNCTION_ABSOLUTE, report) > 0);
	assert_int_equal(report[0], 0x02);
	server_turn_leave(desk->turn, ALICE);
	desk_read_newest(desk, HID_FUNCTION_KEYBOARD, report);
	assert_memory_equal(report, ((uint8_t[16]){0}), 16);
	assert_int_equal(desk_read_newest(desk, HID_FUNCTION_ABSOLUTE, report),
			1);
	assert_int_equal(report[0], 0);
	assert_int_equal(server_turn_get_operator(desk->turn), 0);
	desk_key(desk, BOB, 'a', XT_A, true);
	desk_assert_keys(desk, "00:04");
}

static void tap(struct desk *desk, vnc_viewer_id viewer, uint32_t keysym,
		uint32_t xt_code)
{
	desk_key(desk, viewer, keysym, xt_code, true);
	desk_key(desk, viewer, keysym, xt_code, false);
}

/* Twice, so that the target's Scroll Lock is as it was. */
static void the_operator_knocks_and_lets_go(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 0, XT_RIGHT_CTRL, true);
	tap(desk, ALICE, 0, XT_SCROLL_LOCK);
	assert_int_equal(server_turn_get_operator(desk->turn), ALICE);
	tap(desk, ALICE, 0, XT_SCROLL_LOCK);
	assert_int_equal(server_turn_get_operator(desk->turn), 0);
	desk_assert_keys(desk, "10: 10:47 10: 10:47 10: 00:");
	desk_key(desk, ALICE, 0, XT_RIGHT_CTRL, false);
	assert_int_equal(server_turn_get_operator(desk->turn), 0);
	desk_assert_keys(desk, "");
}

static void who_knocks_is_given_the_keyboard_without_its_taps(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'a', XT_A, true);
	tap(desk, BOB, KEYSYM_SCROLL_LOCK, 0);
	tap(desk, BOB, KEYSYM_SCROLL_LOCK, 0);
	assert_int_equal(server_turn_get_operator(desk->turn), ALICE);
	desk_assert_keys(desk, "00:04");
	tap(desk, ALICE, KEYSYM_SCROLL_LOCK, 0);
	tap(desk, ALICE, KEYSYM_SCROLL_LOCK, 0);
	assert_int_equal(server_turn_get_operator(desk->turn), BOB);
	desk_assert_keys(desk, "00:0447 00:04 00:0447 00:47 00:");
	desk_key(desk, BOB, 0, XT_RIGHT_CTRL, true);
	desk_assert_keys(desk, "10:");
}

/* The first tap is typing, and takes a keyboard that nobody has. */
static void a_free_keyboard_that_is_knocked_for_is_kept(void **state)
{
	struct desk *desk = *state;

	tap(desk, BOB, 0, XT_SCROLL_LOCK);
	tap(desk, BOB, 0, XT_SCROLL_LOCK);
	assert_int_equal(server_turn_get_operator(desk->turn), BOB);
	desk_assert_keys(desk, "00:47 00: 00:47 00:");
}

static void a_key_that_goes_up_takes_nothing(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, BOB, 'a', XT_A, false);
	assert_int_equal(server_turn_get_operator(desk->turn), 0);
}

/* Then the second tap is no typing, and takes a keyboard that is kept. */
static void who_knocks_while_the_operator_lets_go_has_it(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'a', XT_A, true);
	tap(desk, BOB, 0, XT_SCROLL_LOCK);
	server_turn_release(desk->turn);
	tap(desk, BOB, 0, XT_SCROLL_LOCK);
	assert_int_equal(server_turn_get_operator(desk->turn), BOB);
	desk_assert_keys(desk, "00:04 00:");
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
			TEST(the_first_to_type_operates_and_others_are_ignored),
			TEST(an_idle_operator_can_be_followed),
			TEST(motion_alone_takes_nothing_over),
			TEST(leaving_releases_everything),
			TEST(the_operator_knocks_and_lets_go),
			TEST(who_knocks_is_given_the_keyboard_without_its_taps),
			TEST(a_free_keyboard_that_is_knocked_for_is_kept),
			TEST(a_key_that_goes_up_takes_nothing),
			TEST(who_knocks_while_the_operator_lets_go_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#undef TEST
