/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/workers.h"
#include "video/frame.h"
#include "video/rect.h"
#include "vnc/encoder.h"
#include "vnc/pixel-format.h"

/*
 * Encodings and pixel formats that the encoder does not make itself (ZRLE,
 * Zlib, Hextile, RRE, Raw; 8 and 16 bit, colour maps), made by libvncserver
 * for one viewer. The library sits behind a socketpair and only ever sees
 * what this file writes: ClientInit, SetPixelFormat, a filtered SetEncodings.
 * Its streams have a memory: what comes out must be sent, in order.
 *
 * Threads: calls from the loop thread; every call into the library runs on
 *          `library`, a pool of one thread shared by all fallbacks.
 * Errors:  -ENOMEM, -errno at creation; a library that fails ends in `rc` of
 *          the update, and the viewer must be closed.
 */
struct vnc_fallback;

/* `library` and `figures` are borrowed, the latter until it is destroyed. */
int vnc_fallback_create(struct vnc_fallback **out, struct core_workers *library,
		const char *desktop_name, struct vnc_figures *figures);

/*
 * A job under way is cut short: those who come, ask and go must not keep the
 * thread from those who stay. NULL is allowed.
 */
void vnc_fallback_destroy(struct vnc_fallback *fallback);

/* What the viewer asked for last. Used from the next request on. */
void vnc_fallback_set_pixel_format(struct vnc_fallback *fallback,
		const struct vnc_pixel_format *format);
#define VNC_FALLBACK_ENCODINGS_MAX 64
void vnc_fallback_set_encodings(struct vnc_fallback *fallback,
		const int32_t *encodings, size_t encodings_n);

/*
 * Encode rectangles of `frame` (a reference is taken while it works). One
 * request at a time. pieces[0] of the update are whole messages that belong
 * before the FramebufferUpdate (SetColourMapEntries; usually empty), the other
 * pieces are its rectangles.
 */
int vnc_fallback_request(struct vnc_fallback *fallback,
		struct video_frame *frame, const struct video_rect *rects,
		size_t rects_n, vnc_update_ready *ready, void *context,
		struct vnc_update **out);

/*
 * -errno if libturbojpeg's functions would be taken from libvncserver, which
 * exports old ones of the same names (a wrong link order).
 */
int vnc_fallback_check_link_order(void);
