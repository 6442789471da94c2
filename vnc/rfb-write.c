/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/rfb-write.h"

#include <assert.h>
#include <string.h>

/* libvncclient takes a screen without a number for no screen. */
#define THE_SCREEN_ID 1

void vnc_write_bytes(struct vnc_writer *writer, const void *bytes, size_t size)
{
	assert(size <= sizeof(writer->bytes) - writer->used);
	if (size > 0)
		memcpy(writer->bytes + writer->used, bytes, size);
	writer->used += size;
}

void vnc_write_u8(struct vnc_writer *writer, uint8_t value)
{
	vnc_write_bytes(writer, &value, 1);
}

void vnc_write_u16(struct vnc_writer *writer, uint32_t value)
{
	assert(value <= UINT16_MAX);
	vnc_write_u8(writer, (uint8_t)(value >> 8));
	vnc_write_u8(writer, (uint8_t)value);
}

void vnc_write_u32(struct vnc_writer *writer, uint32_t value)
{
	vnc_write_u16(writer, value >> 16);
	vnc_write_u16(writer, value & 0xffff);
}

void vnc_write_text(struct vnc_writer *writer, const char *text)
{
	size_t length = strnlen(text, VNC_TEXT_MAX_BYTES);

	vnc_write_u32(writer, (uint32_t)length);
	vnc_write_bytes(writer, text, length);
}

void vnc_write_update_head(struct vnc_writer *writer, uint32_t rects)
{
	vnc_write_u16(writer, 0); /* FramebufferUpdate, padding */
	vnc_write_u16(writer, rects);
}

void vnc_write_rect_head(struct vnc_writer *writer, uint32_t x, uint32_t y,
		uint32_t width, uint32_t height, int32_t encoding)
{
	vnc_write_u16(writer, x);
	vnc_write_u16(writer, y);
	vnc_write_u16(writer, width);
	vnc_write_u16(writer, height);
	vnc_write_u32(writer, (uint32_t)encoding);
}

void vnc_write_extended_size_rect(struct vnc_writer *writer,
		enum vnc_size_reason reason, enum vnc_size_status status,
		uint32_t width_px, uint32_t height_px)
{
	vnc_write_rect_head(writer, reason, status, width_px, height_px,
			VNC_PSEUDO_EXTENDED_DESKTOP_SIZE);
	vnc_write_u32(writer, 1 << 24); /* one screen, padding */
	vnc_write_u32(writer, THE_SCREEN_ID);
	vnc_write_u16(writer, 0);
	vnc_write_u16(writer, 0);
	vnc_write_u16(writer, width_px);
	vnc_write_u16(writer, height_px);
	vnc_write_u32(writer, 0); /* flags */
}

void vnc_write_fence(struct vnc_writer *writer, uint32_t flags,
		const void *payload, uint8_t payload_bytes)
{
	vnc_write_u32(writer, UINT32_C(248) << 24);
	vnc_write_u32(writer, flags);
	vnc_write_u8(writer, payload_bytes);
	vnc_write_bytes(writer, payload, payload_bytes);
}

void vnc_write_end_of_continuous_updates(struct vnc_writer *writer)
{
	vnc_write_u8(writer, 150);
}
