/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A keyboard layout of the target's, the other way round: which keys make a
 * character. Layouts are those of xkeyboard-config, by its names; what dead
 * keys make is in Xlib's Compose file. The layout "us" without a variant needs
 * neither of them and is always there.
 *
 * The layout is plain data once it is built and never changes. Whoever creates
 * it owns it.
 *
 * Threads: creating takes up to a tenth of a second, so it is a worker's
 *          work; everything else any.
 * Errors:  0 or -errno, with words; nothing is logged here.
 */
struct hid_layout;

#define HID_LAYOUT_NAME_BYTES 33 /* with the 0 */
#define HID_LAYOUT_WHY_BYTES 160
#define HID_HOLDS_MAX 3
#define HID_STROKES_MAX 3

/* One key, pressed while others are held. */
struct hid_stroke {
	uint8_t usage;
	uint8_t holds[HID_HOLDS_MAX]; /* usages, in this order; 0: no more */
	bool caps; /* while Caps Lock is on it needs Shift the other way */
};

/* More than one where dead keys come first. */
struct hid_strokes {
	uint8_t count;
	struct hid_stroke strokes[HID_STROKES_MAX];
};

/* Where the data of others are, so that tests can be without. */
struct hid_layout_paths {
	const char *xkb;     /* the folder of xkeyboard-config */
	const char *compose; /* a Compose file */
};
extern const struct hid_layout_paths hid_layout_paths_system;

/*
 * `variant` "" is the layout's own. -EINVAL: no such name can be; -ENOENT:
 * there is none of that name, or no data at all. Without a Compose file there
 * is a layout, without what dead keys make. `why` says what failed.
 */
int hid_layout_create(struct hid_layout **out, const char *layout,
		const char *variant, const struct hid_layout_paths *paths,
		char why[HID_LAYOUT_WHY_BYTES]);

/*
 * Whether the data are there. -ENOENT: something is not, and `why` says what is
 * lost by that and which package has it.
 */
int hid_layout_check_data(const struct hid_layout_paths *paths,
		char why[HID_LAYOUT_WHY_BYTES]);

/* NULL is allowed. */
void hid_layout_destroy(struct hid_layout *layout);

const char *hid_layout_get_name(const struct hid_layout *layout);
const char *hid_layout_get_variant(const struct hid_layout *layout);

/*
 * How to type a character (Unicode). Newline and tab are the keys Enter and
 * Tab. False: this layout cannot.
 */
bool hid_layout_find(const struct hid_layout *layout, uint32_t character,
		struct hid_strokes *strokes);

/* The same of an X keysym that is a character, or a dead key as such. */
bool hid_layout_find_keysym(const struct hid_layout *layout, uint32_t keysym,
		struct hid_strokes *strokes);

/* What puts Caps Lock on and off; false: the layout has nothing for it. */
bool hid_layout_get_caps_lock(
		const struct hid_layout *layout, struct hid_stroke *stroke);

/* A key that other keys' characters depend on: Shift, AltGr and the like. */
bool hid_layout_is_shifter(const struct hid_layout *layout, uint8_t usage);

/* Letters, digits, "_" and "-", at most HID_LAYOUT_NAME_BYTES - 1. */
bool hid_layout_name_is_valid(const char *name);
