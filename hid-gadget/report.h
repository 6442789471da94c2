/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The reports that the target's USB host reads from our gadget, and the
 * descriptors that announce them. Plain data; nothing here has state.
 *
 * Source: Device Class Definition for HID 1.11, appendix B (boot interface)
 * and HID Usage Tables 1.12.
 */

enum hid_function {
	HID_FUNCTION_KEYBOARD, /* boot keyboard, subclass 1 protocol 1 */
	HID_FUNCTION_ABSOLUTE, /* absolute pointer, subclass 0 protocol 0 */
	HID_FUNCTION_RELATIVE, /* boot mouse, subclass 1 protocol 2 */
	HID_FUNCTIONS
};

/* Modifiers bits, 0, six usages. LEDs come back as one byte. */
#define HID_KEYBOARD_REPORT_BYTES 8
#define HID_KEYBOARD_KEYS 6

/*
 * Buttons (bit 0 left, 1 right, 2 middle, 3 back, 4 forward, 5 to 7 spare),
 * X and Y as little-endian 16 bit from 0 to HID_ABSOLUTE_MAX, wheel and
 * horizontal wheel as signed 8 bit steps (up and right are positive).
 */
#define HID_ABSOLUTE_REPORT_BYTES 7
#define HID_ABSOLUTE_MAX 32767

/* Buttons as above, X, Y and wheel as signed 8 bit: usable as a boot mouse. */
#define HID_RELATIVE_REPORT_BYTES 4

/* LED bits of the keyboard's output report. */
#define HID_LED_NUM_LOCK 0x01
#define HID_LED_CAPS_LOCK 0x02
#define HID_LED_SCROLL_LOCK 0x04

struct hid_function_layout {
	const char *instance; /* configfs: functions/hid.<instance> */
	uint8_t subclass;
	uint8_t protocol;
	uint16_t report_bytes; /* IN reports, exact */
	const uint8_t *descriptor;
	size_t descriptor_bytes;
};

/* The layout of each function, indexed by enum hid_function. */
extern const struct hid_function_layout hid_function_layouts[HID_FUNCTIONS];
