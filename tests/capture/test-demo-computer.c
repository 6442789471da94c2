/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-computer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/demo-keys.h"
#include "core/clock.h"
#include "tests/capture/demo-typing.h"

#define START_US (10 * CLOCK_US_PER_S)
#define WALL_S UINT64_C(1000000000) /* 2001-09-09 01:46:40 */
#define PROMPT "rack9:~$"

struct computer {
	struct capture_computer *computer;
	struct capture_console *console;
	uint64_t now_us;
};

static int set_up(void **state)
{
	struct computer *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	test->now_us = START_US;
	assert_int_equal(capture_computer_create(&test->computer, "rack9",
					 START_US, WALL_S * CLOCK_US_PER_S),
			0);
	test->console = capture_computer_get_console(test->computer);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct computer *test = *state;

	capture_computer_destroy(test->computer);
	capture_computer_destroy(NULL);
	free(test);
	return 0;
}

static void press(struct computer *test, uint8_t usage, uint8_t modifiers)
{
	capture_computer_press(test->computer, usage, modifiers, false);
}

static void press_times(struct computer *test, uint8_t usage, int times)
{
	while (times-- > 0)
		press(test, usage, 0);
}

static void type(struct computer *test, const char *text)
{
	for (; *text; text++) {
		uint8_t usage;
		uint8_t modifiers;

		typing_find_key(*text, &usage, &modifiers);
		press(test, usage, modifiers);
	}
}

static void wait_us(struct computer *test, uint64_t duration_us)
{
	test->now_us += duration_us;
	capture_computer_tick(test->computer, test->now_us,
			WALL_S * CLOCK_US_PER_S + test->now_us - START_US);
}

/* The line where the cursor stands. */
static void expect_line(struct computer *test, const char *text)
{
	struct typing_row row =
			typing_read_row(test->console, test->console->row);

	assert_string_equal(row.text, text);
}

static void expect_column(struct computer *test, uint32_t column)
{
	assert_int_equal(test->console->column, column);
}

static void expect_above(
		struct computer *test, uint32_t above, const char *text)
{
	struct typing_row row = typing_read_row(
			test->console, test->console->row - above);

	assert_string_equal(row.text, text);
}

static void expect_status(struct computer *test, const char *part)
{
	struct typing_row row = typing_read_row(test->console, 0);

	if (!strstr(row.text, part))
		fail_msg("status \"%s\" lacks \"%s\"", row.text, part);
}

static void boots_to_a_prompt(void **state)
{
	struct computer *test = *state;

	assert_int_not_equal(typing_find_row(test->console,
					     "rackhand demo computer"),
			0);
	expect_line(test, PROMPT);
	expect_column(test, strlen(PROMPT) + 1);
	assert_string_equal(capture_computer_get_mode(test->computer)->name,
			"1280x720");
	assert_int_equal(test->console->columns, 160);
	assert_int_equal(test->console->rows, 45);
	assert_true(capture_computer_has_picture(test->computer));
	expect_status(test, "01:46:40  num caps scroll  x640 y360  b-  w+0,+0");
}

static void shows_every_printable_character(void **state)
{
	struct computer *test = *state;
	char text[96] = "";

	for (int c = ' ' + 1; c <= '~'; c++)
		text[c - ' ' - 1] = (char)c;
	type(test, text);
	assert_memory_equal(
			typing_read_row(test->console, test->console->row).text,
			PROMPT " ", strlen(PROMPT) + 1);
	assert_string_equal(typing_read_row(test->console, test->console->row)
							.text +
					strlen(PROMPT) + 1,
			text);
}

static void locks_change_letters_and_lights(void **state)
{
	struct computer *test = *state;

	press(test, CAPTURE_USAGE_CAPS_LOCK, 0);
	assert_int_equal(capture_computer_get_leds(test->computer),
			CAPTURE_LED_CAPS_LOCK);
	expect_status(test, "num CAPS scroll");
	type(test, "ab1Z!");
	expect_line(test, PROMPT " AB1z!");
	press(test, CAPTURE_USAGE_SCROLL_LOCK, 0);
	press(test, CAPTURE_USAGE_NUM_LOCK, 0);
	expect_status(test, "NUM CAPS SCROLL");
	capture_computer_press(test->computer, CAPTURE_USAGE_CAPS_LOCK, 0,
			true); /* a repeat is no new press */
	assert_int_equal(capture_computer_get_leds(test->computer), 7);
	press(test, CAPTURE_USAGE_CAPS_LOCK, 0);
	assert_int_equal(capture_computer_get_leds(test->computer),
			CAPTURE_LED_NUM_LOCK | CAPTURE_LED_SCROLL_LOCK);
	type(test, "\nleds\n");
	expect_above(test, 1, "num lock on, caps lock off, scroll lock on");
}

static void keypad_follows_num_lock(void **state)
{
	struct computer *test = *state;

	type(test, "ab");
	press(test, 0x5c, 0); /* 4, or left */
	type(test, "c");
	expect_line(test, PROMPT " acb");
	press(test, CAPTURE_USAGE_NUM_LOCK, 0);
	press(test, 0x5c, 0);
	press(test, 0x54, 0); /* the slash does not ask */
	expect_line(test, PROMPT " ac4/b");
	press(test, 0x58, 0);
	expect_above(test, 1, "ac4/b: no such command; try help");
}

static void edits_the_line(void **state)
{
	struct computer *test = *state;

	type(test, "hello");
	press_times(test, CAPTURE_USAGE_LEFT, 2);
	expect_column(test, strlen(PROMPT " hel"));
	type(test, "X");
	expect_line(test, PROMPT " helXlo");
	press(test, CAPTURE_USAGE_BACKSPACE, 0);
	press(test, CAPTURE_USAGE_DELETE, 0);
	expect_line(test, PROMPT " helo");
	press(test, CAPTURE_USAGE_HOME, 0);
	press_times(test, CAPTURE_USAGE_BACKSPACE, 3);
	press_times(test, CAPTURE_USAGE_LEFT, 3);
	expect_column(test, strlen(PROMPT " "));
	press(test, CAPTURE_USAGE_RIGHT, 0);
	type(test, "_");
	press(test, CAPTURE_USAGE_END, 0);
	press_times(test, CAPTURE_USAGE_RIGHT, 3);
	press_times(test, CAPTURE_USAGE_DELETE, 3);
	type(test, "!");
	expect_line(test, PROMPT " h_elo!");
	press_times(test, CAPTURE_USAGE_BACKSPACE, 20);
	expect_line(test, PROMPT);
	press(test, CAPTURE_USAGE_TAB, 0);
	type(test, "x");
	expect_line(test, PROMPT "         x");
}

static void remembers_lines(void **state)
{
	struct computer *test = *state;

	type(test, "echo one\necho two\n\n");
	press(test, CAPTURE_USAGE_UP, 0);
	expect_line(test, PROMPT " echo two");
	press_times(test, CAPTURE_USAGE_UP, 5);
	expect_line(test, PROMPT " echo one");
	press(test, CAPTURE_USAGE_DOWN, 0);
	expect_line(test, PROMPT " echo two");
	press_times(test, CAPTURE_USAGE_DOWN, 5);
	expect_line(test, PROMPT);
	for (int i = 0; i < 20; i++)
		type(test, i % 2 ? "echo b\n" : "echo a\n");
	press_times(test, CAPTURE_USAGE_UP, 16);
	expect_line(test, PROMPT " echo a");
	type(test, "\n");
	expect_above(test, 1, "a");
}

static void obeys_control_keys(void **state)
{
	struct computer *test = *state;

	type(test, "echo no");
	press(test, CAPTURE_USAGE_C, 0x01);
	expect_above(test, 1, PROMPT " echo no^C");
	expect_line(test, PROMPT);
	type(test, "ab");
	press(test, CAPTURE_USAGE_L, 0x10);
	assert_int_equal(test->console->row, 1);
	expect_line(test, PROMPT " ab");
	press(test, CAPTURE_USAGE_C + 1, 0x01); /* Ctrl-D types no d */
	press(test, CAPTURE_USAGE_C, 0x04);     /* nor Alt-C a c */
	press(test, CAPTURE_USAGE_C, 0x80);
	press(test, 0x3a, 0); /* F1 */
	press(test, 0xfe, 0); /* no key at all */
	expect_line(test, PROMPT " ab");
	expect_status(test, "keys: 0xfe F1 c c d l");
}

static void wraps_and_bounds_a_long_line(void **state)
{
	struct computer *test = *state;

	type(test, "mode 640x480\n");
	assert_int_equal(test->console->columns, 80);
	for (int i = 0; i < 300; i++)
		type(test, "x");
	/* 9 of the prompt and 160: three rows of 80, the cursor behind. */
	expect_column(test, (9 + 160) % 80);
	expect_above(test, 2,
			PROMPT " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	expect_line(test, "xxxxxxxxx");
	press(test, CAPTURE_USAGE_HOME, 0);
	expect_column(test, 9);
}

static void scrolls_when_it_is_full(void **state)
{
	struct computer *test = *state;

	type(test, "scroll 100\n");
	assert_int_equal(test->console->row, test->console->rows - 1);
	expect_line(test, PROMPT);
	expect_above(test, 1, "line 100 of 100");
	expect_above(test, 43, "line 58 of 100");
	expect_status(test, "keys: Enter 0 0 1");
	/* A line that wraps at the bottom takes its prompt up with it. */
	for (int i = 0; i < 155; i++)
		type(test, "y");
	expect_above(test, 2, "line 100 of 100");
	press_times(test, CAPTURE_USAGE_BACKSPACE, 200);
	expect_line(test, PROMPT);
	expect_above(test, 1, "line 100 of 100");
	type(test, "scroll 0\nscroll 1001\nscroll x\nscroll\n");
	for (uint32_t above = 1; above <= 7; above += 2)
		expect_above(test, above, "a number from 1 to 1000");
}

static void changes_mode(void **state)
{
	struct computer *test = *state;

	for (size_t i = 0; i < CAPTURE_MODES; i++) {
		const struct capture_mode *mode = &capture_modes[i];
		char text[32];

		capture_computer_point(test->computer, CAPTURE_POINTER_MAX,
				CAPTURE_POINTER_MAX, 0, 0, 0);
		snprintf(text, sizeof(text), "mode %s\n", mode->name);
		type(test, text);
		assert_ptr_equal(capture_computer_get_mode(test->computer),
				mode);
		assert_int_equal(test->console->columns, mode->width_px / 8);
		assert_int_equal(test->console->rows, mode->height_px / 16);
		assert_true(capture_computer_get_pointer(test->computer).x_px <
				mode->width_px);
		assert_true(capture_computer_get_pointer(test->computer).y_px <
				mode->height_px);
		text[strlen(text) - 1] = '\0';
		expect_above(test, 1, text);
	}
	type(test, "mode 1x1\n");
	expect_above(test, 1,
			"one of: 640x480 800x600 1024x768 1280x720 1920x1080");
}

static void scales_the_pointer_exactly(void **state)
{
	struct computer *test = *state;

	for (size_t i = 0; i < CAPTURE_MODES; i++) {
		const struct capture_mode *mode = &capture_modes[i];
		struct capture_pointer pointer;

		capture_computer_set_mode(test->computer, mode);
		capture_computer_point(test->computer, 0, 0, 0, 0, 0);
		pointer = capture_computer_get_pointer(test->computer);
		assert_int_equal(pointer.x_px, 0);
		assert_int_equal(pointer.y_px, 0);
		capture_computer_point(test->computer, CAPTURE_POINTER_MAX,
				CAPTURE_POINTER_MAX, 0, 0, 0);
		pointer = capture_computer_get_pointer(test->computer);
		assert_int_equal(pointer.x_px, mode->width_px - 1);
		assert_int_equal(pointer.y_px, mode->height_px - 1);
		capture_computer_point(
				test->computer, UINT16_MAX, 16384, 0, 0, 0);
		pointer = capture_computer_get_pointer(test->computer);
		assert_int_equal(pointer.x_px, mode->width_px - 1);
		assert_int_equal(pointer.y_px, mode->height_px / 2);
	}
}

static void moves_the_pointer_within_the_screen(void **state)
{
	struct computer *test = *state;

	capture_computer_move(test->computer, 5, -7, 0, 0);
	expect_status(test, "x645 y353");
	for (int i = 0; i < 20; i++)
		capture_computer_move(test->computer, -127, 127, 0, 0);
	expect_status(test, "x0 y719");
	for (int i = 0; i < 20; i++)
		capture_computer_move(test->computer, 127, -128, 0, 0);
	expect_status(test, "x1279 y0");
}

static void shows_buttons_and_wheels(void **state)
{
	struct computer *test = *state;

	capture_computer_point(test->computer, 0, 0, 0x81, 3, -2);
	expect_status(test, "b18  w+3,-2");
	capture_computer_move(test->computer, 0, 0, 0x04, -4);
	expect_status(test, "b138  w-1,-2");
	capture_computer_point(test->computer, 0, 0, 0, 0, 0);
	expect_status(test, "b3  w-1,-2");
	capture_computer_move(test->computer, 0, 0, 0, 0);
	expect_status(test, "b-  w-1,-2");
}

static void ticks_on_the_second(void **state)
{
	struct computer *test = *state;
	uint64_t revision = capture_computer_get_revision(test->computer);

	assert_int_equal(capture_computer_next_us(test->computer),
			START_US + CLOCK_US_PER_S);
	wait_us(test, 400 * CLOCK_US_PER_MS);
	assert_int_equal(capture_computer_get_revision(test->computer),
			revision);
	assert_int_equal(capture_computer_next_us(test->computer),
			START_US + CLOCK_US_PER_S);
	wait_us(test, 600 * CLOCK_US_PER_MS);
	assert_int_not_equal(capture_computer_get_revision(test->computer),
			revision);
	expect_status(test, "01:46:41");
	wait_us(test, 3600 * CLOCK_US_PER_S);
	type(test, "uptime\n");
	expect_above(test, 1, "up 1:00:01");
	type(test, "date\n");
	expect_above(test, 1, "2001-09-09 02:46:41 UTC");
}

static void pulls_the_cable_and_puts_it_back(void **state)
{
	struct computer *test = *state;
	uint64_t revision;

	wait_us(test, CLOCK_US_PER_S / 2);
	type(test, "off 2\n");
	assert_false(capture_computer_has_picture(test->computer));
	wait_us(test, CLOCK_US_PER_S * 3 / 2);
	assert_int_equal(capture_computer_next_us(test->computer),
			test->now_us + CLOCK_US_PER_S / 2);
	type(test, "echo still here\n"); /* only the video cable is out */
	assert_false(capture_computer_has_picture(test->computer));
	revision = capture_computer_get_revision(test->computer);
	wait_us(test, CLOCK_US_PER_S / 2);
	assert_true(capture_computer_has_picture(test->computer));
	assert_int_not_equal(capture_computer_get_revision(test->computer),
			revision);
	expect_above(test, 1, "still here");
	type(test, "off 0\noff 61\noff\n");
	expect_above(test, 1, "a number of seconds from 1 to 60");
	assert_true(capture_computer_has_picture(test->computer));
}

static void restarts_as_new(void **state)
{
	struct computer *test = *state;

	press(test, CAPTURE_USAGE_CAPS_LOCK, 0);
	press(test, CAPTURE_USAGE_CAPS_LOCK, 0);
	press(test, CAPTURE_USAGE_NUM_LOCK, 0);
	type(test, "mode 640x480\nreboot\n");
	assert_false(capture_computer_has_picture(test->computer));
	type(test, "lost"); /* nobody listens */
	capture_computer_point(test->computer, 0, 0, 1, 1, 1);
	capture_computer_move(test->computer, 9, 9, 1, 1);
	wait_us(test, 2 * CLOCK_US_PER_S);
	assert_true(capture_computer_has_picture(test->computer));
	assert_int_equal(capture_computer_get_leds(test->computer), 0);
	assert_int_equal(test->console->columns, 160);
	expect_line(test, PROMPT);
	expect_status(test, "num caps scroll  x640 y360  b-  w+0,+0  keys:");
	press(test, CAPTURE_USAGE_UP, 0);
	expect_line(test, PROMPT);
	type(test, "uptime\n");
	expect_above(test, 1, "up 0:00:00");
}

static void runs_the_other_commands(void **state)
{
	struct computer *test = *state;
	uint32_t row;

	type(test, "echo  two  words \n");
	expect_above(test, 1, "two  words");
	type(test, "   \n");
	expect_above(test, 1, PROMPT);
	type(test, "ech x\n");
	expect_above(test, 1, "ech: no such command; try help");
	type(test, "clear\nhelp\n");
	assert_int_equal(typing_find_row(test->console, PROMPT " help"), 1);
	assert_int_not_equal(typing_find_row(test->console, "  scroll  "), 0);
	type(test, "clear\ncolours\n");
	row = typing_find_row(test->console, PROMPT " colours");
	for (uint32_t i = 1; i <= 8; i++)
		for (uint32_t column = 0; column < 160; column++)
			assert_int_equal(test->console->cells[row + i][column]
							 .background,
					CAPTURE_COLOUR_WHITE + column / 20);
	expect_line(test, PROMPT);
}

/* Any usages in any order: nothing leaves the grid (the sanitizer watches). */
static void survives_any_keys(void **state)
{
	struct computer *test = *state;
	size_t rounds = getenv("RACKHAND_TEST_FULL") ? 2000000 : 50000;
	uint32_t dice = 12345;

	for (size_t i = 0; i < rounds; i++) {
		dice = dice * 1664525 + 1013904223;
		press(test, (uint8_t)(dice >> 24),
				dice >> 8 & 0x700 ? 0 : (uint8_t)(dice >> 12));
		if (i % 100 == 0)
			type(test, "\nmode 640x480\n");
		if (i % 100 == 50)
			type(test, "\nmode 1920x1080\n");
		assert_true(test->console->row < test->console->rows);
		assert_true(test->console->column < test->console->columns);
	}
}

static void cuts_a_long_name(void **state)
{
	struct capture_computer *computer;
	const struct capture_console *console;

	(void)state;
	assert_int_equal(capture_computer_create(&computer,
					 "abcdefghijklmnopqrstuvwxyz"
					 "abcdefghijklmnopqrstuvwxyz",
					 0, 0),
			0);
	console = capture_computer_get_console(computer);
	assert_string_equal(typing_read_row(console, console->row).text,
			"abcdefghijklmnopqrstuvwxyzabcdef:~$");
	capture_computer_destroy(computer);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			TEST(boots_to_a_prompt),
			TEST(shows_every_printable_character),
			TEST(locks_change_letters_and_lights),
			TEST(keypad_follows_num_lock),
			TEST(edits_the_line),
			TEST(remembers_lines),
			TEST(obeys_control_keys),
			TEST(wraps_and_bounds_a_long_line),
			TEST(scrolls_when_it_is_full),
			TEST(changes_mode),
			TEST(scales_the_pointer_exactly),
			TEST(moves_the_pointer_within_the_screen),
			TEST(shows_buttons_and_wheels),
			TEST(ticks_on_the_second),
			TEST(pulls_the_cable_and_puts_it_back),
			TEST(restarts_as_new),
			TEST(runs_the_other_commands),
			TEST(survives_any_keys),
			cmocka_unit_test(cuts_a_long_name),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
