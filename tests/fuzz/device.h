/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "capture/v4l2-device.h"
#include "tests/fuzz/fuzz.h"

/*
 * A capture device behind the table of system calls of capture/v4l2-device.h.
 * It answers as an honest one would, unless the input overwrites a part of an
 * answer or makes a call fail; what it maps ends where the driver said it does,
 * and reading beyond that is a finding.
 */
#define FUZZ_REQUESTS 21
#define FUZZ_OVER_BYTES 64
#define FUZZ_BUFFERS 16
#define FUZZ_MAPS 64
#define FUZZ_MAP_MAX_BYTES (1 << 20)

struct fuzz_over {
	uint16_t at;
	uint8_t size; /* 0: nothing is overwritten */
	uint8_t bytes[FUZZ_OVER_BYTES];
};

struct fuzz_map {
	uint8_t *address; /* NULL: none */
	size_t length;
	size_t whole; /* pages, with the one behind them that none may touch */
	bool mapped;
	bool abandoned; /* it is a frame's own, and its reader's to unmap */
};

struct fuzz_device {
	struct capture_io io;
	bool multiplanar;
	bool timed;
	bool present;
	uint32_t fourcc; /* that it is set to */
	uint32_t offers[4];
	uint32_t width_px, height_px;
	unsigned events;
	struct fuzz_over over[FUZZ_REQUESTS];
	int rc[FUZZ_REQUESTS]; /* of the next calls, so many times */
	uint8_t times[FUZZ_REQUESTS];
	uint32_t buffers;
	bool queued[FUZZ_BUFFERS];
	bool streaming;
	unsigned ready; /* buffers that are filled: */
	uint32_t index, bytes, data_offset;
	uint32_t flags;
	unsigned fds;
	int end; /* a descriptor that never says anything */
	size_t maps_n;
	struct fuzz_map maps[FUZZ_MAPS];
};

void fuzz_device_init(struct fuzz_device *device);

/* Nothing is open or mapped any more but what was abandoned. */
void fuzz_device_finish(struct fuzz_device *device);

/* Overwrite a part of what a call answers from now on. */
void fuzz_device_overwrite(
		struct fuzz_device *device, struct fuzz_input *input);

/* Make a call fail a few times. */
void fuzz_device_fail(struct fuzz_device *device, struct fuzz_input *input);

/* Bytes into the memory of all buffers, over and over. */
void fuzz_device_fill(struct fuzz_device *device, struct fuzz_input *input);
