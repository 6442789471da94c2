/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * PIXEL_FORMAT of RFC 6143, section 7.4, 16 bytes on the wire.
 *
 * Threads: any. Errors: 0 or -EINVAL for a format that no pixel can have.
 */
#define VNC_PIXEL_FORMAT_BYTES 16

struct vnc_pixel_format {
	uint8_t bits_per_pixel;
	uint8_t depth;
	bool big_endian;
	bool true_colour;
	uint16_t red_max;
	uint16_t green_max;
	uint16_t blue_max;
	uint8_t red_shift;
	uint8_t green_shift;
	uint8_t blue_shift;
};

/* What we announce in ServerInit: 32 bit, bytes B G R x in memory. */
extern const struct vnc_pixel_format vnc_pixel_format_native;

int vnc_pixel_format_parse(struct vnc_pixel_format *format,
		const uint8_t bytes[VNC_PIXEL_FORMAT_BYTES]);
void vnc_pixel_format_write(const struct vnc_pixel_format *format,
		uint8_t bytes[VNC_PIXEL_FORMAT_BYTES]);

/*
 * 32 bits with three whole bytes for red, green and blue, in any order, and a
 * depth that says so: with another one Tight's pixels have all four bytes.
 */
bool vnc_pixel_format_is_888(const struct vnc_pixel_format *format);
