/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "hid-gadget/configfs.h"
#include "hid-gadget/gadget.h"

/*
 * The parts of gadget.h, with the roots of configfs, sysfs and devices as an
 * argument. Only hid_gadget_build needs a real configfs, since libusbgx does.
 *
 * Threads: any, one at a time.
 * Errors:  0 or -errno, the cause logged in words.
 */

#define HID_GADGET_VENDOR 0x1d6b  /* Linux Foundation */
#define HID_GADGET_PRODUCT 0x0104 /* multifunction composite gadget */
#define HID_GADGET_RELEASE 0x0100
#define HID_GADGET_ATTRIBUTES 0xa0 /* bus powered, remote wake-up */
#define HID_GADGET_POWER_MA 250
#define HID_GADGET_LANGUAGE 0x409 /* English (US) */
#define HID_GADGET_MANUFACTURER "rackhand"
#define HID_GADGET_MODEL "rackhand keyboard and pointer"
#define HID_GADGET_CONFIG "c.1"

#define HID_SERIAL_BYTES 17

struct hid_gadget_plan {
	const char *target;
	char name[HID_VALUE_BYTES]; /* below usb_gadget */
	char dir[HID_PATH_BYTES];
	char udc[HID_VALUE_BYTES];
	char serial[HID_SERIAL_BYTES];
};

/* Check what is there and choose the UDC; changes nothing. */
int hid_gadget_plan(struct hid_gadget_plan *plan, const struct hid_paths *paths,
		const struct hid_gadget_options *options);

/* The gadget is there, bound, and in every attribute as planned. */
bool hid_gadget_matches(const struct hid_gadget_plan *plan);

/*
 * Create all of it, bound; nothing of that name may be there. What is built
 * when it fails is left to the caller to remove.
 */
int hid_gadget_build(const struct hid_paths *paths,
		const struct hid_gadget_plan *plan);

/* Bytes that tell targets of one machine, and machines, from each other. */
void hid_gadget_serial(char serial[HID_SERIAL_BYTES], const char *target);

int hid_gadget_remove_at(const struct hid_paths *paths, const char *target);
int hid_gadget_open_at(const struct hid_paths *paths, const char *target,
		enum hid_function function);
int hid_gadget_get_status_at(const struct hid_paths *paths, const char *target,
		struct hid_gadget_status *status);
int hid_gadget_each_at(const struct hid_paths *paths,
		int (*each)(void *context, const char *target), void *context);
