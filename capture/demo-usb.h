/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "capture/demo.h"

/*
 * The USB side of the demo computer: what a host does with the reports of a
 * keyboard, an absolute and a relative pointer. It repeats a key that is
 * held, as hosts do, and writes the keyboard's LED report.
 *
 * Owns the three descriptors.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation. A device that goes away is unplugged: its
 *          keys and buttons are up from then on.
 */
struct capture_demo_usb;

/* The layouts, as in hid-gadget/report.h. */
#define CAPTURE_KEYBOARD_REPORT_BYTES 8
#define CAPTURE_ABSOLUTE_REPORT_BYTES 7
#define CAPTURE_RELATIVE_REPORT_BYTES 4

struct capture_demo_usb_handler {
	/* As capture_computer_press, _point and _move. */
	void (*press)(void *context, uint8_t usage, uint8_t modifiers,
			bool repeated);
	void (*point)(void *context, uint16_t x, uint16_t y, uint8_t buttons,
			int wheel, int horizontal_wheel);
	void (*move)(void *context, int dx, int dy, uint8_t buttons, int wheel);
};

/* The descriptors are taken, also on failure. */
int capture_demo_usb_create(struct capture_demo_usb **out, sd_event *event,
		const struct capture_demo_options *options,
		const struct capture_demo_usb_handler *handler, void *context);

/* NULL is allowed. */
void capture_demo_usb_destroy(struct capture_demo_usb *usb);

/* Written if they differ from the last, and the first time. */
void capture_demo_usb_set_leds(struct capture_demo_usb *usb, uint8_t leds);
