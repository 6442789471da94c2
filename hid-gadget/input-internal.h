/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "hid-gadget/device.h"
#include "hid-gadget/input.h"

/*
 * hid_input_create with the system calls of the caller's choice, for tests
 * that need a host which is off at an exact moment. `io` must outlive *out.
 *
 * Threads: loop thread only. Errors: as hid_input_create.
 */
int hid_input_create_with(struct hid_input **out, sd_event *event,
		const char *name, const struct hid_input_handler *handler,
		void *context, const struct hid_io *io);

/* A host that reads nothing for so long is called sleeping. */
#define HID_SLEEP_US UINT64_C(200000)
