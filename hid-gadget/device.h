/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "hid-gadget/report.h"

/*
 * One /dev/hidgN: opened, watched, written to and read from, and opened again
 * when it is gone. It owns the descriptor and knows nothing of what the
 * reports mean. The kernel has room for one report; until the host has read
 * it the next write says -EAGAIN. Only hid-gadget/ uses it.
 *
 * While something is wrong the node is looked up again after 50 ms, doubled
 * up to 1 s: a gadget that was rebuilt has new nodes, and the old descriptor
 * of one that was removed never works again.
 *
 * Threads: loop thread only. No call blocks, and no callback runs inside
 * hid_device_create. Callbacks must not destroy the device.
 * Errors:  0 or -errno.
 */
struct hid_device;

struct hid_device_handler {
	int (*open)(void *context, enum hid_function function);
	/*
	 * A report may be written. `fresh`: the node is a new one, its host
	 * knows nothing of what was written before.
	 */
	void (*ready)(void *context, enum hid_function function, bool fresh);
	/* There is no node any more, for the reason rc. */
	void (*lost)(void *context, enum hid_function function, int rc);
	/* The output report of a keyboard; at most 50 a second. */
	void (*leds)(void *context, uint8_t leds);
};

/* The two system calls that matter, so that tests can make them fail. */
struct hid_io {
	ssize_t (*read)(int fd, void *buffer, size_t size);
	ssize_t (*write)(int fd, const void *buffer, size_t size);
};
extern const struct hid_io hid_io_system;

int hid_device_create(struct hid_device **out, sd_event *event,
		const char *name, enum hid_function function,
		const struct hid_device_handler *handler, void *context,
		const struct hid_io *io);

/* NULL is allowed. */
void hid_device_destroy(struct hid_device *device);

/*
 * Write one report of the function's exact length. -EAGAIN: the host has not
 * read the one before; `ready` follows. -ENODEV: not open. Anything else: it
 * does not work now; `ready` follows when it may work again.
 */
int hid_device_write(struct hid_device *device, const uint8_t *report);

/* Another function of the gadget failed: find out whether this one works. */
void hid_device_doubt(struct hid_device *device);

bool hid_device_is_open(const struct hid_device *device);

/* The host has read the last report; waits at most timeout_ms for it. */
bool hid_device_is_writable(const struct hid_device *device, int timeout_ms);
