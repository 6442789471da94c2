/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vnc/encoder.h"
#include "vnc/fallback.h"
#include "vnc/pixel-format.h"
#include "vnc/rfb-read.h"

/*
 * What a viewer can take, as its last SetEncodings says.
 *
 * Threads: any. Errors: none: numbers that we don't know are passed over.
 */
struct vnc_capabilities {
	bool tight;
	bool copy_rect;
	int quality_level; /* 0 to 9; -1: it must not get JPEG */
	bool desktop_size;
	bool extended_desktop_size;
	bool desktop_name;
	bool cursor;
	bool qemu_key;
	bool qemu_leds;
	bool vmware_leds;
	bool extended_buttons;
	bool fence;
	bool continuous_updates;
	/* Those that the fallback knows, with levels, in the viewer's order. */
	int32_t fallback[VNC_FALLBACK_ENCODINGS_MAX];
	size_t fallback_n;
	int32_t preferred; /* the first of them that encodes; else Raw */
};

/* Of a viewer that has not said anything yet: Raw is for everybody. */
void vnc_capabilities_init(struct vnc_capabilities *capabilities);

/* Replaces everything by what a SetEncodings message lists. */
void vnc_capabilities_read(struct vnc_capabilities *capabilities,
		const struct vnc_message *message);

/* Who makes the pictures for such a viewer. */
enum vnc_way { VNC_WAY_ENCODER, VNC_WAY_FALLBACK };

/* *class_ is filled in for VNC_WAY_ENCODER. */
enum vnc_way vnc_capabilities_choose(
		const struct vnc_capabilities *capabilities,
		const struct vnc_pixel_format *format,
		struct vnc_class *class_);

/* "tight q6", "tight lossless", "zrle", "raw" ... for people. */
#define VNC_ENCODING_TEXT_BYTES 32
void vnc_capabilities_describe(const struct vnc_capabilities *capabilities,
		const struct vnc_pixel_format *format,
		char text[VNC_ENCODING_TEXT_BYTES]);
