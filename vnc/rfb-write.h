/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Small server messages and pseudo rectangles, written into a buffer on the
 * stack; pictures never come through here. What it holds is bounded by what
 * callers put in: more than fits is a programming error.
 *
 * Threads: any. Errors: none.
 */
struct vnc_writer {
	size_t used;
	uint8_t bytes[1024];
};

/* Numbers of encodings that mean something other than pixels. */
enum {
	VNC_ENCODING_COPY_RECT = 1,
	VNC_PSEUDO_DESKTOP_SIZE = -223,
	VNC_PSEUDO_LAST_RECT = -224,
	VNC_PSEUDO_CURSOR = -239,
	VNC_PSEUDO_QEMU_KEY = -258,
	VNC_PSEUDO_QEMU_LEDS = -261,
	VNC_PSEUDO_DESKTOP_NAME = -307,
	VNC_PSEUDO_EXTENDED_DESKTOP_SIZE = -308,
	VNC_PSEUDO_FENCE = -312,
	VNC_PSEUDO_CONTINUOUS_UPDATES = -313,
	VNC_PSEUDO_EXTENDED_BUTTONS = -316,
	VNC_PSEUDO_VMWARE_LEDS = 0x574d5668,
};

#define VNC_FENCE_BLOCK_BEFORE UINT32_C(0x00000001)
#define VNC_FENCE_BLOCK_AFTER UINT32_C(0x00000002)
#define VNC_FENCE_SYNC_NEXT UINT32_C(0x00000004)
#define VNC_FENCE_REQUEST UINT32_C(0x80000000)

void vnc_write_u8(struct vnc_writer *writer, uint8_t value);
void vnc_write_u16(struct vnc_writer *writer, uint32_t value);
void vnc_write_u32(struct vnc_writer *writer, uint32_t value);
void vnc_write_bytes(struct vnc_writer *writer, const void *bytes, size_t size);

/* U32 length and the text, cut to what a viewer takes as one. */
#define VNC_TEXT_MAX_BYTES 256
void vnc_write_text(struct vnc_writer *writer, const char *text);

void vnc_write_update_head(struct vnc_writer *writer, uint32_t rects);
void vnc_write_rect_head(struct vnc_writer *writer, uint32_t x, uint32_t y,
		uint32_t width, uint32_t height, int32_t encoding);

/* Why an ExtendedDesktopSize is sent, and its answer to a wish. */
enum vnc_size_reason { VNC_SIZE_BY_SERVER, VNC_SIZE_ASKED };
enum vnc_size_status { VNC_SIZE_OK, VNC_SIZE_PROHIBITED };
void vnc_write_extended_size_rect(struct vnc_writer *writer,
		enum vnc_size_reason reason, enum vnc_size_status status,
		uint32_t width_px, uint32_t height_px);

void vnc_write_fence(struct vnc_writer *writer, uint32_t flags,
		const void *payload, uint8_t payload_bytes);
void vnc_write_end_of_continuous_updates(struct vnc_writer *writer);
