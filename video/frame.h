/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "video/rect.h"

/*
 * One picture in memory, in the layout in which its maker has it: a V4L2
 * buffer, a decoded JPEG, or a drawing. Nobody writes to a frame once it has
 * been handed on, so any number of readers may hold it. Whoever makes a frame
 * owns one reference; the last unref calls `release`, which gives the memory
 * back (requeues the buffer, frees it).
 *
 * Threads: ref and unref on the loop thread only; the pixels may be read by
 *          any thread while its job holds a reference.
 * Errors:  -ENOMEM, -EINVAL for a size out of range.
 */

/* Large enough for 4096x2304, small enough that no product overflows. */
#define VIDEO_WIDTH_MAX_PX 4096
#define VIDEO_HEIGHT_MAX_PX 2304

enum video_pixel {
	VIDEO_PIXEL_BGRX,  /* bytes B G R x; V4L2 BGR4/XR24 */
	VIDEO_PIXEL_RGB24, /* bytes R G B; V4L2 RGB3 */
	VIDEO_PIXEL_BGR24, /* bytes B G R; V4L2 BGR3 */
	VIDEO_PIXEL_YUYV,  /* 4:2:2 packed */
	VIDEO_PIXEL_UYVY,  /* 4:2:2 packed */
	VIDEO_PIXEL_NV12,  /* 4:2:0, Y plane and CbCr plane */
	VIDEO_PIXEL_NV16,  /* 4:2:2, Y plane and CbCr plane */
	VIDEO_PIXEL_YU12,  /* 4:2:0, Y, Cb and Cr planes */
	VIDEO_PIXEL_YU16,  /* 4:2:2, Y, Cb and Cr planes; V4L2 422P */
	VIDEO_PIXELS
};

enum video_matrix { /* R'G'B' to Y'CbCr; unused for RGB layouts */
	VIDEO_MATRIX_BT601,
	VIDEO_MATRIX_BT709,
	VIDEO_MATRIX_BT2020,
	VIDEO_MATRICES
};

#define VIDEO_PLANES_MAX 3

struct video_layout {
	enum video_pixel pixel;
	enum video_matrix matrix;
	bool full_range; /* 0..255; else 16..235, chroma 16..240; RGB too */
	uint32_t width_px;
	uint32_t height_px;
	uint32_t stride_bytes[VIDEO_PLANES_MAX];
};

struct video_frame {
	struct video_layout layout;
	const uint8_t *plane[VIDEO_PLANES_MAX];
	uint64_t captured_us; /* dequeued or drawn; CLOCK_MONOTONIC */
	unsigned refs;
	void (*release)(struct video_frame *frame); /* not NULL */
};

struct video_frame *video_frame_ref(struct video_frame *frame);

/* NULL is allowed. */
void video_frame_unref(struct video_frame *frame);

/*
 * A frame on the heap, BGRX, full range, black, stride a multiple of 64. Its
 * maker may draw through video_frame_pixels until it hands the frame on.
 */
int video_frame_create(struct video_frame **out, uint32_t width_px,
		uint32_t height_px);
uint8_t *video_frame_pixels(struct video_frame *frame);

/*
 * A frame on the heap in any layout that passes video_layout_check, whose
 * pixels its maker has to write through video_frame_plane, all of them.
 */
int video_frame_create_raw(
		struct video_frame **out, const struct video_layout *layout);
uint8_t *video_frame_plane(struct video_frame *frame, uint32_t plane);

/* The same picture in the same layout on the heap, taken at the same time. */
int video_frame_copy(struct video_frame **out, const struct video_frame *frame);

/*
 * Replace `rect` of a frame on the heap, which its maker has not handed on yet,
 * by the same part of a picture whose layout differs in the strides at most.
 * The rectangle starts and ends on multiples of two, or at the edges.
 */
void video_frame_patch(struct video_frame *frame,
		const struct video_frame *from, const struct video_rect *rect);

/* Of the planes of a layout; 0 for a plane that it does not have. */
uint32_t video_layout_planes(enum video_pixel pixel);
size_t video_layout_plane_bytes(
		const struct video_layout *layout, uint32_t plane);

/*
 * Bytes that so many pixels take in one row of a plane, and rows that the
 * plane has for a height; 0 for a plane that the layout does not have.
 */
size_t video_layout_row_bytes(
		enum video_pixel pixel, uint32_t plane, uint32_t width_px);
uint32_t video_layout_rows(
		enum video_pixel pixel, uint32_t plane, uint32_t height_px);

/* Fill in the smallest strides that the width allows. */
void video_layout_set_strides(struct video_layout *layout);

/*
 * Sizes within the maxima and not 0, strides that hold a row (and at most two
 * of the widest), chroma that divides: 0 or -EINVAL. What passes can be read
 * without another check.
 */
int video_layout_check(const struct video_layout *layout);
