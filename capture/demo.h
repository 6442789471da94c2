/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

#include "capture/source.h"

/*
 * A small synthetic computer: a text screen with a prompt that obeys the HID
 * reports sent to it. It needs no hardware.
 *
 * Its USB side is three descriptors of type SOCK_SEQPACKET, one per HID
 * function, on which it behaves as the host of a gadget would: each packet
 * read is one report (keyboard 8 bytes; absolute and relative pointer as in
 * hid-gadget/report.h, which this folder must not include: the layouts are
 * repeated in demo-usb.c and a test in tests/server compares them), and a LED
 * report of one byte is written to the keyboard's when the locks change, and
 * once at the start.
 */
struct capture_demo_options {
	const char *name;     /* the target's: in log lines and the prompt */
	const char *keyboard; /* one of its layouts; NULL or another: "us" */
	int keyboard_fd;      /* taken; non-blocking; -1: none */
	int absolute_fd;
	int relative_fd;
};

int capture_demo_create(struct capture_source **out, sd_event *event,
		const struct capture_demo_options *options,
		const struct capture_handler *handler, void *context);
