/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "video/rect.h"

/*
 * The 12 bytes before the content of every rectangle of a FramebufferUpdate
 * (RFC 6143, section 7.6.1), and the numbers of encodings that we make.
 *
 * Threads: any. Errors: none; the rectangle's numbers fit 16 bits.
 */
#define VNC_RECT_HEADER_BYTES 12

#define VNC_ENCODING_RAW 0
#define VNC_ENCODING_TIGHT 7

void vnc_rect_header_write(uint8_t bytes[VNC_RECT_HEADER_BYTES],
		const struct video_rect *rect, int32_t encoding);
