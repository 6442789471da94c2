/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The keyboards that can be plugged into the demo computer: what is printed on
 * their keys, and what its dead keys make. Characters are those of Latin-1,
 * but for the euro sign, which has the place of the currency sign.
 *
 * Data only. Threads: any. Errors: none.
 */
#define CAPTURE_EURO 0xa4

struct capture_layout;

/* NULL: there is none of that name. */
const struct capture_layout *capture_layout_find(const char *name);

/* NULL after the last; the first is "us". */
const char *capture_layout_name(size_t index);

/* What a key makes, or is a dead key for. 0: nothing. */
struct capture_character {
	uint8_t character;
	bool dead;
};

/* `caps`: Caps Lock is on. `altgr` is the right Alt key. */
struct capture_character capture_layout_get(const struct capture_layout *layout,
		uint8_t usage, bool shift, bool altgr, bool caps);

/* Whether the right Alt key is for characters. */
bool capture_layout_has_altgr(const struct capture_layout *layout);

/* A dead key's character and the next one, together. 0: they make none. */
uint8_t capture_layout_compose(uint8_t dead, uint8_t character);
