/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/typist.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/server/desk.h"

/* ---- keys -----------------------------------------------------------------
 */

static void a_code_is_pressed_as_it_is(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'a', XT_A, true);
	desk_key(desk, ALICE, 'a', XT_A, false);
	desk_assert_keys(desk, "00:04 00:");
	/* The keysym would need Shift; the code says what is really held. */
	desk_key(desk, ALICE, 'A', XT_A, true);
	desk_key(desk, ALICE, 'A', XT_A, false);
	desk_assert_keys(desk, "00:04 00:");
}

static void auto_repeat_of_the_viewer_is_not_passed_on(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'a', XT_A, true);
	desk_key(desk, ALICE, 'a', XT_A, true);
	desk_key(desk, ALICE, 'a', XT_A, true);
	desk_key(desk, ALICE, 'a', XT_A, false);
	desk_assert_keys(desk, "00:04 00:");
}

static void a_capital_brings_its_shift_along(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'A', 0, true);
	desk_key(desk, ALICE, 'A', 0, false);
	desk_assert_keys(desk, "02: 02:04 00:04 00:");
}

static void a_held_shift_serves_a_capital(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, true);
	desk_key(desk, ALICE, 'A', 0, true);
	desk_key(desk, ALICE, 'A', 0, false);
	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, false);
	desk_assert_keys(desk, "02: 02:04 02: 00:");
}

/* A French keyboard types '1' with Shift; the US one without. */
static void a_held_shift_goes_up_for_what_needs_none(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, true);
	desk_key(desk, ALICE, '1', 0, true);
	desk_key(desk, ALICE, '1', 0, false);
	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, false);
	desk_assert_keys(desk, "02: 00: 00:1e 02:1e 02: 00:");
}

/* With the Shift that is brought along, and when the key goes up. */
static void keys_are_timed_from_when_they_were_read(void **state)
{
	const uint64_t ago_us = 50000;
	struct desk *desk = *state;
	struct vnc_key capital = {.keysym = 'A',
			.down = true,
			.read_us = clock_now_us() - ago_us};
	const struct core_histogram *latency =
			hid_input_get_latency(desk->input);

	server_typist_key(desk->typist, ALICE, &capital);
	capital.down = false;
	server_typist_key(desk->typist, ALICE, &capital);
	assert_int_equal(latency->samples, 4);
	assert_true(core_histogram_percentile_us(latency, 1) >= ago_us);
}

static void a_release_may_name_the_other_case(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, true);
	desk_key(desk, ALICE, 'A', 0, true);
	desk_key(desk, ALICE, KEYSYM_SHIFT_L, 0, false);
	desk_key(desk, ALICE, 'a', 0, false);
	desk_assert_keys(desk, "02: 02:04 00:04 00:");
}

static void caps_lock_of_the_target_turns_letters_round(void **state)
{
	struct desk *desk = *state;
	const uint8_t leds = HID_LED_CAPS_LOCK;

	assert_int_equal(send(desk->host[HID_FUNCTION_KEYBOARD], &leds, 1, 0),
			1);
	desk_settle(desk);
	desk_key(desk, ALICE, 'A', 0, true);
	desk_key(desk, ALICE, 'A', 0, false);
	desk_assert_keys(desk, "00:04 00:");
	desk_key(desk, ALICE, '!', 0, true);
	desk_key(desk, ALICE, '!', 0, false);
	desk_assert_keys(desk, "02: 02:1e 00:1e 00:");
}

static void an_unknown_keysym_presses_nothing(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 0x1005ff77, 0, true);
	desk_key(desk, ALICE, 0x1005ff77, 0, false);
	desk_assert_keys(desk, "");
}

static void an_unknown_code_falls_back_to_its_keysym(void **state)
{
	struct desk *desk = *state;

	desk_key(desk, ALICE, 'b', 0xffff, true);
	desk_key(desk, ALICE, 'b', 0xffff, false);
	desk_assert_keys(desk, "00:05 00:");
}

/* ---- pointer --------------------------------------------------------------
 */

static void corners_are_exact_in_every_mode(void **state)
{
	static const struct {
		uint32_t width_px;
		uint32_t height_px;
	} modes[] = {
			{640, 480},
			{720, 400},
			{1024, 768},
			{1366, 768},
			{1920, 1080},
			{4096, 2304},
			{1, 1},
	};
	struct desk *desk = *state;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		for (int corner = 0; corner < 4; corner++) {
			struct vnc_pointer pointer = {
					.width_px = modes[i].width_px,
					.height_px = modes[i].height_px,
			};
			unsigned x = corner & 1 && pointer.width_px > 1
					? HID_ABSOLUTE_MAX
					: 0;
			unsigned y = corner & 2 && pointer.height_px > 1
					? HID_ABSOLUTE_MAX
					: 0;
			uint8_t report[16];

			/* A button makes each report differ from the last. */
			pointer.buttons = corner & 1 ? VNC_BUTTON_LEFT : 0;
			pointer.wheel = 1;
			if (corner & 1)
				pointer.x_px = pointer.width_px - 1;
			if (corner & 2)
				pointer.y_px = pointer.height_px - 1;
			server_typist_point(desk->typist, ALICE, &pointer);
			assert_true(desk_read_newest(desk,
						    HID_FUNCTION_ABSOLUTE,
						    report) > 0);
			assert_int_equal(report[1] | report[2] << 8, x);
			assert_int_equal(report[3] | report[4] << 8, y);
		}
}

/* Scaling back finds the very pixel, whatever the mode. */
static void every_pixel_can_be_pointed_at(void **state)
{
	struct desk *desk = *state;

	for (uint32_t x_px = 0; x_px < 1366; x_px++) {
		const struct vnc_pointer pointer = {.x_px = x_px,
				.width_px = 1366,
				.height_px = 768};
		uint8_t report[16];
		uint32_t x;

		server_typist_point(desk->typist, ALICE, &pointer);
		if (desk_read_newest(desk, HID_FUNCTION_ABSOLUTE, report) == 0)
			continue; /* where it was already */
		x = (uint32_t)(report[1] | report[2] << 8);
		assert_int_equal(x * 1366 / (HID_ABSOLUTE_MAX + 1), x_px);
	}
}

static void buttons_change_places_from_rfb_to_hid(void **state)
{
	static const struct {
		uint8_t vnc;
		uint8_t hid;
	} cases[] = {
			{VNC_BUTTON_LEFT, 0x01},
			{VNC_BUTTON_RIGHT, 0x02},
			{VNC_BUTTON_MIDDLE, 0x04},
			{VNC_BUTTON_BACK, 0x08},
			{VNC_BUTTON_FORWARD, 0x10},
			{0x1f, 0x1f},
			{0, 0},
	};
	struct desk *desk = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct vnc_pointer pointer = {.width_px = 100,
				.height_px = 100,
				.buttons = cases[i].vnc};
		uint8_t report[16];

		server_typist_point(desk->typist, ALICE, &pointer);
		assert_true(desk_read_newest(desk, HID_FUNCTION_ABSOLUTE,
					    report) > 0);
		assert_int_equal(report[0], cases[i].hid);
	}
}

static void the_relative_pointer_moves_by_differences(void **state)
{
	struct desk *desk = *state;
	struct vnc_pointer pointer = {.x_px = 500,
			.y_px = 500,
			.width_px = 1000,
			.height_px = 1000};
	uint8_t report[16];

	server_typist_point(desk->typist, ALICE, &pointer);
	pointer.x_px += 10;
	pointer.y_px -= 20;
	server_typist_point(desk->typist, ALICE, &pointer);
	assert_true(desk_read_newest(desk, HID_FUNCTION_RELATIVE, report) > 0);
	assert_int_equal((int8_t)report[1], 10);
	assert_int_equal((int8_t)report[2], -20);
	assert_int_equal(desk_read_newest(desk, HID_FUNCTION_ABSOLUTE, report),
			0);
}

#define DESK_TEST(test)                                                        \
	cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			DESK_TEST(a_code_is_pressed_as_it_is),
			DESK_TEST(auto_repeat_of_the_viewer_is_not_passed_on),
			DESK_TEST(a_capital_brings_its_shift_along),
			DESK_TEST(a_held_shift_serves_a_capital),
			DESK_TEST(a_held_shift_goes_up_for_what_needs_none),
			DESK_TEST(keys_are_timed_from_when_they_were_read),
			DESK_TEST(a_release_may_name_the_other_case),
			DESK_TEST(caps_lock_of_the_target_turns_letters_round),
			DESK_TEST(an_unknown_keysym_presses_nothing),
			DESK_TEST(an_unknown_code_falls_back_to_its_keysym),
			DESK_TEST(corners_are_exact_in_every_mode),
			DESK_TEST(every_pixel_can_be_pointed_at),
			DESK_TEST(buttons_change_places_from_rfb_to_hid),
			cmocka_unit_test_setup_teardown(
					the_relative_pointer_moves_by_differences,
					desk_set_up_relative, desk_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#undef DESK_TEST
