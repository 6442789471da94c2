/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "capture/source.h"

/*
 * Raw frames from a file, one after another and again from the start, for
 * benchmarks and demonstrations. The file is mapped and never copied; it must
 * not be made shorter while it is played. Frame 0 is the first that whoever
 * begins to look gets.
 *
 * Its USB side reads what the operator sends and forgets it, so that a key
 * goes the way that it would go to a host.
 *
 * Threads: loop thread only.
 * Errors:  -EINVAL, -errno of the file, -ENOMEM at creation, logged.
 */
struct capture_file_options {
	const char *name; /* the target's, for log lines */
	const char *path;
	const char *format; /* V4L2's four letters: "YUYV" */
	const char *colour; /* "bt709 limited"; NULL: as of a silent device */
	uint32_t width_px;
	uint32_t height_px;
	unsigned rate;   /* frames a second; 0: as fast as they are taken */
	int keyboard_fd; /* taken; non-blocking; -1: none */
	int absolute_fd;
	int relative_fd;
};

/* What `colour` may be: 0, 1, 2 ... until NULL. */
const char *capture_file_colour_name(size_t index);

/* Would it play? -errno, and why not, with what would help, in words. */
#define CAPTURE_FILE_WHY_BYTES 256
int capture_file_check(const struct capture_file_options *options,
		char why[CAPTURE_FILE_WHY_BYTES]);

/* Strings are copied. The descriptors are taken, also on failure. */
int capture_file_create(struct capture_source **out, sd_event *event,
		const struct capture_file_options *options,
		const struct capture_handler *handler, void *context);
