/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/workers.h"
#include "video/screen.h"
#include "vnc/capabilities.h"
#include "vnc/encoder.h"
#include "vnc/fallback.h"
#include "vnc/pixel-format.h"

/*
 * Makes the pictures of one viewer in the way that suits it: by the shared
 * encoder, or by a fallback of its own. The fallback is kept once it is there:
 * the viewer's half of its streams remembers all that came before.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno.
 */
struct vnc_maker {
	struct vnc_encoder *encoder; /* borrowed, like the next four */
	struct core_workers *library;
	struct video_screen *screen;
	struct vnc_figures *figures;
	const char *name;
	struct vnc_capabilities capabilities;
	struct vnc_pixel_format format;
	unsigned steps_down; /* to a coarser class of JPEG; the link is slow */
	struct vnc_fallback *fallback; /* NULL until needed */
};

/* A viewer that has said nothing yet. */
void vnc_maker_init(struct vnc_maker *maker, struct vnc_encoder *encoder,
		struct core_workers *library, struct video_screen *screen,
		struct vnc_figures *figures, const char *name);
void vnc_maker_finish(struct vnc_maker *maker);

void vnc_maker_set_format(
		struct vnc_maker *maker, const struct vnc_pixel_format *format);
void vnc_maker_set_encodings(
		struct vnc_maker *maker, const struct vnc_message *message);

/* "tight q6", "tight lossless", "tight q6 (slow link: q2)" ... for people. */
void vnc_maker_describe(const struct vnc_maker *maker,
		char text[VNC_ENCODING_TEXT_BYTES]);

/*
 * Whether the viewer may be told to copy what it shows: it can, and what it
 * shows is what it was sent by the encoder, not by the fallback.
 */
bool vnc_maker_may_copy(const struct vnc_maker *maker);

/*
 * As vnc_encoder_request. `exact`: without loss. *in_order: the update's bytes
 * must be sent once they are made, and pieces[0] goes before its head.
 */
int vnc_maker_request(struct vnc_maker *maker, bool exact,
		const struct video_rect *rects, size_t rects_n,
		vnc_update_ready *ready, void *context, bool *in_order,
		struct vnc_update **out);
