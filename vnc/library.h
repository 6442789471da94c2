/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "video/frame.h"
#include "video/rect.h"
#include "vnc/pixel-format.h"

/*
 * One client inside libvncserver, whose network is a socketpair that we hold
 * the other end of. It is shown a screen of the largest size there can be and
 * asked for blocks of it, one at a time, each so small that all it may write
 * fits the socket's buffer: the library writes blocking, and nobody reads
 * while it does.
 *
 * Threads: one thread makes every call for every object.
 * Errors:  -ENOMEM; -EMFILE without a descriptor below FD_SETSIZE, which is
 *          all that the library can handle; -EPROTO if it says what we do not
 *          expect, after which the object can only be destroyed.
 */
struct vnc_library;

int vnc_library_create(struct vnc_library **out, const char *desktop_name);

/* NULL is allowed. */
void vnc_library_destroy(struct vnc_library *library);

/*
 * Whether pixels of the format can be asked of the library: at most 32 bits,
 * every colour inside them; a colour map only for 8 bits. 0 or -EINVAL.
 */
int vnc_library_check_pixel_format(const struct vnc_pixel_format *format);

/*
 * What the viewer wants from now on. Of its encodings, those that the library
 * may use are picked out; Raw is always among them.
 */
int vnc_library_configure(struct vnc_library *library,
		const struct vnc_pixel_format *format, const int32_t *encodings,
		size_t encodings_n);

/*
 * What it said by itself since the last call (a colour map): whole messages,
 * to be sent before what is encoded next.
 */
int vnc_library_take_messages(
		struct vnc_library *library, struct core_bytes **out);

/* Blocks that cover a rectangle, row by row. */
struct vnc_blocks {
	struct video_rect rect;
	uint32_t width_px;
	uint32_t height_px;
	uint32_t columns;
	uint32_t rows;
};

struct vnc_blocks vnc_library_cut(
		const struct video_rect *rect, uint8_t bits_per_pixel);
struct video_rect vnc_blocks_get(const struct vnc_blocks *blocks, size_t index);

/* Encode one block; *out are RFB rectangles, *rects says how many. */
int vnc_library_encode(struct vnc_library *library,
		const struct video_frame *frame, const struct video_rect *block,
		struct core_bytes **out, uint32_t *rects);
