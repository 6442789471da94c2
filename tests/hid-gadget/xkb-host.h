/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hid-gadget/layout.h"

/*
 * A computer with a keyboard layout, as libxkbcommon is meant to be used: keys
 * go in by their HID usages, characters come out. Of our own code it shares
 * nothing.
 *
 * Threads: one. Errors: a failed assertion.
 */
struct xkb_host;

struct xkb_host *xkb_host_new(const char *layout, const char *variant);
void xkb_host_free(struct xkb_host *host);

/* The LED of Caps Lock is on. */
bool xkb_host_caps_is_on(const struct xkb_host *host);

/* Everything that the strokes type; 0 if it is not exactly one character. */
uint32_t xkb_host_type(
		struct xkb_host *host, const struct hid_strokes *strokes);

/* Calls `each` with every character that one key makes, with at most Shift and
 * AltGr held. */
void xkb_host_each(struct xkb_host *host,
		void (*each)(void *context, uint32_t character), void *context);
