/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "vnc/rfb-read.h"
#include "vnc/server.h"

/*
 * From a viewer's pointer events to what the target's pointer is to do: the
 * wheel, which RFB sends as buttons, becomes steps.
 *
 * Threads: any. Errors: none.
 */
struct vnc_input {
	uint16_t mask; /* of the event before */
};

/* `width_px`, `height_px`: the size that the viewer believes in; not 0. */
void vnc_input_translate(struct vnc_input *input,
		const struct vnc_message *message, uint32_t width_px,
		uint32_t height_px, struct vnc_pointer *pointer);

/* LED bits of HID order (Num, Caps, Scroll) in RFB's (Scroll, Num, Caps). */
uint8_t vnc_input_leds_to_rfb(uint8_t hid_leds);
