/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"
#include "video/planes.h"

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

/* Room in bytes that any JPEG of this size fits into. */
size_t video_jpeg_bound(uint32_t width_px, uint32_t height_px,
		enum video_subsampling subsampling);

/* The largest bound of so many pixels, if they are whole blocks of 16 by 16. */
#define VIDEO_JPEG_BOUND_MAX(pixels_n) ((size_t)(pixels_n)*6 + 2048)

/*
 * Compress pixels of an RGB layout at full range to `to`, which has room for
 * the bound. `quality` is libjpeg's, 1 to 100.
 */
int video_jpeg_encode(struct video_jpeg *jpeg, enum video_pixel pixel,
		const uint8_t *pixels, size_t stride_bytes, uint32_t width_px,
		uint32_t height_px, int quality,
		enum video_subsampling subsampling, uint8_t *to,
		size_t *size_bytes);

/*
 * The same from what video_planes_for_jpeg made. Where chroma is halved, luma
 * is read in whole pairs of rows and columns: they have to be there.
 */
int video_jpeg_encode_planes(struct video_jpeg *jpeg,
		const struct video_planes *planes, int quality, uint8_t *to,
		size_t *size_bytes);

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

/*
 * The same without a detour: the planes as they are in the JPEG, full-range
 * BT.601, where a layout has them so: YU12 or YU16. Else BGRX, as above.
 */
int video_jpeg_decode_planes(struct video_jpeg *jpeg, const uint8_t *data,
		size_t size_bytes, uint32_t width_px, uint32_t height_px,
		struct video_frame **out);
