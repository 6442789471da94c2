/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/videodev2.h>

/*
 * An open V4L2 capture node, with the subdevice that may speak for its HDMI
 * receiver, and the place where to find it again after it has vanished.
 *
 * The system calls go through a small table, so that tests can put a device
 * of their own behind it.
 *
 * Threads: loop thread only.
 * Errors:  -errno of the system call; -ENOTSUP for what is no capture device,
 *          -EEXIST for a device that is not the one that was opened first.
 */
struct capture_io {
	void *context;
	int (*open)(void *context, const char *path); /* fd or -errno */
	void (*close)(void *context, int fd);
	int (*control)(void *context, int fd, unsigned long request,
			void *argument); /* 0 or -errno */
	int (*map)(void *context, int fd, size_t length, int64_t offset,
			void **out); /* 0 or -errno */
	void (*unmap)(void *context, void *address, size_t length);
};

extern const struct capture_io capture_io_kernel;

/* What tells one device from another, also under a new number. */
struct capture_identity {
	bool known;
	uint8_t driver[16];
	uint8_t card[32];
	uint8_t bus_info[32];
};

/* Where to look. Strings are borrowed. */
struct capture_place {
	const struct capture_io *io;
	const char *device;
	const char *subdevice;            /* NULL: none */
	const char *folder;               /* of device nodes: "/dev" */
	struct capture_identity identity; /* of the device opened before */
	uint64_t searched; /* fingerprint of the folder when last searched */
};

struct capture_device {
	const struct capture_io *io;
	int fd;               /* -1: closed */
	int subdevice_fd;     /* -1: none */
	uint32_t buffer_type; /* single- or multi-planar capture */
	uint32_t input;
	char input_name[33];
};

#define CAPTURE_DETAIL_BYTES 160

void capture_device_init(struct capture_device *device);

/*
 * Open what stands at `place`. A device node with a number in its name is no
 * stable name: when another device stands there, or none, the one that was
 * opened before is looked for under all numbers. `detail` says on failure what
 * was wrong, in words.
 */
int capture_device_open(struct capture_device *device,
		struct capture_place *place, char detail[CAPTURE_DETAIL_BYTES]);

/* Closed ones are allowed. */
void capture_device_close(struct capture_device *device);

bool capture_device_is_multiplanar(const struct capture_device *device);

int capture_device_control(const struct capture_device *device,
		unsigned long request, void *argument);

/* To the subdevice, if there is one: timings, EDID and events. */
int capture_device_receiver_control(const struct capture_device *device,
		unsigned long request, void *argument);

/* The receiver's pad or input for EDID and events. */
uint32_t capture_device_receiver_pad(const struct capture_device *device);
