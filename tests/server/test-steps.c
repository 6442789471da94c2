/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/steps.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int open_layout(void **state)
{
	static struct hid_layout *us;
	char why[HID_LAYOUT_WHY_BYTES];

	if (hid_layout_create(&us, "us", "", &hid_layout_paths_system, why) < 0)
		return -1;
	*state = us;
	return 0;
}

static int close_layout(void **state)
{
	hid_layout_destroy(*state);
	return 0;
}

/* ---- texts ------------------------------------------------------------------
 */

static void any_line_end_is_one_enter(void **state)
{
	static const char text[] = "a\nb\r\nc\rd\r\r\n";
	static const uint8_t usages[] = {
			0x04, 0x28, 0x05, 0x28, 0x06, 0x28, 0x07, 0x28, 0x28};
	struct server_untypables untypables;
	struct server_steps *steps;

	assert_int_equal(server_steps_from_text(&steps, text, sizeof(text) - 1,
					 *state, &untypables),
			0);
	assert_int_equal(steps->count, sizeof(usages));
	assert_int_equal(steps->characters, sizeof(usages));
	for (size_t i = 0; i < steps->count; i++)
		assert_int_equal(steps->steps[i].strokes.strokes[0].usage,
				usages[i]);
	server_steps_destroy(steps);
}

static void what_cannot_be_typed_is_listed_with_its_place(void **state)
{
	/* a euro, b u-umlaut, euro, NUL */
	static const char text[] = "a\xe2\x82\xac"
				   "b\xc3\xbc\xe2\x82\xac\0";
	struct server_untypables untypables;
	struct server_steps *steps = (void *)1;

	assert_int_equal(server_steps_from_text(&steps, text, sizeof(text) - 1,
					 *state, &untypables),
			-EINVAL);
	assert_null(steps);
	assert_int_equal(untypables.count, 3);
	assert_int_equal(untypables.items[0].character, 0x20ac);
	assert_int_equal(untypables.items[0].at, 1);
	assert_int_equal(untypables.items[1].character, 0xfc);
	assert_int_equal(untypables.items[1].at, 3);
	assert_int_equal(untypables.items[2].character, 0);
	assert_int_equal(untypables.items[2].at, 5);
}

static void the_list_has_an_end(void **state)
{
	struct server_untypables untypables;
	struct server_steps *steps;
	char text[2 * 100];

	for (size_t i = 0; i < 100; i++) {
		text[2 * i] = (char)(0xd0 + i / 64); /* Cyrillic */
		text[2 * i + 1] = (char)(0x80 + i % 64);
	}
	assert_int_equal(server_steps_from_text(&steps, text, sizeof(text),
					 *state, &untypables),
			-EINVAL);
	assert_int_equal(untypables.count, SERVER_UNTYPABLE_MAX);
}

static void broken_utf_8_is_refused(void **state)
{
	static const char *const broken[] = {"\xff", "a\x80", "\xc3",
			"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
			"\xe2\x82"};
	struct server_untypables untypables;
	struct server_steps *steps;

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_int_equal(server_steps_from_text(&steps, broken[i],
						 strlen(broken[i]), *state,
						 &untypables),
				-EILSEQ);
}

static void as_much_as_is_allowed_and_no_more(void **state)
{
	struct server_untypables untypables;
	char *text = malloc(SERVER_STEPS_TEXT_MAX + 1);
	struct server_steps *steps;

	assert_non_null(text);
	memset(text, 'x', SERVER_STEPS_TEXT_MAX + 1);
	assert_int_equal(server_steps_from_text(&steps, text,
					 SERVER_STEPS_TEXT_MAX, *state,
					 &untypables),
			0);
	assert_int_equal(steps->count, SERVER_STEPS_TEXT_MAX);
	server_steps_destroy(steps);
	assert_int_equal(server_steps_from_text(&steps, text,
					 SERVER_STEPS_TEXT_MAX + 1, *state,
					 &untypables),
			-E2BIG);
	free(text);
}

/* ---- macros -----------------------------------------------------------------
 */

static struct server_steps *read_keys(void **state, const char *keys)
{
	char why[SERVER_STEPS_WHY_BYTES] = "";
	struct server_steps *steps;

	if (server_steps_from_keys(&steps, keys, strlen(keys), *state, why) < 0)
		fail_msg("%s: %s", keys, why);
	return steps;
}

static void steps_have_commas_between_them(void **state)
{
	struct server_steps *steps = read_keys(state,
			" ctrl-alt-f1 ,wait 500ms,\n wait  2s, text 'a, ''b', ctrl-' , comma");

	assert_int_equal(steps->count, 3 + 5 + 2);
	assert_int_equal(steps->characters, 5);
	assert_int_equal(steps->steps[0].kind, SERVER_STEP_CHORD);
	assert_int_equal(steps->steps[0].chord.usages[2], 0x3a);
	assert_int_equal(steps->steps[1].wait_ms, 500);
	assert_int_equal(steps->steps[2].wait_ms, 2000);
	assert_int_equal(steps->steps[4].strokes.strokes[0].usage, 0x36);
	assert_int_equal(steps->steps[6].strokes.strokes[0].usage, 0x34);
	assert_int_equal(steps->steps[8].chord.usages[1], 0x34);
	assert_int_equal(steps->steps[9].chord.usages[0], 0x36);
	server_steps_destroy(steps);
}

static void a_text_may_be_empty(void **state)
{
	struct server_steps *steps = read_keys(state, "text ''");

	assert_int_equal(steps->count, 0);
	server_steps_destroy(steps);
}

static const struct {
	const char *keys;
	const char *cure;
} bad[] = {
		{"", "minus"},
		{"f1,", "minus"},
		{"f1,,f2", "minus"},
		{"f99", "no such key"},
		{"wait", "no such key"},
		{"wait x", "500ms"},
		{"wait 0ms", "500ms"},
		{"wait 500", "500ms"},
		{"wait 61s", "500ms"},
		{"wait 99999999999ms", "500ms"},
		{"text root", "single quotes"},
		{"text 'root", "single quotes"},
		{"text '", "single quotes"},
		{"text '\xe2\x82\xac'", "no keys for"},
		{"text '\xe2\x82'", "UTF-8"},
};

static void complaints_name_the_cure(void **state)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char why[SERVER_STEPS_WHY_BYTES] = "";
		struct server_steps *steps = (void *)1;

		assert_int_equal(server_steps_from_keys(&steps, bad[i].keys,
						 strlen(bad[i].keys), *state,
						 why),
				strstr(bad[i].cure, "no keys for") ? -ENOENT
								   : -EINVAL);
		assert_null(steps);
		if (!strstr(why, bad[i].cure))
			fail_msg("%s: %s", bad[i].keys, why);
	}
}

static void macros_have_an_end(void **state)
{
	char keys[SERVER_STEPS_KEYS_MAX + 1];
	char why[SERVER_STEPS_WHY_BYTES];
	struct server_steps *steps;

	for (size_t i = 0; i < sizeof(keys); i++)
		keys[i] = i % 2 ? ',' : 'a';
	assert_int_equal(
			server_steps_from_keys(&steps, keys, 2047, *state, why),
			0);
	assert_int_equal(steps->count, 1024);
	server_steps_destroy(steps);
	assert_int_equal(
			server_steps_from_keys(&steps, keys, 2049, *state, why),
			-E2BIG);
	assert_non_null(strstr(why, "1024"));
	assert_int_equal(
			server_steps_from_keys(&steps, keys,
					SERVER_STEPS_KEYS_MAX + 1, *state, why),
			-E2BIG);
	assert_int_equal(server_steps_from_keys(&steps, "a\0b", 3, *state, why),
			-E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(any_line_end_is_one_enter),
			cmocka_unit_test(
					what_cannot_be_typed_is_listed_with_its_place),
			cmocka_unit_test(the_list_has_an_end),
			cmocka_unit_test(broken_utf_8_is_refused),
			cmocka_unit_test(as_much_as_is_allowed_and_no_more),
			cmocka_unit_test(steps_have_commas_between_them),
			cmocka_unit_test(a_text_may_be_empty),
			cmocka_unit_test(complaints_name_the_cure),
			cmocka_unit_test(macros_have_an_end),
	};

	return cmocka_run_group_tests(tests, open_layout, close_layout);
}
