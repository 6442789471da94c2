/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/report.h"

#include <assert.h>

/*
 * The boot keyboard of HID 1.11 appendix B.1, with all usages up to 255: the
 * international keys (0x87 and up) lie above the 101 of the appendix. A
 * maximum of 255 takes two bytes, since one byte would be read as -1.
 */
static const uint8_t keyboard_descriptor[] = {
		0x05, 0x01,       /* usage page: generic desktop */
		0x09, 0x06,       /* usage: keyboard */
		0xa1, 0x01,       /* collection: application */
		0x05, 0x07,       /* usage page: keyboard */
		0x19, 0xe0,       /* usage minimum: left control */
		0x29, 0xe7,       /* usage maximum: right GUI */
		0x15, 0x00,       /* logical minimum: 0 */
		0x25, 0x01,       /* logical maximum: 1 */
		0x75, 0x01,       /* report size: 1 */
		0x95, 0x08,       /* report count: 8 */
		0x81, 0x02,       /* input: data, variable, absolute */
		0x75, 0x08,       /* report size: 8 */
		0x95, 0x01,       /* report count: 1 */
		0x81, 0x01,       /* input: constant */
		0x05, 0x08,       /* usage page: LEDs */
		0x19, 0x01,       /* usage minimum: num lock */
		0x29, 0x05,       /* usage maximum: kana */
		0x75, 0x01,       /* report size: 1 */
		0x95, 0x05,       /* report count: 5 */
		0x91, 0x02,       /* output: data, variable, absolute */
		0x75, 0x03,       /* report size: 3 */
		0x95, 0x01,       /* report count: 1 */
		0x91, 0x01,       /* output: constant */
		0x05, 0x07,       /* usage page: keyboard */
		0x19, 0x00,       /* usage minimum: 0 */
		0x2a, 0xff, 0x00, /* usage maximum: 255 */
		0x26, 0xff, 0x00, /* logical maximum: 255 */
		0x75, 0x08,       /* report size: 8 */
		0x95, 0x06,       /* report count: 6 */
		0x81, 0x00,       /* input: data, array */
		0xc0,             /* end collection */
};

/*
 * A mouse with absolute axes. It must not claim the boot protocol: firmware
 * would read its bytes as a boot mouse's relative ones.
 */
static const uint8_t absolute_descriptor[] = {
		0x05, 0x01,       /* usage page: generic desktop */
		0x09, 0x02,       /* usage: mouse */
		0xa1, 0x01,       /* collection: application */
		0x09, 0x01,       /* usage: pointer */
		0xa1, 0x00,       /* collection: physical */
		0x05, 0x09,       /* usage page: button */
		0x19, 0x01,       /* usage minimum: 1 */
		0x29, 0x08,       /* usage maximum: 8 */
		0x15, 0x00,       /* logical minimum: 0 */
		0x25, 0x01,       /* logical maximum: 1 */
		0x75, 0x01,       /* report size: 1 */
		0x95, 0x08,       /* report count: 8 */
		0x81, 0x02,       /* input: data, variable, absolute */
		0x05, 0x01,       /* usage page: generic desktop */
		0x09, 0x30,       /* usage: X */
		0x09, 0x31,       /* usage: Y */
		0x16, 0x00, 0x00, /* logical minimum: 0 */
		0x26, 0xff, 0x7f, /* logical maximum: HID_ABSOLUTE_MAX */
		0x75, 0x10,       /* report size: 16 */
		0x95, 0x02,       /* report count: 2 */
		0x81, 0x02,       /* input: data, variable, absolute */
		0x09, 0x38,       /* usage: wheel */
		0x15, 0x81,       /* logical minimum: -127 */
		0x25, 0x7f,       /* logical maximum: 127 */
		0x75, 0x08,       /* report size: 8 */
		0x95, 0x01,       /* report count: 1 */
		0x81, 0x06,       /* input: data, variable, relative */
		0x05, 0x0c,       /* usage page: consumer */
		0x0a, 0x38, 0x02, /* usage: AC pan */
		0x81, 0x06,       /* input: data, variable, relative */
		0xc0,             /* end collection */
		0xc0,             /* end collection */
};

/* HID 1.11 appendix B.2, and a wheel, which the boot protocol ignores. */
static const uint8_t relative_descriptor[] = {
		0x05, 0x01, /* usage page: generic desktop */
		0x09, 0x02, /* usage: mouse */
		0xa1, 0x01, /* collection: application */
		0x09, 0x01, /* usage: pointer */
		0xa1, 0x00, /* collection: physical */
		0x05, 0x09, /* usage page: button */
		0x19, 0x01, /* usage minimum: 1 */
		0x29, 0x08, /* usage maximum: 8 */
		0x15, 0x00, /* logical minimum: 0 */
		0x25, 0x01, /* logical maximum: 1 */
		0x75, 0x01, /* report size: 1 */
		0x95, 0x08, /* report count: 8 */
		0x81, 0x02, /* input: data, variable, absolute */
		0x05, 0x01, /* usage page: generic desktop */
		0x09, 0x30, /* usage: X */
		0x09, 0x31, /* usage: Y */
		0x09, 0x38, /* usage: wheel */
		0x15, 0x81, /* logical minimum: -127 */
		0x25, 0x7f, /* logical maximum: 127 */
		0x75, 0x08, /* report size: 8 */
		0x95, 0x03, /* report count: 3 */
		0x81, 0x06, /* input: data, variable, relative */
		0xc0,       /* end collection */
		0xc0,       /* end collection */
};

const struct hid_function_layout hid_function_layouts[] = {
		[HID_FUNCTION_KEYBOARD] =
				{
						.instance = "keyboard",
						.subclass = 1,
						.protocol = 1,
						.report_bytes = HID_KEYBOARD_REPORT_BYTES,
						.descriptor = keyboard_descriptor,
						.descriptor_bytes = sizeof(
								keyboard_descriptor),
				},
		[HID_FUNCTION_ABSOLUTE] =
				{
						.instance = "absolute",
						.subclass = 0,
						.protocol = 0,
						.report_bytes = HID_ABSOLUTE_REPORT_BYTES,
						.descriptor = absolute_descriptor,
						.descriptor_bytes = sizeof(
								absolute_descriptor),
				},
		[HID_FUNCTION_RELATIVE] =
				{
						.instance = "relative",
						.subclass = 1,
						.protocol = 2,
						.report_bytes = HID_RELATIVE_REPORT_BYTES,
						.descriptor = relative_descriptor,
						.descriptor_bytes = sizeof(
								relative_descriptor),
				},
};
static_assert(sizeof(hid_function_layouts) / sizeof(hid_function_layouts[0]) ==
				HID_FUNCTIONS,
		"each function has a layout");
static_assert(HID_KEYBOARD_REPORT_BYTES == 2 + HID_KEYBOARD_KEYS,
		"modifiers, a reserved byte, and the keys");
