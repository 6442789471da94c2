/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What two folders that may not know each other both say, and must say alike.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/demo-computer.h"
#include "capture/demo-keys.h"
#include "capture/demo-usb.h"
#include "capture/edid.h"
#include "capture/file.h"
#include "config/config.h"
#include "config/draft.h"
#include "hid-gadget/keymap.h"
#include "hid-gadget/report.h"

static void demo_decodes_the_gadgets_reports(void **state)
{
	(void)state;
	assert_int_equal(CAPTURE_KEYBOARD_REPORT_BYTES,
			HID_KEYBOARD_REPORT_BYTES);
	assert_int_equal(CAPTURE_ABSOLUTE_REPORT_BYTES,
			HID_ABSOLUTE_REPORT_BYTES);
	assert_int_equal(CAPTURE_RELATIVE_REPORT_BYTES,
			HID_RELATIVE_REPORT_BYTES);
	assert_int_equal(CAPTURE_POINTER_MAX, HID_ABSOLUTE_MAX);
	assert_int_equal(CAPTURE_LED_NUM_LOCK, HID_LED_NUM_LOCK);
	assert_int_equal(CAPTURE_LED_CAPS_LOCK, HID_LED_CAPS_LOCK);
	assert_int_equal(CAPTURE_LED_SCROLL_LOCK, HID_LED_SCROLL_LOCK);
}

/* Keysyms of printable ASCII are their own codes. */
static void demo_prints_what_the_keymap_types(void **state)
{
	(void)state;
	for (uint32_t c = ' '; c <= '~'; c++) {
		struct hid_keymap_entry entry = hid_keymap_from_keysym(c);
		const struct capture_key *key = capture_key_find(entry.usage);

		assert_non_null(key);
		if (entry.any_shift || entry.shift)
			assert_int_equal(key->shifted, c);
		if (entry.any_shift || !entry.shift)
			assert_int_equal(key->plain, c);
	}
}

static void print_complaint(void *context, const char *line)
{
	(void)context;
	print_error("%s\n", line);
}

static int load_with_edid(const char *edid)
{
	char path[32];
	struct config *config;
	int fd = memfd_create("rackhand.conf", MFD_CLOEXEC);
	int rc;

	assert_int_not_equal(fd, -1);
	dprintf(fd,
			"target a { capture { source = v4l2 device = /dev/x edid = \"%s\" } "
			"vnc { listen = \"127.0.0.1:1\" security = none } }\n",
			edid);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = config_load(&config, path, print_complaint, NULL);
	close(fd);
	config_destroy(config);
	return rc;
}

static void configuration_knows_every_edid_preset(void **state)
{
	const char *wants = config_keys[CONFIG_KEY_EDID].wants;
	size_t presets_n = 0;
	size_t quoted_n = 0;

	(void)state;
	for (const char *name; (name = capture_edid_preset_name(presets_n));
			presets_n++) {
		char quoted[32];

		assert_int_equal(load_with_edid(name), 0);
		snprintf(quoted, sizeof(quoted), "\"%s\"", name);
		assert_non_null(strstr(wants, quoted));
	}
	/* And it offers none that there is not. */
	for (const char *c = wants; *c; c++)
		quoted_n += *c == '"';
	assert_int_equal(quoted_n, 2 * presets_n);
}

static void configuration_knows_every_colour_of_a_file(void **state)
{
	size_t n = 0;

	(void)state;
	for (const char *name; (name = capture_file_colour_name(n)); n++) {
		struct config_draft draft = {0};

		assert_int_equal(config_keys[CONFIG_KEY_COLOUR].take(
						 &draft, name),
				0);
		assert_string_equal(draft.target.capture.colour, name);
		free(draft.target.capture.colour);
	}
	assert_int_equal(n, 6); /* as in the manual */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(demo_decodes_the_gadgets_reports),
			cmocka_unit_test(demo_prints_what_the_keymap_types),
			cmocka_unit_test(configuration_knows_every_edid_preset),
			cmocka_unit_test(
					configuration_knows_every_colour_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
