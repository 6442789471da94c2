/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/workers.h"
#include "net/stream.h"
#include "video/screen.h"
#include "vnc/capabilities.h"
#include "vnc/encoder.h"
#include "vnc/figures.h"
#include "vnc/rfb-read.h"

/*
 * All that one viewer is sent after its handshake. An update is composed of
 * the newest picture when the viewer wants one (it has asked, or gets them
 * unasked and its window is open), nothing waits in its queue and none is
 * being encoded: so a slow viewer skips pictures and never holds more than one.
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation. Later ones are told to `failed`, once; the
 *          connection is then of no use.
 */
struct vnc_composer;

/* Borrowed, all of it. */
struct vnc_composer_parts {
	sd_event *event;
	struct net_stream *stream;
	struct vnc_encoder *encoder;
	struct core_workers *library; /* for the fallback */
	struct video_screen *screen;
	struct vnc_figures *figures;
	const char *name;
	const char *title; /* what viewers call the desktop; may change */
	/* `why` is for the log. The composer must live on until it returns. */
	void (*failed)(void *context, const char *why);
	void *context;
};

/* The viewer was told the size that the screen has now. */
int vnc_composer_create(struct vnc_composer **out,
		const struct vnc_composer_parts *parts);

/* NULL is allowed. */
void vnc_composer_destroy(struct vnc_composer *composer);

/* The screen changed, or the queue is empty: send what there is to send. */
void vnc_composer_update(struct vnc_composer *composer);

/* While held, nothing is sent but answers; wishes stay open. */
void vnc_composer_set_held(struct vnc_composer *composer, bool held);

void vnc_composer_set_leds(struct vnc_composer *composer, uint8_t hid_leds);

/* parts.title says something else now. */
void vnc_composer_title_changed(struct vnc_composer *composer);

/*
 * What the viewer said. The end of each message, of whatever kind, is told;
 * and when all are dealt with that have come, vnc_composer_update is called.
 */
void vnc_composer_take_pixel_format(struct vnc_composer *composer,
		const struct vnc_pixel_format *format);
void vnc_composer_take_encodings(struct vnc_composer *composer,
		const struct vnc_message *message);
void vnc_composer_take_request(struct vnc_composer *composer,
		const struct vnc_message *message);
void vnc_composer_take_continuous_updates(struct vnc_composer *composer,
		const struct vnc_message *message);
void vnc_composer_take_fence(struct vnc_composer *composer,
		const struct vnc_message *message);
void vnc_composer_take_desktop_size(struct vnc_composer *composer);
void vnc_composer_end_message(struct vnc_composer *composer);

/* The size that the viewer was told last. */
void vnc_composer_get_size(const struct vnc_composer *composer,
		uint32_t *width_px, uint32_t *height_px);
bool vnc_composer_told_extended_buttons(const struct vnc_composer *composer);
uint64_t vnc_composer_get_updates(const struct vnc_composer *composer);
void vnc_composer_describe(const struct vnc_composer *composer,
		char text[VNC_ENCODING_TEXT_BYTES]);
