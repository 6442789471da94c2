/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/chord.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const layout_names[] = {"us", "fr", "ru"};
enum { US, FR, RU, LAYOUTS };

static int open_layouts(void **state)
{
	static struct hid_layout *layouts[LAYOUTS];
	char why[HID_LAYOUT_WHY_BYTES];

	for (int i = 0; i < LAYOUTS; i++)
		if (hid_layout_create(&layouts[i], layout_names[i], "",
				    &hid_layout_paths_system, why) < 0)
			return -1;
	*state = layouts;
	return 0;
}

static int close_layouts(void **state)
{
	struct hid_layout **layouts = *state;

	for (int i = 0; i < LAYOUTS; i++)
		hid_layout_destroy(layouts[i]);
	return 0;
}

static const struct {
	const char *text;
	int layout;
	struct hid_chord chord;
} good[] = {
		{"ctrl-alt-del", US, {3, {0xe0, 0xe2, 0x4c}}},
		{"Ctrl+Alt+Del", US, {3, {0xe0, 0xe2, 0x4c}}},
		{"win", US, {1, {0xe3}}},
		{"shift-f10", US, {2, {0xe1, 0x43}}},
		{"alt-tab", US, {2, {0xe2, 0x2b}}},
		{"a", US, {1, {0x04}}},
		{"ctrl-C", US, {2, {0xe0, 0x06}}},
		{"ctrl-minus", US, {2, {0xe0, 0x2d}}},
		{"ctrl-plus", US, {3, {0xe0, 0xe1, 0x2e}}},
		{"ctrl-ctrl", US, {1, {0xe0}}},
		/* where the layout has the letter */
		{"ctrl-a", FR, {2, {0xe0, 0x14}}},
		{"ctrl-1", FR, {3, {0xe0, 0xe1, 0x1e}}},
		{"ctrl-\xc3\xa9", FR, {2, {0xe0, 0x1f}}}, /* e acute */
		/* where a US keyboard has it */
		{"ctrl-c", RU, {2, {0xe0, 0x06}}},
		{"sysrq-b", US, {3, {0xe2, 0x46, 0x05}}},
		{"alt-sysrq-b", US, {3, {0xe2, 0x46, 0x05}}},
		{"sysrq-a", FR, {3, {0xe2, 0x46, 0x04}}},
};

static void chords_are_keys_in_order(void **state)
{
	struct hid_layout **layouts = *state;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char why[HID_CHORD_WHY_BYTES] = "";
		struct hid_chord chord;
		int rc = hid_chord_parse(&chord, good[i].text,
				strlen(good[i].text), layouts[good[i].layout],
				why);

		if (rc < 0)
			fail_msg("%s: %s", good[i].text, why);
		if (memcmp(&chord, &good[i].chord, sizeof(chord)) != 0)
			fail_msg("%s: other keys", good[i].text);
	}
}

static const struct {
	const char *text;
	const char *cure;
} bad[] = {
		{"", "missing"},
		{"-", "minus"},
		{"ctrl-", "minus"},
		{"ctrl--", "minus"},
		{"+", "plus"},
		{"ctrl alt", "no such key"},
		{"controll", "no such key"},
		{"f25", "no such key"},
		{"ctrl-\xe2\x82\xac", "no key for"}, /* euro */
		{"ctrl-\xc3", "no such key"},        /* half a character */
		{"a-b-c-d-e-f-g-h-i", "more than 8"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too long"},
		{"a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a",
				"at most 64"},
};

static void complaints_name_the_cure(void **state)
{
	struct hid_layout **layouts = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char why[HID_CHORD_WHY_BYTES] = "";
		struct hid_chord chord;

		assert_int_equal(hid_chord_parse(&chord, bad[i].text,
						 strlen(bad[i].text),
						 layouts[US], why),
				strcmp(bad[i].cure, "no key for") == 0
						? -ENOENT
						: -EINVAL);
		if (!strstr(why, bad[i].cure))
			fail_msg("%s: %s", bad[i].text, why);
	}
}

static void nothing_behind_a_zero_counts(void **state)
{
	struct hid_layout **layouts = *state;
	char why[HID_CHORD_WHY_BYTES];
	struct hid_chord chord;

	assert_int_equal(hid_chord_parse(&chord, "win\0x", 5, layouts[US], why),
			-EINVAL);
	assert_int_equal(hid_chord_parse(&chord, "winx", 3, layouts[US], why),
			0);
}

/* As docs/keyboard.md lists them. */
static void each_name_is_a_key(void **state)
{
	static const char *const names[] = {"ctrl", "shift", "alt", "altgr",
			"win", "super", "meta", "cmd", "rctrl", "rshift",
			"rwin", "enter", "esc", "tab", "space", "backspace",
			"ins", "del", "home", "end", "pgup", "pgdn", "up",
			"down", "left", "right", "f1", "f12", "f24", "capslock",
			"numlock", "scrolllock", "print", "sysrq", "pause",
			"menu", "power", "mute", "volumeup", "volumedown",
			"kp0", "kp9", "kpenter", "kpplus", "kpminus", "kpslash",
			"kpasterisk", "kpdot", "minus", "plus", "comma", "dot",
			"slash", "backslash"};
	struct hid_layout **layouts = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char why[HID_CHORD_WHY_BYTES] = "";
		struct hid_chord chord;

		if (hid_chord_parse(&chord, names[i], strlen(names[i]),
				    layouts[US], why) < 0)
			fail_msg("%s: %s", names[i], why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(chords_are_keys_in_order),
			cmocka_unit_test(complaints_name_the_cure),
			cmocka_unit_test(nothing_behind_a_zero_counts),
			cmocka_unit_test(each_name_is_a_key),
	};

	return cmocka_run_group_tests(tests, open_layouts, close_layouts);
}
