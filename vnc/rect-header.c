/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/rect-header.h"

static uint8_t *put_u16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
	return bytes + 2;
}

void vnc_rect_header_write(uint8_t bytes[VNC_RECT_HEADER_BYTES],
		const struct video_rect *rect, int32_t encoding)
{
	bytes = put_u16(bytes, rect->x_px);
	bytes = put_u16(bytes, rect->y_px);
	bytes = put_u16(bytes, rect->width_px);
	bytes = put_u16(bytes, rect->height_px);
	bytes = put_u16(bytes, (uint32_t)encoding >> 16);
	put_u16(bytes, (uint32_t)encoding);
}
