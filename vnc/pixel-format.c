/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/pixel-format.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

const struct vnc_pixel_format vnc_pixel_format_native = {
		.bits_per_pixel = 32,
		.depth = 24,
		.big_endian = false,
		.true_colour = true,
		.red_max = 255,
		.green_max = 255,
		.blue_max = 255,
		.red_shift = 16,
		.green_shift = 8,
		.blue_shift = 0,
};

/* A channel's bits, in place; 0 for one that no pixel can have. */
static uint32_t channel_mask(const struct vnc_pixel_format *format,
		unsigned max, unsigned shift)
{
	if (max == 0 || (max & (max + 1)) != 0) /* not 2^n - 1 */
		return 0;
	if (shift >= format->bits_per_pixel ||
			(uint64_t)max << shift >> format->bits_per_pixel != 0)
		return 0;
	return (uint32_t)max << shift;
}

static bool is_possible(const struct vnc_pixel_format *format)
{
	uint32_t red, green, blue;

	if (format->bits_per_pixel != 8 && format->bits_per_pixel != 16 &&
			format->bits_per_pixel != 32)
		return false;
	if (format->depth == 0 || format->depth > format->bits_per_pixel)
		return false;
	if (!format->true_colour) /* the colour map has 256 entries */
		return format->bits_per_pixel == 8;
	red = channel_mask(format, format->red_max, format->red_shift);
	green = channel_mask(format, format->green_max, format->green_shift);
	blue = channel_mask(format, format->blue_max, format->blue_shift);
	if (!red || !green || !blue)
		return false;
	return (red & green) == 0 && (red & blue) == 0 && (green & blue) == 0;
}

static uint16_t read_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

int vnc_pixel_format_parse(struct vnc_pixel_format *format,
		const uint8_t bytes[VNC_PIXEL_FORMAT_BYTES])
{
	struct vnc_pixel_format parsed = {
			.bits_per_pixel = bytes[0],
			.depth = bytes[1],
			.big_endian = bytes[2] != 0,
			.true_colour = bytes[3] != 0,
			.red_max = read_u16(bytes + 4),
			.green_max = read_u16(bytes + 6),
			.blue_max = read_u16(bytes + 8),
			.red_shift = bytes[10],
			.green_shift = bytes[11],
			.blue_shift = bytes[12],
	};

	if (!is_possible(&parsed))
		return -EINVAL;
	*format = parsed;
	return 0;
}

static void write_u16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

void vnc_pixel_format_write(const struct vnc_pixel_format *format,
		uint8_t bytes[VNC_PIXEL_FORMAT_BYTES])
{
	memset(bytes, 0, VNC_PIXEL_FORMAT_BYTES);
	bytes[0] = format->bits_per_pixel;
	bytes[1] = format->depth;
	bytes[2] = format->big_endian;
	bytes[3] = format->true_colour;
	write_u16(bytes + 4, format->red_max);
	write_u16(bytes + 6, format->green_max);
	write_u16(bytes + 8, format->blue_max);
	bytes[10] = format->red_shift;
	bytes[11] = format->green_shift;
	bytes[12] = format->blue_shift;
}

bool vnc_pixel_format_is_888(const struct vnc_pixel_format *format)
{
	return format->bits_per_pixel == 32 && format->depth == 24 &&
			format->true_colour && format->red_max == 255 &&
			format->green_max == 255 && format->blue_max == 255 &&
			format->red_shift % 8 == 0 &&
			format->green_shift % 8 == 0 &&
			format->blue_shift % 8 == 0;
}
