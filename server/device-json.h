/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "capture/source.h"
#include "hid-gadget/input.h"

/*
 * What the status for people and the interface for machines both tell of a
 * target's devices; each adds members of its own.
 *
 * Threads: loop thread only.
 * Errors:  NULL: memory is short.
 */

/* "state", "detail", "since_s", "width", "height", "format". */
json_t *server_device_describe_signal(const struct capture_status *status);

/* "state", and the lit "leds" by their names. */
json_t *server_device_describe_usb(const struct hid_input *input);
