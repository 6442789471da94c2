/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Gadgets as files: small reads and writes below configfs and sysfs, and the
 * removal of a gadget in whatever state it was left. The roots are arguments,
 * so that all of it also runs on a directory of a test.
 *
 * Threads: any.
 * Errors:  0 or -errno. Nothing is logged here.
 */

struct hid_paths {
	const char *configfs; /* gadgets are below its usb_gadget */
	const char *sys;      /* sysfs */
	const char *dev;      /* device nodes */
};
extern const struct hid_paths hid_paths_system;

#define HID_PATH_BYTES 512
#define HID_VALUE_BYTES 64
#define HID_GADGET_PREFIX "rackhand-"

/* "%s/%s"-like; -ENAMETOOLONG when it does not fit. */
int hid_path_format(char path[HID_PATH_BYTES], const char *format, ...)
		__attribute__((format(printf, 2, 3)));

/* Write one attribute: the whole value in one write. */
int hid_configfs_put(const char *dir, const char *attribute, const char *value);

/* Read one attribute, without the newline; longer ones are cut. */
int hid_configfs_get(const char *dir, const char *attribute,
		char value[HID_VALUE_BYTES]);

/* Call `each` for every entry of dir; its first result that is not 0 ends it.
 * No such directory is an empty one. */
int hid_dir_each(const char *dir,
		int (*each)(void *context, int dir_fd, const struct dirent *it),
		void *context);

/* Unbind and remove a gadget by name, complete or not; not there is 0. */
int hid_configfs_remove(const struct hid_paths *paths, const char *gadget);

/*
 * Write into holder the name of the gadget that is bound to udc, except
 * `except`; false if none is.
 */
bool hid_configfs_find_holder(const struct hid_paths *paths, const char *udc,
		const char *except, char holder[HID_VALUE_BYTES]);

/*
 * The names of all UDCs, sorted, as "a, b, c"; the result is how many there
 * are or -errno. udc is the name of the first.
 */
int hid_udc_list(const struct hid_paths *paths, char list[HID_PATH_BYTES],
		char udc[HID_VALUE_BYTES]);
