/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hid-gadget/layout.h"

/*
 * Keys that are pressed together, in words: "ctrl-alt-del", "shift-f10", "win".
 * A part is a key's name or a single character, which is looked for in the
 * target's layout, so that "ctrl-a" means select all on any keyboard.
 *
 * Threads: any.
 * Errors:  -EINVAL, with what is wrong and what would be right; -ENOENT: it
 * makes sense, but the layout lacks a character.
 */
#define HID_CHORD_KEYS_MAX 8
#define HID_CHORD_TEXT_MAX 64 /* bytes */
#define HID_CHORD_WHY_BYTES 160

struct hid_chord {
	uint8_t count;
	uint8_t usages[HID_CHORD_KEYS_MAX]; /* in the order of pressing */
};

/* `text` need not end with a 0: `size` bytes of it count. */
int hid_chord_parse(struct hid_chord *chord, const char *text, size_t size,
		const struct hid_layout *layout, char why[HID_CHORD_WHY_BYTES]);
