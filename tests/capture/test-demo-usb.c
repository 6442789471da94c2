/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-usb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"

#define PATIENCE_US (20 * CLOCK_US_PER_S)

enum { KEYBOARD, ABSOLUTE, RELATIVE, PLUGS };

struct usb {
	sd_event *event;
	struct capture_demo_usb *usb;
	int plugs[PLUGS]; /* ours */
	char said[4096];  /* what the handler was told, in words */
	unsigned repeats;
};

__attribute__((format(printf, 2, 3))) static void say(
		struct usb *test, const char *format, ...)
{
	size_t used = strlen(test->said);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(test->said + used, sizeof(test->said) - used, format,
			arguments);
	va_end(arguments);
}

static void take_press(
		void *context, uint8_t usage, uint8_t modifiers, bool repeated)
{
	struct usb *test = context;

	test->repeats += repeated;
	say(test, "%s %02x+%02x, ", repeated ? "repeat" : "press", modifiers,
			usage);
}

static void take_point(void *context, uint16_t x, uint16_t y, uint8_t buttons,
		int wheel, int horizontal_wheel)
{
	say(context, "point %u %u b%02x w%d,%d, ", x, y, buttons, wheel,
			horizontal_wheel);
}

static void take_move(void *context, int dx, int dy, uint8_t buttons, int wheel)
{
	say(context, "move %d %d b%02x w%d, ", dx, dy, buttons, wheel);
}

static const struct capture_demo_usb_handler handler = {
		take_press, take_point, take_move};

static int set_up(void **state)
{
	struct usb *test = calloc(1, sizeof(*test));
	struct capture_demo_options options = {.name = "demo"};
	int pairs[PLUGS][2];

	assert_non_null(test);
	for (int i = 0; i < PLUGS; i++) {
		assert_int_equal(
				socketpair(AF_UNIX,
						SOCK_SEQPACKET | SOCK_NONBLOCK |
								SOCK_CLOEXEC,
						0, pairs[i]),
				0);
		test->plugs[i] = pairs[i][0];
	}
	options.keyboard_fd = pairs[KEYBOARD][1];
	options.absolute_fd = pairs[ABSOLUTE][1];
	options.relative_fd = pairs[RELATIVE][1];
	assert_true(sd_event_new(&test->event) >= 0);
	assert_int_equal(capture_demo_usb_create(&test->usb, test->event,
					 &options, &handler, test),
			0);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct usb *test = *state;

	capture_demo_usb_destroy(test->usb);
	capture_demo_usb_destroy(NULL);
	for (int i = 0; i < PLUGS; i++)
		if (test->plugs[i] != -1)
			close(test->plugs[i]);
	sd_event_unref(test->event);
	free(test);
	return 0;
}

static void put(struct usb *test, int plug, const void *bytes, size_t size)
{
	assert_int_equal(write(test->plugs[plug], bytes, size), size);
}

#define KEYS(test, ...) put(test, KEYBOARD, (uint8_t[8]){__VA_ARGS__}, 8)

static void expect(struct usb *test, const char *said)
{
	while (sd_event_run(test->event, 0) > 0)
		;
	assert_string_equal(test->said, said);
	test->said[0] = '\0';
}

static void wait_for_repeats(struct usb *test, unsigned repeats)
{
	uint64_t give_up_us = clock_now_us() + PATIENCE_US;

	while (test->repeats < repeats) {
		assert_true(clock_now_us() < give_up_us);
		assert_true(sd_event_run(test->event, CLOCK_US_PER_S) >= 0);
	}
}

static void tells_what_goes_down(void **state)
{
	struct usb *test = *state;

	KEYS(test, 0, 0, 0x04);
	KEYS(test, 0, 0, 0x04, 0x05);
	KEYS(test, 0, 0, 0x05);
	KEYS(test, 0, 0, 0x05, 0x04);
	KEYS(test, 0x22, 0, 0x07, 0x08);
	KEYS(test, 0x23, 0, 0x08, 0x09);
	KEYS(test, 0);
	expect(test,
			"press 00+04, press 00+05, press 00+04, "
			"press 22+e1, press 22+e5, press 22+07, press 22+08, "
			"press 23+e0, press 23+09, ");
}

static void takes_no_error_codes_for_keys(void **state)
{
	struct usb *test = *state;

	KEYS(test, 0, 0, 0x04, 0x01);
	KEYS(test, 0, 0, 0x02, 0x03, 0x04);
	KEYS(test, 0);
	expect(test, "press 00+04, ");
}

static void decodes_pointers(void **state)
{
	struct usb *test = *state;

	put(test, ABSOLUTE, (uint8_t[7]){0x85, 0xff, 0x7f, 0x34, 0x12, 0xff, 2},
			7);
	put(test, ABSOLUTE, (uint8_t[7]){0, 0xff, 0xff, 0, 0, 0x7f, 0x80}, 7);
	put(test, ABSOLUTE, (uint8_t[8]){1}, 8);
	put(test, ABSOLUTE, (uint8_t[6]){1}, 6);
	expect(test,
			"point 32767 4660 b85 w-1,2, "
			"point 65535 0 b00 w127,-128, ");
	put(test, RELATIVE, (uint8_t[4]){0x03, 0x81, 0x7f, 0xfe}, 4);
	put(test, RELATIVE, (uint8_t[5]){1}, 5);
	put(test, RELATIVE, (uint8_t[3]){1}, 3);
	expect(test, "move -127 127 b03 w-2, ");
}

static void repeats_the_newest_key(void **state)
{
	struct usb *test = *state;

	KEYS(test, 0x02, 0, 0x10);
	KEYS(test, 0x02, 0, 0x10, 0x11);
	expect(test, "press 02+e1, press 02+10, press 02+11, ");
	wait_for_repeats(test, 3);
	assert_memory_equal(test->said,
			"repeat 02+11, repeat 02+11, repeat 02+11, ", 42);
	test->said[0] = '\0';
	KEYS(test, 0, 0, 0x10);       /* the older one does not take over */
	KEYS(test, 0, 0, 0x10, 0x39); /* a lock never repeats */
	expect(test, "press 00+39, ");
	assert_int_equal(sd_event_run(test->event, 700 * CLOCK_US_PER_MS), 0);
	expect(test, "");
}

static void releases_what_is_unplugged(void **state)
{
	struct usb *test = *state;

	KEYS(test, 0, 0, 0x04);
	put(test, ABSOLUTE, (uint8_t[7]){1, 2, 0, 3, 0}, 7);
	put(test, RELATIVE, (uint8_t[4]){4, 5, 6}, 4);
	while (sd_event_run(test->event, 0) > 0)
		;
	test->said[0] = '\0';
	for (int i = 0; i < PLUGS; i++) {
		close(test->plugs[i]);
		test->plugs[i] = -1;
	}
	while (sd_event_run(test->event, 0) > 0)
		;
	assert_non_null(strstr(test->said, "point 2 3 b00 w0,0, "));
	assert_non_null(strstr(test->said, "move 0 0 b00 w0, "));
	/* The key that was held does not repeat any more. */
	assert_int_equal(sd_event_run(test->event, 700 * CLOCK_US_PER_MS), 0);
	capture_demo_usb_set_leds(test->usb, 1); /* nobody is there: fine */
}

static void writes_leds_when_they_change(void **state)
{
	struct usb *test = *state;
	uint8_t leds[2];

	capture_demo_usb_set_leds(test->usb, 0);
	assert_int_equal(read(test->plugs[KEYBOARD], leds, 2), 1);
	assert_int_equal(leds[0], 0);
	capture_demo_usb_set_leds(test->usb, 0);
	assert_int_equal(read(test->plugs[KEYBOARD], leds, 2), -1);
	capture_demo_usb_set_leds(test->usb, 5);
	assert_int_equal(read(test->plugs[KEYBOARD], leds, 2), 1);
	assert_int_equal(leds[0], 5);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			TEST(tells_what_goes_down),
			TEST(takes_no_error_codes_for_keys),
			TEST(decodes_pointers),
			TEST(repeats_the_newest_key),
			TEST(releases_what_is_unplugged),
			TEST(writes_leds_when_they_change),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
