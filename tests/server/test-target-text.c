/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect(char *(*format)(const json_t *result), const char *result,
		const char *wanted)
{
	json_t *object = json_loads(result, 0, NULL);
	char *text;

	assert_non_null(object);
	text = format(object);
	assert_string_equal(text, wanted);
	free(text);
	json_decref(object);
}

static void prints_a_line_for_each_target(void **state)
{
	(void)state;
	expect(server_targets_format,
			"{\"targets\":[{\"name\":\"rack1\",\"role\":\"admin\","
			"\"served\":true,\"signal\":{\"state\":\"ok\","
			"\"width\":1920,\"height\":1080,\"refresh_hz\":59.94,"
			"\"since_s\":185},\"usb\":{\"state\":\"ready\"},"
			"\"viewers\":2,\"operator\":{\"session\":7,"
			"\"user\":\"alice\"}},"
			"{\"name\":\"a\",\"role\":\"viewer\",\"served\":true,"
			"\"signal\":{\"state\":\"no-cable\",\"width\":0,"
			"\"since_s\":0},\"usb\":null,\"viewers\":0,"
			"\"operator\":null},"
			"{\"name\":\"b\",\"role\":\"viewer\",\"served\":false}]}",
			"TARGET  ROLE    SIGNAL      MODE             SINCE  USB    VIEWERS  OPERATOR\n"
			"rack1   admin   ok          1920x1080@59.94  3m05s  ready  2        alice\n"
			"a       viewer  no-cable    -                0s     -      0        -\n"
			"b       viewer  not-served  -                -      -      -        -\n");
	expect(server_targets_format, "{\"name\":\"b\",\"role\":\"viewer\"}",
			"TARGET  ROLE    SIGNAL      MODE  SINCE  USB  VIEWERS  OPERATOR\n"
			"b       viewer  not-served  -     -      -    -        -\n");
	expect(server_targets_format, "{}",
			"TARGET  ROLE  SIGNAL  MODE  SINCE  USB  VIEWERS  OPERATOR\n");
}

static void tells_of_one_in_a_line(void **state)
{
	(void)state;
	expect(server_target_format_line,
			"{\"name\":\"a\",\"served\":true,\"signal\":{\"state\":\"ok\","
			"\"width\":1920,\"height\":1080,\"refresh_hz\":60},"
			"\"usb\":{\"state\":\"re\\u001bdy\"},\"viewers\":2}",
			"ok 1920x1080@60.00, usb re?dy, 2 viewers");
	expect(server_target_format_line, "{}", "not-served, usb -, 0 viewers");
}

static void prints_who_has_the_keyboard(void **state)
{
	(void)state;
	expect(server_control_format,
			"{\"target\":\"rack1\",\"operator\":{\"session\":7,"
			"\"user\":\"alice\"},\"askers\":[{\"session\":12,"
			"\"user\":\"bob\"}]}",
			"rack1: session 7, alice, has the keyboard\n"
			"  session 12, bob, asks for it\n");
	expect(server_control_format,
			"{\"target\":\"rack1\",\"operator\":null,\"askers\":[]}",
			"rack1: nobody has the keyboard\n");
	expect(server_control_format,
			"{\"target\":\"rack1\",\"id\":7,\"user\":\"alice\"}",
			"rack1: session 7, alice, has the keyboard\n");
	expect(server_control_format,
			"{\"target\":\"rack1\",\"operator\":{\"session\":null,"
			"\"user\":\"token ci\"},\"askers\":[]}",
			"rack1: token ci, has the keyboard\n");
	expect(server_control_format, "{\"target\":\"rack1\",\"id\":null}",
			"rack1: nobody has the keyboard\n");
}

static void prints_layouts_and_macros(void **state)
{
	(void)state;
	expect(server_layout_format, "{\"layout\":\"us\",\"variant\":\"\"}",
			"us\n");
	expect(server_layout_format,
			"{\"layout\":\"de\",\"variant\":\"nodeadkeys\"}",
			"de nodeadkeys\n");
	expect(server_layouts_format,
			"{\"layouts\":[{\"layout\":\"de\",\"name\":\"German\","
			"\"variants\":[{\"variant\":\"neo\","
			"\"name\":\"German (Neo 2)\"}]},"
			"{\"layout\":\"us\",\"name\":\"English (US)\","
			"\"variants\":[]}]}",
			"LAYOUT  VARIANT  NAME\n"
			"de      -        German\n"
			"de      neo      German (Neo 2)\n"
			"us      -        English (US)\n");
	expect(server_macros_format,
			"{\"macros\":[{\"name\":\"Alt-F4\",\"keys\":\"alt-f4\","
			"\"from\":\"shipped\"}]}",
			"MACRO   FROM     KEYS\n"
			"Alt-F4  shipped  alt-f4\n");
}

static void prints_the_monitor(void **state)
{
	(void)state;
	expect(server_edid_format,
			"{\"supported\":true,\"presets\":[\"1080p50\","
			"\"720p60\"],\"preset\":\"1080p50\",\"hex\":\"00\","
			"\"monitor\":{\"maker\":\"RHD\",\"name\":\"rackhand\","
			"\"width\":1920,\"height\":1080,\"refresh_hz\":50.0}}",
			"RHD rackhand, 1920x1080@50.00; preset 1080p50\n"
			"presets: 1080p50 720p60\n");
	expect(server_edid_format,
			"{\"supported\":true,\"presets\":[\"720p60\"],"
			"\"preset\":null,\"hex\":\"ff\",\"detail\":"
			"\"its sum is wrong\",\"monitor\":null}",
			"its sum is wrong\npresets: 720p60\n");
	expect(server_edid_format,
			"{\"supported\":false,\"detail\":\"there is none\"}",
			"there is none\n");
}

static void prints_only_what_a_terminal_bears(void **state)
{
	(void)state;
	expect(server_control_format,
			"{\"target\":\"a\\u001b[2J\",\"operator\":{\"session\":1,"
			"\"user\":\"\\n\"}}",
			"a?[2J: session 1, ?, has the keyboard\n");
	expect(server_layout_format, "{\"layout\":\"\\u0007\"}", "?\n");
	expect(server_macros_format, "{\"macros\":[{\"name\":\"\\u001b\"}]}",
			"MACRO  FROM  KEYS\n?      -     -\n");
}

static void marks_what_is_cut_off(void **state)
{
	(void)state;
	expect(server_macros_format,
			"{\"macros\":[{\"name\":\"a\",\"from\":\"b\",\"keys\":"
			"\"1234567890123456789012345678901234567890"
			"12345678901234567890123\"},"
			"{\"name\":\"a\",\"from\":\"b\",\"keys\":"
			"\"1234567890123456789012345678901234567890"
			"123456789012345678901234\"}]}",
			"MACRO  FROM  KEYS\n"
			"a      b     1234567890123456789012345678901234567890"
			"12345678901234567890123\n"
			"a      b     1234567890123456789012345678901234567890"
			"12345678901234567890...\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(prints_a_line_for_each_target),
			cmocka_unit_test(tells_of_one_in_a_line),
			cmocka_unit_test(prints_who_has_the_keyboard),
			cmocka_unit_test(prints_layouts_and_macros),
			cmocka_unit_test(prints_the_monitor),
			cmocka_unit_test(prints_only_what_a_terminal_bears),
			cmocka_unit_test(marks_what_is_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
