/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "vnc/capabilities.h"
#include "vnc/rfb-write.h"

/*
 * What a viewer is still to be told with pseudo rectangles beside pictures:
 * the desktop's name, that the pointer is part of the picture, that we
 * understand its longer key and pointer events, and the LEDs.
 *
 * Threads: any. Errors: none.
 */
struct vnc_pseudo {
	unsigned due;     /* a bit for each kind */
	unsigned told;    /* the same */
	const char *name; /* borrowed; may change */
	bool leds_known;
	uint8_t leds; /* in HID's order */
};

void vnc_pseudo_init(struct vnc_pseudo *pseudo, const char *name);

/* The viewer listed what it can take. */
void vnc_pseudo_note_capabilities(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities);
void vnc_pseudo_name_changed(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities);
void vnc_pseudo_set_leds(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities, uint8_t leds);

/* Write the rectangles that are due and return how many. */
uint32_t vnc_pseudo_write(struct vnc_pseudo *pseudo,
		const struct vnc_capabilities *capabilities,
		struct vnc_writer *writer);

/* Whether the viewer was told that it may send longer pointer events. */
bool vnc_pseudo_told_extended_buttons(const struct vnc_pseudo *pseudo);
