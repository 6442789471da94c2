/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/demo-computer.h"
#include "hid-gadget/layout.h"

/*
 * The demo computer's keyboards are written down from standards, the layouts
 * come from xkeyboard-config: what one types the other has to read.
 */
static const struct {
	const char *name;
	const char *more; /* Latin-1, beyond ASCII */
} keyboards[] = {
		{"us", ""},
		{"de",
				"\xa7\xb0\xb2\xb3\xb5\xc4\xd6\xdc\xdf\xe4\xf6\xfc"
				"\xa4\xe0\xe1\xe2\xe8\xe9\xea\xec\xed\xee\xf2\xf3"
				"\xf4\xf9\xfa\xfb\xc0\xc1\xc2\xc8\xc9\xca\xfd"},
		{"fr",
				"\xa3\xa7\xb0\xb2\xb5\xe0\xe7\xe8\xe9\xf9\xa4"
				"\xe2\xea\xee\xf4\xfb\xe4\xeb\xef\xf6\xfc\xff"
				"\xc2\xca\xce\xd4\xdb\xc4\xcb\xcf\xd6\xdc"},
		{"jp", ""}, /* its yen key is a backslash to systems */
};

static uint8_t modifiers_of(const struct hid_stroke *stroke)
{
	uint8_t modifiers = 0;

	for (size_t i = 0; i < HID_HOLDS_MAX && stroke->holds[i]; i++) {
		assert_true(stroke->holds[i] >= 0xe0);
		modifiers |= (uint8_t)(1u << (stroke->holds[i] - 0xe0));
	}
	return modifiers;
}

static void type(struct capture_computer *computer,
		const struct hid_strokes *strokes)
{
	for (size_t i = 0; i < strokes->count; i++)
		capture_computer_press(computer, strokes->strokes[i].usage,
				modifiers_of(&strokes->strokes[i]), false);
}

/* The character in front of the cursor. */
static uint8_t last_character(struct capture_computer *computer)
{
	const struct capture_console *console =
			capture_computer_get_console(computer);

	return (uint8_t)console->cells[console->row][console->column - 1]
			.character;
}

static void check(struct capture_computer *computer,
		const struct hid_layout *layout, uint8_t character)
{
	static const struct hid_strokes backspace = {1, {{.usage = 0x2a}}};
	uint32_t code = character == CAPTURE_EURO ? 0x20ac : character;
	struct hid_strokes strokes;

	if (!hid_layout_find(layout, code, &strokes))
		fail_msg("%s lacks U+%04x", hid_layout_get_name(layout), code);
	type(computer, &strokes);
	if (last_character(computer) != character)
		fail_msg("%s: U+%04x became 0x%02x",
				hid_layout_get_name(layout), code,
				last_character(computer));
	type(computer, &backspace);
}

static void the_demo_reads_what_is_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(keyboards) / sizeof(keyboards[0]); i++) {
		char why[HID_LAYOUT_WHY_BYTES];
		struct capture_computer *computer;
		struct hid_layout *layout;

		assert_int_equal(capture_computer_create(
						 &computer, "demo", 1, 1),
				0);
		capture_computer_set_layout(computer,
				capture_layout_find(keyboards[i].name));
		assert_int_equal(hid_layout_create(&layout, keyboards[i].name,
						 "", &hid_layout_paths_system,
						 why),
				0);
		for (uint8_t c = '!'; c <= '~'; c++)
			check(computer, layout, c);
		for (const char *c = keyboards[i].more; *c; c++)
			check(computer, layout, (uint8_t)*c);
		hid_layout_destroy(layout);
		capture_computer_destroy(computer);
	}
}

static void each_is_in_the_list(void **state)
{
	size_t n = 0;

	(void)state;
	for (; capture_layout_name(n); n++)
		assert_non_null(capture_layout_find(capture_layout_name(n)));
	assert_int_equal(n, sizeof(keyboards) / sizeof(keyboards[0]));
	assert_null(capture_layout_find("xx"));
}

static void dead_keys_wait_for_the_next_one(void **state)
{
	struct capture_computer *computer;

	(void)state;
	assert_int_equal(capture_computer_create(&computer, "demo", 1, 1), 0);
	capture_computer_set_layout(computer, capture_layout_find("de"));
	capture_computer_press(computer, 0x35, 0, false); /* circumflex */
	assert_int_equal(last_character(computer), ' ');  /* of the prompt */
	capture_computer_press(computer, 0x2c, 0, false);
	assert_int_equal(last_character(computer), '^');
	capture_computer_press(computer, 0x2e, 0, false); /* acute */
	capture_computer_press(computer, 0x1b, 0, false); /* x: nothing */
	assert_int_equal(last_character(computer), '^');
	capture_computer_press(computer, 0x2e, 0, false);
	capture_computer_press(computer, 0x08, 0x02, false);
	assert_int_equal(last_character(computer), 0xc9); /* E acute */
	capture_computer_destroy(computer);
}

static void caps_lock_is_for_umlauts_too(void **state)
{
	struct capture_computer *computer;

	(void)state;
	assert_int_equal(capture_computer_create(&computer, "demo", 1, 1), 0);
	capture_computer_set_layout(computer, capture_layout_find("de"));
	capture_computer_press(computer, 0x39, 0, false);
	capture_computer_press(computer, 0x2f, 0, false);
	assert_int_equal(last_character(computer), 0xdc);
	capture_computer_press(computer, 0x1f, 0, false);
	assert_int_equal(last_character(computer), '2');
	capture_computer_destroy(computer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_demo_reads_what_is_typed),
			cmocka_unit_test(each_is_in_the_list),
			cmocka_unit_test(dead_keys_wait_for_the_next_one),
			cmocka_unit_test(caps_lock_is_for_umlauts_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
