/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/layout.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/hid-gadget/xkb-host.h"

#define LAST_CHARACTER 0x1ffff

static const struct {
	const char *layout;
	const char *variant;
	unsigned least; /* characters that are known to be on it */
} layouts[] = {
		{"us", "", 97},
		{"us", "intl", 250},
		{"us", "dvorak", 97},
		{"gb", "", 150},
		{"de", "", 350},
		{"de", "nodeadkeys", 140},
		{"de", "neo", 300},
		{"fr", "", 300},
		{"es", "", 300},
		{"it", "", 300},
		{"pt", "", 300},
		{"br", "", 300},
		{"ch", "fr", 300},
		{"se", "", 300},
		{"pl", "", 300},
		{"cz", "", 300},
		{"tr", "", 300},
		{"gr", "polytonic", 250},
		{"ru", "", 98},
		{"il", "", 90},
		{"jp", "", 97},
};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static struct hid_layout *open_layout(const char *layout, const char *variant)
{
	char why[HID_LAYOUT_WHY_BYTES] = "";
	struct hid_layout *it;
	int rc = hid_layout_create(
			&it, layout, variant, &hid_layout_paths_system, why);

	if (rc < 0)
		fail_msg("%s(%s): %d %s", layout, variant, rc, why);
	return it;
}

/* Shift the other way where Caps Lock asks for it. */
static struct hid_strokes under_caps(struct hid_strokes strokes)
{
	for (size_t i = 0; i < strokes.count; i++) {
		struct hid_stroke *it = &strokes.strokes[i];
		size_t n = 0;

		if (!it->caps)
			continue;
		while (n < HID_HOLDS_MAX && it->holds[n] &&
				it->holds[n] != 0xe1)
			n++;
		assert_true(n < HID_HOLDS_MAX);
		it->holds[n] = it->holds[n] ? 0 : 0xe1;
	}
	return strokes;
}

/* Some letters have a capital that is on no key: Caps Lock must be off. */
static bool has_a_way(const struct hid_strokes *strokes, uint32_t character)
{
	for (size_t i = 0; i < strokes->count; i++)
		if (strokes->strokes[i].caps)
			return true;
	return character < 0x80;
}

static unsigned check_all(const struct hid_layout *layout,
		struct xkb_host *host, bool caps)
{
	unsigned n = 0;

	for (uint32_t c = 0; c <= LAST_CHARACTER; c++) {
		struct hid_strokes strokes;
		uint32_t typed;

		if (!hid_layout_find(layout, c, &strokes))
			continue;
		if (caps && !has_a_way(&strokes, c))
			continue;
		if (caps)
			strokes = under_caps(strokes);
		typed = xkb_host_type(host, &strokes);
		if (typed != c)
			fail_msg("%s(%s)%s: U+%04x became U+%04x",
					hid_layout_get_name(layout),
					hid_layout_get_variant(layout),
					caps ? " caps" : "", c, typed);
		n++;
	}
	return n;
}

static void a_host_reads_what_was_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct hid_layout *layout = open_layout(
				layouts[i].layout, layouts[i].variant);
		struct xkb_host *host = xkb_host_new(
				layouts[i].layout, layouts[i].variant);
		unsigned n = check_all(layout, host, false);

		if (n < layouts[i].least)
			fail_msg("%s(%s): only %u characters",
					layouts[i].layout, layouts[i].variant,
					n);
		xkb_host_free(host);
		hid_layout_destroy(layout);
	}
}

static void caps_lock_is_allowed_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct hid_strokes lock = {.count = 1};
		struct hid_layout *layout = open_layout(
				layouts[i].layout, layouts[i].variant);
		struct xkb_host *host = xkb_host_new(
				layouts[i].layout, layouts[i].variant);

		/* Neo's Caps Lock is both shifts together */
		if (hid_layout_get_caps_lock(layout, &lock.strokes[0])) {
			xkb_host_type(host, &lock);
			assert_true(xkb_host_caps_is_on(host));
			check_all(layout, host, true);
			xkb_host_type(host, &lock);
			assert_false(xkb_host_caps_is_on(host));
		} else {
			assert_string_equal(layouts[i].variant, "neo");
		}
		xkb_host_free(host);
		hid_layout_destroy(layout);
	}
}

static void expect_known(void *context, uint32_t character)
{
	struct hid_strokes strokes;

	if (!hid_layout_find(context, character, &strokes))
		fail_msg("%s(%s): U+%04x is on a key and was not found",
				hid_layout_get_name(context),
				hid_layout_get_variant(context), character);
}

static void whatever_is_on_a_key_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct hid_layout *layout;
		struct xkb_host *host;

		/* ours is the plain 104-key one */
		if (i == 0)
			continue;
		layout = open_layout(layouts[i].layout, layouts[i].variant);
		host = xkb_host_new(layouts[i].layout, layouts[i].variant);
		xkb_host_each(host, expect_known, layout);
		xkb_host_free(host);
		hid_layout_destroy(layout);
	}
}

/* Looked up on pictures of the keyboards. */
static const struct {
	const char *layout;
	uint32_t character;
	struct hid_strokes strokes;
} known[] = {
		{"us", '@', {1, {{0x1f, {0xe1}, false}}}},
		{"us", 'Z', {1, {{0x1d, {0xe1}, true}}}},
		{"us", '\n', {1, {{0x28, {0}, false}}}},
		{"de", 'z', {1, {{0x1c, {0}, true}}}},
		{"de", '@', {1, {{0x14, {0xe6}, false}}}},
		{"de", 0xfc, {1, {{0x2f, {0}, true}}}},       /* u umlaut */
		{"de", 0x20ac, {1, {{0x08, {0xe6}, false}}}}, /* euro */
		{"de", 0xe9, {2, {{0x2e, {0}, false}, {0x08, {0}, true}}}},
		{"de", '^', {2, {{0x35, {0}, false}, {0x2c, {0}, false}}}},
		{"fr", 'a', {1, {{0x14, {0}, true}}}},
		{"fr", '1', {1, {{0x1e, {0xe1}, false}}}},
		{"fr", 0xea, {2, {{0x2f, {0}, false}, {0x08, {0}, true}}}},
		{"jp", '<', {1, {{0x36, {0xe1}, false}}}},
		{"de", '<', {1, {{0x64, {0}, false}}}},
		{"jp", '@', {1, {{0x2f, {0}, false}}}},
		{"jp", '"', {1, {{0x1f, {0xe1}, false}}}},
		{"jp", '_', {1, {{0x87, {0xe1}, false}}}},
};

static void keys_are_where_keyboards_have_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct hid_layout *layout = open_layout(known[i].layout, "");
		const struct hid_strokes *wanted = &known[i].strokes;
		struct hid_strokes found;

		assert_true(hid_layout_find(
				layout, known[i].character, &found));
		assert_int_equal(found.count, wanted->count);
		for (size_t k = 0; k < found.count; k++) {
			assert_int_equal(found.strokes[k].usage,
					wanted->strokes[k].usage);
			assert_memory_equal(found.strokes[k].holds,
					wanted->strokes[k].holds,
					HID_HOLDS_MAX);
			if (known[i].character > ' ' && found.count == 1)
				assert_int_equal(found.strokes[k].caps,
						wanted->strokes[k].caps);
		}
		hid_layout_destroy(layout);
	}
}

static void what_is_on_no_key_cannot_be_typed(void **state)
{
	static const uint32_t never[] = {
			0, 0x07, 0x1b, 0x7f, 0x4e2d, 0x1f600, UINT32_MAX};
	struct hid_layout *us = open_layout("us", "");
	struct hid_layout *de = open_layout("de", "");
	struct hid_strokes strokes;

	(void)state;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		assert_false(hid_layout_find(us, never[i], &strokes));
		assert_false(hid_layout_find(de, never[i], &strokes));
	}
	assert_false(hid_layout_find(us, 0xe9, &strokes));
	hid_layout_destroy(us);
	hid_layout_destroy(de);
}

static void keysyms_name_characters_and_dead_keys(void **state)
{
	struct hid_layout *de = open_layout("de", "");
	struct hid_strokes found;

	(void)state;
	assert_true(hid_layout_find_keysym(de, 0xfc, &found));
	assert_int_equal(found.strokes[0].usage, 0x2f);
	assert_true(hid_layout_find_keysym(de, 0x010000fc, &found));
	assert_int_equal(found.strokes[0].usage, 0x2f);
	assert_true(hid_layout_find_keysym(de, 0xfe51, &found)); /* acute */
	assert_int_equal(found.count, 1);
	assert_int_equal(found.strokes[0].usage, 0x2e);
	assert_true(hid_layout_find_keysym(de, 0xe9, &found));
	assert_int_equal(found.count, 2);
	/* keys that are no characters */
	assert_false(hid_layout_find_keysym(de, 0xffbe, &found));
	assert_false(hid_layout_find_keysym(de, 0xff0d, &found));
	hid_layout_destroy(de);
}

static void shifters_are_those_of_the_layout(void **state)
{
	struct hid_layout *us = open_layout("us", "");
	struct hid_layout *de = open_layout("de", "");

	(void)state;
	assert_true(hid_layout_is_shifter(us, 0xe1));
	assert_true(hid_layout_is_shifter(us, 0xe5));
	assert_false(hid_layout_is_shifter(us, 0xe6));
	assert_true(hid_layout_is_shifter(de, 0xe6));
	assert_false(hid_layout_is_shifter(de, 0xe0));
	assert_false(hid_layout_is_shifter(de, 0));
	hid_layout_destroy(us);
	hid_layout_destroy(de);
}

static void names_that_nobody_has_are_refused(void **state)
{
	static const struct {
		const char *layout, *variant;
		int rc;
	} wrong[] = {
			{"", "", -EINVAL},
			{"us,de", "", -EINVAL},
			{"../us", "", -EINVAL},
			{"us(intl)", "", -EINVAL},
			{"de", "a b", -EINVAL},
			{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
					-EINVAL},
			{"xx", "", -ENOENT},
			{"de", "xx", -ENOENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char why[HID_LAYOUT_WHY_BYTES] = "";
		struct hid_layout *layout = (void *)1;

		assert_int_equal(hid_layout_create(&layout, wrong[i].layout,
						 wrong[i].variant,
						 &hid_layout_paths_system, why),
				wrong[i].rc);
		assert_null(layout);
		assert_true(why[0] != '\0');
	}
}

static void without_data_there_is_us(void **state)
{
	static const struct hid_layout_paths none = {
			"/nonexistent", "/nonexistent/Compose"};
	static const struct hid_layout_paths no_compose = {
			"/usr/share/X11/xkb", "/nonexistent/Compose"};
	char why[HID_LAYOUT_WHY_BYTES] = "";
	struct hid_strokes strokes;
	struct hid_layout *layout;

	(void)state;
	assert_int_equal(hid_layout_check_data(&hid_layout_paths_system, why),
			0);
	assert_int_equal(hid_layout_check_data(&no_compose, why), -ENOENT);
	assert_non_null(strstr(why, "libx11-data"));
	assert_int_equal(hid_layout_check_data(&none, why), -ENOENT);
	assert_non_null(strstr(why, "xkb-data"));
	assert_int_equal(hid_layout_create(&layout, "us", "", &none, why), 0);
	assert_true(hid_layout_find(layout, '~', &strokes));
	hid_layout_destroy(layout);
	assert_int_equal(hid_layout_create(&layout, "de", "", &none, why),
			-ENOENT);
	assert_non_null(strstr(why, "xkb-data"));
	assert_int_equal(hid_layout_create(&layout, "de", "", &no_compose, why),
			0);
	assert_true(hid_layout_find(layout, 0xfc, &strokes));
	assert_false(hid_layout_find(layout, 0xe9, &strokes));
	hid_layout_destroy(layout);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_host_reads_what_was_meant),
			cmocka_unit_test(caps_lock_is_allowed_for),
			cmocka_unit_test(whatever_is_on_a_key_is_found),
			cmocka_unit_test(keys_are_where_keyboards_have_them),
			cmocka_unit_test(what_is_on_no_key_cannot_be_typed),
			cmocka_unit_test(keysyms_name_characters_and_dead_keys),
			cmocka_unit_test(shifters_are_those_of_the_layout),
			cmocka_unit_test(names_that_nobody_has_are_refused),
			cmocka_unit_test(without_data_there_is_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
