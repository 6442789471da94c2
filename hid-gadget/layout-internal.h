/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "hid-gadget/layout.h"

/*
 * What the two files of the layout share, and nobody else includes:
 *   layout.c      finding strokes
 *   layout-xkb.c  making the tables from xkeyboard-config; alone knows xkb
 *
 * Threads: any, one at a time. Errors: 0 or -errno.
 */

#define HID_SHIFTERS 3
#define HID_LAYOUT_ENTRIES_MAX 8192

struct hid_layout_entry {
	uint32_t character;
	uint32_t keysym;
	struct hid_strokes strokes;
};

struct hid_layout_list_of {
	struct hid_layout_entry *entries;
	size_t count;
};

struct hid_layout {
	char name[HID_LAYOUT_NAME_BYTES];
	char variant[HID_LAYOUT_NAME_BYTES];
	uint8_t shifters[HID_SHIFTERS];       /* 0: it has no such key */
	struct hid_stroke caps_lock;          /* usage 0: there is none */
	struct hid_layout_list_of characters; /* sorted once it is built */
	struct hid_layout_list_of dead;       /* by keysym */
};

/* One more, unless there is one of that character; of dead keys, keysym. */
int hid_layout_add(struct hid_layout_list_of *list,
		const struct hid_layout_entry *entry);

int hid_layout_fill_from_xkb(struct hid_layout *layout,
		const struct hid_layout_paths *paths,
		char why[HID_LAYOUT_WHY_BYTES]);

/* The Unicode character of a keysym; 0: it has none. */
uint32_t hid_layout_character_of(uint32_t keysym);
