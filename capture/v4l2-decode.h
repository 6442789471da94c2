/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "capture/v4l2-format.h"
#include "core/workers.h"
#include "video/frame.h"

/*
 * Turns captured bytes that are no picture yet (JPEG, or a format that only
 * libv4l understands) into frames, on a worker. One is decoded at a time and
 * one more may wait: the newest. A picture that stands still comes as the same
 * bytes again and again: those are decoded once, and then only compared.
 *
 * Threads: loop thread only; the work is done on a worker.
 * Errors:  -ENOMEM, -ENOTSUP at creation.
 */
struct capture_decoder;

/*
 * For each input that was not dropped or cancelled: a frame, whose reference
 * is the callee's, or the -errno for which there is none.
 */
typedef void capture_decoded(void *context, int rc, struct video_frame *frame);

int capture_decoder_create(struct capture_decoder **out,
		struct core_workers *workers, capture_decoded *decoded,
		void *context);

/* The worker may go on for a moment, but nothing is called any more. */
void capture_decoder_destroy(struct capture_decoder *decoder);

/*
 * The frame that the same bytes were decoded to last, with a reference and the
 * time of `coded`; NULL: they have to be submitted.
 */
struct video_frame *capture_decoder_recall(struct capture_decoder *decoder,
		const struct video_frame *coded, size_t bytes);

/*
 * Take over the reference on `coded`, whose first plane holds `bytes`. Returns
 * how many inputs were dropped: one that waited, or this one because the same
 * bytes are being decoded already.
 */
unsigned capture_decoder_submit(struct capture_decoder *decoder,
		const struct capture_format *format, struct video_frame *coded,
		size_t bytes);

/* Forget what was submitted. */
void capture_decoder_cancel(struct capture_decoder *decoder);
