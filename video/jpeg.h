/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"

/*
 * JPEG through libjpeg-turbo.
 *
 * Threads: any; one codec object belongs to one thread at a time.
 * Errors:  -ENOMEM; -EBADMSG for data that is not a whole, sound JPEG of the
 *          promised size; -EINVAL for a size or quality out of range.
 */
struct video_jpeg;

enum video_subsampling { VIDEO_SUBSAMPLING_420, VIDEO_SUBSAMPLING_444 };

int video_jpeg_create(struct video_jpeg **out);
void video_jpeg_destroy(struct video_jpeg *jpeg);

/*
 * Compress B G R x pixels. *data points into the codec and is valid until its
 * next call. `quality` is libjpeg's, 1 to 100.
 */
int video_jpeg_encode(struct video_jpeg *jpeg, const uint8_t *bgrx,
		size_t stride_bytes, uint32_t width_px, uint32_t height_px,
		int quality, enum video_subsampling subsampling,
		const uint8_t **data, size_t *size_bytes);

/*
 * Decompress a whole JPEG (from a camera: untrusted) into a new BGRX frame.
 * Data without an end-of-image marker, or that libjpeg warns about, is
 * refused as truncated; only bytes too many are forgiven. Hardware pads heights
 * to a multiple of 8 or 16: rows beyond `height_px`, the height that the device
 * promised, are cut off.
 */
int video_jpeg_decode(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t height_px,
		struct video_frame **out);
