/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <linux/videodev2.h>
#include <stdint.h>

#include "tests/rack/picture.h"

/*
 * Frames as V4L2 devices exchange them, and what they look like. The
 * arithmetic is the textbook's, in floating point, and shares nothing with
 * the product's; chroma samples stand for every pixel that they cover.
 *
 * Threads: any.
 * Errors:  0 or -EINVAL for a format that is not known here.
 */

/* Encode `picture`, which has the format's size, into format->sizeimage. */
int raw_encode(uint8_t *raw, const struct v4l2_pix_format *format,
		const struct picture *picture);

/* What a viewer should see of it. */
int raw_decode(struct picture *picture, const struct v4l2_pix_format *format,
		const uint8_t *raw);
