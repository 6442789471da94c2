/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/chord.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* What takes several strokes is no part of a chord, nor is US Shift added. */
static void what_is_no_single_key_is_refused(void **state)
{
	static const struct {
		const char *text;
		int layout;
	} none[] = {
			{"ctrl-\xc3\xaa", FR}, /* e circumflex: a dead key */
			{"ctrl-@", RU},
	};
	struct hid_layout **layouts = *state;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		char why[HID_CHORD_WHY_BYTES];
		struct hid_chord chord;

		assert_int_equal(hid_chord_parse(&chord, none[i].text,
						 strlen(none[i].text),
						 layouts[none[i].layout], why),
				-ENOENT);
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

/* As docs/keyboard.md lists them, by the numbers of HID Usage Tables, 10. */
static const struct {
	const char *name;
	uint8_t usage;
} named[] = {
		{"ctrl", 0xe0},
		{"control", 0xe0},
		{"shift", 0xe1},
		{"alt", 0xe2},
		{"win", 0xe3},
		{"super", 0xe3},
		{"meta", 0xe3},
		{"cmd", 0xe3},
		{"rctrl", 0xe4},
		{"rshift", 0xe5},
		{"altgr", 0xe6},
		{"ralt", 0xe6},
		{"rwin", 0xe7},
		{"enter", 40},
		{"return", 40},
		{"esc", 41},
		{"escape", 41},
		{"backspace", 42},
		{"tab", 43},
		{"space", 44},
		{"minus", 45},
		{"backslash", 49},
		{"comma", 54},
		{"dot", 55},
		{"slash", 56},
		{"capslock", 57},
		{"printscreen", 70},
		{"print", 70},
		{"scrolllock", 71},
		{"pause", 72},
		{"break", 72},
		{"insert", 73},
		{"ins", 73},
		{"home", 74},
		{"pageup", 75},
		{"pgup", 75},
		{"del", 76},
		{"delete", 76},
		{"end", 77},
		{"pagedown", 78},
		{"pgdn", 78},
		{"right", 79},
		{"left", 80},
		{"down", 81},
		{"up", 82},
		{"numlock", 83},
		{"kpslash", 84},
		{"kpasterisk", 85},
		{"kpminus", 86},
		{"kpplus", 87},
		{"kpenter", 88},
		{"kp0", 98},
		{"kpdot", 99},
		{"menu", 101},
		{"power", 102},
		{"mute", 127},
		{"volumeup", 128},
		{"volumedown", 129},
};

static void expect_key(
		const struct hid_layout *us, const char *name, unsigned usage)
{
	char why[HID_CHORD_WHY_BYTES] = "";
	struct hid_chord chord;

	if (hid_chord_parse(&chord, name, strlen(name), us, why) < 0)
		fail_msg("%s: %s", name, why);
	if (chord.count != 1 || chord.usages[0] != usage)
		fail_msg("%s: another key", name);
}

static void each_name_is_its_key(void **state)
{
	struct hid_layout **layouts = *state;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		expect_key(layouts[US], named[i].name, named[i].usage);
}

static void numbered_names_follow_each_other(void **state)
{
	struct hid_layout **layouts = *state;
	char name[8];

	for (unsigned i = 1; i <= 24; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		expect_key(layouts[US], name, i <= 12 ? 57 + i : 91 + i);
	}
	for (unsigned i = 1; i <= 9; i++) {
		snprintf(name, sizeof(name), "kp%u", i);
		expect_key(layouts[US], name, 88 + i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(chords_are_keys_in_order),
			cmocka_unit_test(what_is_no_single_key_is_refused),
			cmocka_unit_test(complaints_name_the_cure),
			cmocka_unit_test(nothing_behind_a_zero_counts),
			cmocka_unit_test(each_name_is_its_key),
			cmocka_unit_test(numbered_names_follow_each_other),
	};

	return cmocka_run_group_tests(tests, open_layouts, close_layouts);
}
