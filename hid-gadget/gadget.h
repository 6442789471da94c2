/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "hid-gadget/report.h"

/*
 * A target's USB gadget in configfs. Building and taking down is root's work
 * (program rackhand-gadget); finding its device nodes is not.
 *
 * Threads: any, one at a time.
 * Errors:  0 or -errno, the cause logged in words where it is known.
 */
struct hid_gadget_options {
	const char *target; /* the gadget is called rackhand-<target> */
	const char *udc;    /* NULL: the only one there is */
	const char *group;  /* gets UDC and configs/c.1; NULL: nobody */
};

/*
 * Build and bind. An own gadget that is as it should be is left alone, so
 * that its host notices nothing; any other of that name is built anew.
 */
int hid_gadget_up(const struct hid_gadget_options *options);

/* Unbind and remove, whatever state it is in; not there is success. */
int hid_gadget_down(const char *target);

/*
 * Open /dev/hidgN of one function of target's gadget, O_RDWR | O_NONBLOCK |
 * O_CLOEXEC. -ENODEV: no such gadget or not bound. Needs no privilege but
 * access to the node.
 */
int hid_gadget_open(const char *target, enum hid_function function);

#define HID_GADGET_TEXT_BYTES 64

struct hid_gadget_status {
	bool exists;
	char udc[HID_GADGET_TEXT_BYTES];  /* "": not bound */
	char host[HID_GADGET_TEXT_BYTES]; /* the UDC's state, as it says it */
	char nodes[HID_FUNCTIONS][HID_GADGET_TEXT_BYTES]; /* "": none */
};

/* What there is now; a gadget that does not exist is no error. */
int hid_gadget_get_status(const char *target, struct hid_gadget_status *status);

/*
 * Call `each` with the target of every gadget that is called rackhand-...,
 * also of those that no configuration knows any more; its first result that
 * is not 0 ends it and is returned.
 */
int hid_gadget_each(
		int (*each)(void *context, const char *target), void *context);
