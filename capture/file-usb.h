/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

#include "capture/file.h"

/*
 * The USB side of a file: a host that reads every report at once and forgets
 * it. Owns the descriptors.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation. A device that goes away is unplugged.
 */
struct capture_file_usb;

/* The descriptors are taken, also on failure. */
int capture_file_usb_create(struct capture_file_usb **out, sd_event *event,
		const struct capture_file_options *options);

/* NULL is allowed. */
void capture_file_usb_destroy(struct capture_file_usb *usb);
