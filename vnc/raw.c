/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/raw.h"

#include <string.h>

#include "video/convert.h"
#include "vnc/rect-header.h"

#define PIXEL_BYTES 4

/* Which byte of a pixel in memory holds the bits that start at `shift`. */
static unsigned byte_of(const struct vnc_pixel_format *format, uint8_t shift)
{
	return format->big_endian ? 3U - shift / 8U : shift / 8U;
}

static void reorder(uint8_t *pixels, size_t pixels_n,
		const struct vnc_pixel_format *format)
{
	const unsigned blue = byte_of(format, format->blue_shift);
	const unsigned green = byte_of(format, format->green_shift);
	const unsigned red = byte_of(format, format->red_shift);

	if (blue == 0 && green == 1 && red == 2)
		return;
	for (size_t i = 0; i < pixels_n; i++) {
		uint8_t *pixel = pixels + i * PIXEL_BYTES;
		uint8_t ordered[PIXEL_BYTES] = {0};

		ordered[blue] = pixel[0];
		ordered[green] = pixel[1];
		ordered[red] = pixel[2];
		memcpy(pixel, ordered, sizeof(ordered));
	}
}

int vnc_raw_encode(const struct video_frame *frame,
		const struct video_rect *rect,
		const struct vnc_pixel_format *format,
		struct vnc_encoded *encoded)
{
	const size_t pixels_n = (size_t)rect->width_px * rect->height_px;
	uint8_t *pixels;
	int rc;

	*encoded = (struct vnc_encoded){.rects = 1};
	rc = core_bytes_create(&encoded->bytes,
			VNC_RECT_HEADER_BYTES + pixels_n * PIXEL_BYTES);
	if (rc < 0)
		return rc;
	vnc_rect_header_write(encoded->bytes->data, rect, VNC_ENCODING_RAW);
	pixels = encoded->bytes->data + VNC_RECT_HEADER_BYTES;
	video_convert_bgrx(frame, rect, pixels,
			(size_t)rect->width_px * PIXEL_BYTES);
	reorder(pixels, pixels_n, format);
	return 0;
}
