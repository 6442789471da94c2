/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/simd.h"
#include "core/workers.h"
#include "video/rect.h"
#include "video/screen.h"
#include "vnc/pixel-format.h"

/*
 * Turns rectangles of a screen into the bytes of RFB rectangles, off the loop,
 * once per distinct (rectangle, content, class) however many viewers want it:
 * a request for something that is under way or was just made shares it. The
 * bytes of a rectangle hold its 12-byte header too and depend on nothing that
 * was sent before.
 *
 * Threads: loop thread only; the work itself runs on the pool's workers.
 * Errors:  -ENOMEM; a job that fails ends in its update's `rc`.
 */
struct vnc_encoder;
struct vnc_figures;

enum vnc_codec { VNC_CODEC_TIGHT, VNC_CODEC_RAW };

/* One way to encode. Equal classes share their bytes. */
struct vnc_class {
	enum vnc_codec codec;
	int jpeg_quality; /* libjpeg's 1 to 100; 0: lossless, no JPEG ever */
	bool jpeg_444;
	struct vnc_pixel_format format; /* VNC_CODEC_RAW only; else zeros */
};

/*
 * The class for a viewer's Tight quality level; -1: none, lossless.
 *   0 to 3: JPEG quality 50, 4:2:0   for thin links
 *   4 to 7: JPEG quality 80, 4:2:0
 *   8, 9:   JPEG quality 92, 4:4:4   coloured text stays crisp
 */
struct vnc_class vnc_class_for_tight(int quality_level);
/* How many classes with JPEG are coarser than that of a level, */
unsigned vnc_class_coarser_n(int quality_level);

/* and a level whose class is so many steps coarser, at most the coarsest. */
int vnc_class_coarser_level(int quality_level, unsigned steps);

struct vnc_class vnc_class_for_raw(const struct vnc_pixel_format *format);

/* What figures tell apart: the classes, all raw ones as one, the fallback. */
enum vnc_kind {
	VNC_KIND_LOSSLESS,
	VNC_KIND_Q50,
	VNC_KIND_Q80,
	VNC_KIND_Q92,
	VNC_KIND_RAW,
	VNC_KIND_FALLBACK,
	VNC_KINDS
};
enum vnc_kind vnc_class_kind(const struct vnc_class *class_);

/*
 * `figures` is borrowed, as the rest, and gets what is done and how fast. The
 * level of vectors must run here.
 */
int vnc_encoder_create(struct vnc_encoder **out, struct core_workers *workers,
		struct video_screen *screen, struct vnc_figures *figures,
		enum core_simd simd);

/*
 * Every update must have been destroyed, and no `ready` be on the stack. Jobs
 * that are with the pool go on and free what they hold. NULL is allowed.
 */
void vnc_encoder_destroy(struct vnc_encoder *encoder);

/*
 * The rectangles of one update on their way. Owned by who asked. When all are
 * there, `ready` is called once, from the loop, never from within
 * vnc_encoder_request.
 */
struct vnc_update {
	int rc;         /* 0, or why there is nothing to send */
	uint32_t rects; /* RFB rectangles in all pieces together */
	enum vnc_kind kind;
	size_t pieces_n;
	struct core_bytes *
			*pieces; /* send in this order; references are held */
	size_t lossy_n;
	struct video_rect *lossy; /* where JPEG is among them */
};

typedef void vnc_update_ready(void *context, struct vnc_update *update);

/* The rectangles lie inside the screen's newest frame, whose pixels they get.
 */
int vnc_encoder_request(struct vnc_encoder *encoder,
		const struct vnc_class *class_, const struct video_rect *rects,
		size_t rects_n, vnc_update_ready *ready, void *context,
		struct vnc_update **out);

/* Done with it, or no longer interested. NULL is allowed. */
void vnc_update_destroy(struct vnc_update *update);
