/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

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

/* Build and bind; an own gadget that is there already is rebuilt if needed. */
int hid_gadget_up(const struct hid_gadget_options *options);

/* Unbind and remove, whatever state it is in; not there is success. */
int hid_gadget_down(const char *target);

/*
 * Open /dev/hidgN of one function of target's gadget, O_RDWR | O_NONBLOCK |
 * O_CLOEXEC. -ENODEV: no such gadget or not bound. Needs no privilege but
 * access to the node.
 */
int hid_gadget_open(const char *target, enum hid_function function);
