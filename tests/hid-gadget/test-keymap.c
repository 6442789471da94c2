/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/keymap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/*
 * The usages of the main block, in the order of a US keyboard's rows, as HID
 * Usage Tables 1.12 number them; written down here a second time.
 */
static const struct {
	const char *plain;
	const char *shifted;
	uint8_t xt; /* of the first */
	uint8_t usages[13];
} rows[] = {
		{"1234567890-=", "!@#$%^&*()_+", 0x02,
				{30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 45,
						46}},
		{"qwertyuiop[]", "QWERTYUIOP{}", 0x10,
				{20, 26, 8, 21, 23, 28, 24, 12, 18, 19, 47,
						48}},
		{"asdfghjkl;'`", "ASDFGHJKL:\"~", 0x1e,
				{4, 22, 7, 9, 10, 11, 13, 14, 15, 51, 52, 53}},
		{"\\zxcvbnm,./", "|ZXCVBNM<>?", 0x2b,
				{49, 29, 27, 6, 25, 5, 17, 16, 54, 55, 56}},
};

static void the_main_block_is_a_us_keyboard(void **state)
{
	unsigned keys = 0;

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
		for (size_t i = 0; rows[r].plain[i]; i++, keys++) {
			uint8_t usage = rows[r].usages[i];
			struct hid_keymap_entry plain = hid_keymap_from_keysym(
					(uint8_t)rows[r].plain[i]);
			struct hid_keymap_entry shifted =
					hid_keymap_from_keysym(
							(uint8_t)rows[r].shifted
									[i]);

			assert_int_equal(hid_keymap_from_xt(
							 (uint32_t)(rows[r].xt +
									 i)),
					usage);
			assert_int_equal(plain.usage, usage);
			assert_false(plain.shift || plain.any_shift);
			assert_int_equal(shifted.usage, usage);
			assert_true(shifted.shift && !shifted.any_shift);
		}
	assert_int_equal(keys, 47);
}

static void every_ascii_character_can_be_typed(void **state)
{
	(void)state;
	for (uint32_t c = 0x20; c < 0x7f; c++) {
		struct hid_keymap_entry latin = hid_keymap_from_keysym(c);
		struct hid_keymap_entry unicode =
				hid_keymap_from_keysym(0x01000000 | c);

		assert_int_not_equal(latin.usage, 0);
		assert_memory_equal(&latin, &unicode, sizeof(latin));
	}
}

/* name, set 1 code, keysym, usage: the keys around the main block. */
static const struct {
	uint8_t xt;
	uint32_t keysym;
	uint8_t usage;
} named[] = {
		{0x01, 0xff1b, 41},      /* Escape */
		{0x0e, 0xff08, 42},      /* BackSpace */
		{0x0f, 0xff09, 43},      /* Tab */
		{0x1c, 0xff0d, 40},      /* Return */
		{0x39, 0x20, 44},        /* space */
		{0x3a, 0xffe5, 57},      /* Caps_Lock */
		{0x45, 0xff7f, 83},      /* Num_Lock */
		{0x46, 0xff14, 71},      /* Scroll_Lock */
		{0x54, 0xff61, 70},      /* Print */
		{0xb7, 0xff15, 70},      /* Sys_Req */
		{0xc6, 0xff13, 72},      /* Pause */
		{0xc6, 0xff6b, 72},      /* Break */
		{0x1d, 0xffe3, 224},     /* Control_L */
		{0x2a, 0xffe1, 225},     /* Shift_L */
		{0x38, 0xffe9, 226},     /* Alt_L */
		{0xdb, 0xffeb, 227},     /* Super_L */
		{0xdb, 0xffe7, 227},     /* Meta_L */
		{0x9d, 0xffe4, 228},     /* Control_R */
		{0x36, 0xffe2, 229},     /* Shift_R */
		{0xb8, 0xffea, 230},     /* Alt_R */
		{0xb8, 0xfe03, 230},     /* ISO_Level3_Shift */
		{0xb8, 0xff7e, 230},     /* Mode_switch */
		{0xdc, 0xffec, 231},     /* Super_R */
		{0xdc, 0xffe8, 231},     /* Meta_R */
		{0xdd, 0xff67, 101},     /* Menu */
		{0xd2, 0xff63, 73},      /* Insert */
		{0xc7, 0xff50, 74},      /* Home */
		{0xc9, 0xff55, 75},      /* Prior */
		{0xd3, 0xffff, 76},      /* Delete */
		{0xcf, 0xff57, 77},      /* End */
		{0xd1, 0xff56, 78},      /* Next */
		{0xcd, 0xff53, 79},      /* Right */
		{0xcb, 0xff51, 80},      /* Left */
		{0xd0, 0xff54, 81},      /* Down */
		{0xc8, 0xff52, 82},      /* Up */
		{0xb5, 0xffaf, 84},      /* KP_Divide */
		{0x37, 0xffaa, 85},      /* KP_Multiply */
		{0x4a, 0xffad, 86},      /* KP_Subtract */
		{0x4e, 0xffab, 87},      /* KP_Add */
		{0x9c, 0xff8d, 88},      /* KP_Enter */
		{0x4f, 0xffb1, 89},      /* KP_1 */
		{0x4f, 0xff9c, 89},      /* KP_End */
		{0x50, 0xffb2, 90},      /* KP_2 */
		{0x50, 0xff99, 90},      /* KP_Down */
		{0x51, 0xffb3, 91},      /* KP_3 */
		{0x51, 0xff9b, 91},      /* KP_Next */
		{0x4b, 0xffb4, 92},      /* KP_4 */
		{0x4b, 0xff96, 92},      /* KP_Left */
		{0x4c, 0xffb5, 93},      /* KP_5 */
		{0x4c, 0xff9d, 93},      /* KP_Begin */
		{0x4d, 0xffb6, 94},      /* KP_6 */
		{0x4d, 0xff98, 94},      /* KP_Right */
		{0x47, 0xffb7, 95},      /* KP_7 */
		{0x47, 0xff95, 95},      /* KP_Home */
		{0x48, 0xffb8, 96},      /* KP_8 */
		{0x48, 0xff97, 96},      /* KP_Up */
		{0x49, 0xffb9, 97},      /* KP_9 */
		{0x49, 0xff9a, 97},      /* KP_Prior */
		{0x52, 0xffb0, 98},      /* KP_0 */
		{0x52, 0xff9e, 98},      /* KP_Insert */
		{0x53, 0xffae, 99},      /* KP_Decimal */
		{0x53, 0xff9f, 99},      /* KP_Delete */
		{0x59, 0xffbd, 103},     /* KP_Equal */
		{0x7e, 0xffac, 133},     /* KP_Separator */
		{0x70, 0xff27, 136},     /* Hiragana_Katakana */
		{0x79, 0xff23, 138},     /* Henkan_Mode */
		{0x7b, 0xff22, 139},     /* Muhenkan */
		{0x72, 0xff31, 144},     /* Hangul */
		{0x71, 0xff34, 145},     /* Hangul_Hanja */
		{0xde, 0x1008ff2a, 102}, /* XF86PowerOff */
		{0xa0, 0x1008ff12, 127}, /* XF86AudioMute */
		{0xb0, 0x1008ff13, 128}, /* XF86AudioRaiseVolume */
		{0xae, 0x1008ff11, 129}, /* XF86AudioLowerVolume */
};

static void other_keys_need_no_particular_shift(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		struct hid_keymap_entry entry =
				hid_keymap_from_keysym(named[i].keysym);

		assert_int_equal(hid_keymap_from_xt(named[i].xt),
				named[i].usage);
		assert_int_equal(entry.usage, named[i].usage);
		assert_true(entry.any_shift && !entry.shift);
	}
}

static void there_are_24_function_keys(void **state)
{
	static const uint8_t xt[] = {0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41,
			0x42, 0x43, 0x44, 0x57, 0x58, 0x5d, 0x5e, 0x5f, 0x55,
			0x83, 0xf7, 0x84, 0x5a, 0x74, 0xf9, 0x6d, 0x6f};

	(void)state;
	for (uint8_t i = 0; i < 24; i++) {
		uint8_t usage = (uint8_t)(i < 12 ? 58 + i : 104 + i - 12);

		assert_int_equal(hid_keymap_from_xt(xt[i]), usage);
		assert_int_equal(hid_keymap_from_keysym(0xffbeU + i).usage,
				usage);
	}
}

static void keys_that_only_other_keyboards_have(void **state)
{
	(void)state;
	assert_int_equal(hid_keymap_from_xt(0x56), 100); /* 102nd */
	assert_int_equal(hid_keymap_from_xt(0x73), 135); /* ro */
	assert_int_equal(hid_keymap_from_xt(0x7d), 137); /* yen */
	assert_int_equal(hid_keymap_from_xt(0x5c), 140); /* KP comma, Japan */
	assert_int_equal(hid_keymap_from_xt(0xf2), 144); /* Hangul */
	assert_int_equal(hid_keymap_from_xt(0xf1), 145); /* Hanja */
}

/* Shift and Tab arrive as a keysym of their own. */
static void left_tab_is_tab_with_shift(void **state)
{
	struct hid_keymap_entry entry = hid_keymap_from_keysym(0xfe20);

	(void)state;
	assert_int_equal(entry.usage, 43);
	assert_true(entry.shift);
}

static void what_a_us_keyboard_lacks_has_no_key(void **state)
{
	static const uint32_t keysyms[] = {
			0,
			0x1f,
			0x7f,
			0xe9,
			0xff,
			0x100,
			0xfe00,
			0xff00,
			0xffff0000,
			0x01000000,
			0x010000e9,
			0x01000100,
			0x010020ac,
			0x20ac,
			0x1008ff00,
			0xffffffff,
	};
	static const uint32_t codes[] = {
			0,
			0x5b,
			0x80,
			0xaa,
			0xff,
			0x100,
			0x11e,
			0xffffffff,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keysyms) / sizeof(keysyms[0]); i++)
		assert_int_equal(hid_keymap_from_keysym(keysyms[i]).usage, 0);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_int_equal(hid_keymap_from_xt(codes[i]), 0);
}

/* A usage that hid_input_key would refuse must not be in a table. */
static void every_usage_is_one_of_a_key(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 256; code++) {
		uint8_t usage = hid_keymap_from_xt(code);

		assert_true(usage == 0 || (usage >= 4 && usage <= 0xe7));
	}
	for (uint32_t keysym = 0; keysym < 0x10000; keysym++) {
		struct hid_keymap_entry entry = hid_keymap_from_keysym(keysym);

		assert_true(entry.usage == 0 ||
				(entry.usage >= 4 && entry.usage <= 0xe7));
		assert_false(entry.shift && entry.any_shift);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_main_block_is_a_us_keyboard),
			cmocka_unit_test(every_ascii_character_can_be_typed),
			cmocka_unit_test(other_keys_need_no_particular_shift),
			cmocka_unit_test(there_are_24_function_keys),
			cmocka_unit_test(keys_that_only_other_keyboards_have),
			cmocka_unit_test(left_tab_is_tab_with_shift),
			cmocka_unit_test(what_a_us_keyboard_lacks_has_no_key),
			cmocka_unit_test(every_usage_is_one_of_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
