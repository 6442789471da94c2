/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/frame.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STRIDE_ALIGN_BYTES 64u

/* Room for a driver that pads its rows generously, and a product in 32 bits. */
#define STRIDE_MAX_BYTES (VIDEO_WIDTH_MAX_PX * 4u * 2u)
static_assert((uint64_t)STRIDE_MAX_BYTES * VIDEO_HEIGHT_MAX_PX <= INT32_MAX,
		"a plane's size fits any size_t");

struct plane_shape {
	uint8_t pair_bytes; /* of two pixels side by side; 0: no such plane */
	uint8_t rows_divisor;
};

struct pixel_shape {
	struct plane_shape plane[VIDEO_PLANES_MAX];
	uint8_t width_multiple;
	uint8_t height_multiple;
};

static const struct pixel_shape shapes[] = {
		[VIDEO_PIXEL_BGRX] = {{{8, 1}}, 1, 1},
		[VIDEO_PIXEL_RGB24] = {{{6, 1}}, 1, 1},
		[VIDEO_PIXEL_BGR24] = {{{6, 1}}, 1, 1},
		[VIDEO_PIXEL_YUYV] = {{{4, 1}}, 2, 1},
		[VIDEO_PIXEL_UYVY] = {{{4, 1}}, 2, 1},
		[VIDEO_PIXEL_NV12] = {{{2, 1}, {2, 2}}, 2, 2},
		[VIDEO_PIXEL_NV16] = {{{2, 1}, {2, 1}}, 2, 1},
		[VIDEO_PIXEL_YU12] = {{{2, 1}, {1, 2}, {1, 2}}, 2, 2},
		[VIDEO_PIXEL_YU16] = {{{2, 1}, {1, 1}, {1, 1}}, 2, 1},
};
static_assert(sizeof(shapes) / sizeof(shapes[0]) == VIDEO_PIXELS,
		"a shape for every pixel layout");

struct heap_frame {
	struct video_frame frame; /* first: a frame's address is its owner's */
	uint8_t *pixels;
	uint8_t memory[];
};

struct video_frame *video_frame_ref(struct video_frame *frame)
{
	assert(frame->refs > 0);
	frame->refs++;
	return frame;
}

void video_frame_unref(struct video_frame *frame)
{
	if (!frame)
		return;
	assert(frame->refs > 0);
	if (--frame->refs == 0)
		frame->release(frame);
}

static void heap_frame_release(struct video_frame *frame)
{
	free((struct heap_frame *)frame);
}

static uint8_t *align_up(uint8_t *address)
{
	uintptr_t beyond = (uintptr_t)address % STRIDE_ALIGN_BYTES;

	return address + (beyond ? STRIDE_ALIGN_BYTES - beyond : 0);
}

/* Every plane starts aligned where the strides are aligned. */
static int create(struct video_frame **out, const struct video_layout *layout,
		void *(*allocate)(size_t n, size_t size))
{
	uint32_t planes = video_layout_planes(layout->pixel);
	size_t bytes = sizeof(struct heap_frame) + STRIDE_ALIGN_BYTES;
	struct heap_frame *heap;
	uint8_t *at;

	for (uint32_t plane = 0; plane < planes; plane++)
		bytes += video_layout_plane_bytes(layout, plane);
	heap = allocate(1, bytes);
	if (!heap)
		return -ENOMEM;
	heap->pixels = at = align_up(heap->memory);
	heap->frame = (struct video_frame){
			.layout = *layout,
			.refs = 1,
			.release = heap_frame_release,
	};
	for (uint32_t plane = 0; plane < planes; plane++) {
		heap->frame.plane[plane] = at;
		at += video_layout_plane_bytes(layout, plane);
	}
	*out = &heap->frame;
	return 0;
}

int video_frame_create(
		struct video_frame **out, uint32_t width_px, uint32_t height_px)
{
	struct video_layout layout = {
			.pixel = VIDEO_PIXEL_BGRX,
			.full_range = true,
			.width_px = width_px,
			.height_px = height_px,
	};

	*out = NULL;
	if (width_px > VIDEO_WIDTH_MAX_PX)
		return -EINVAL;
	layout.stride_bytes[0] = (width_px * 4 + STRIDE_ALIGN_BYTES - 1) /
			STRIDE_ALIGN_BYTES * STRIDE_ALIGN_BYTES;
	if (video_layout_check(&layout) < 0)
		return -EINVAL;
	/* Big blocks come as zero pages, which nobody has to write. */
	return create(out, &layout, calloc);
}

static void *allocate_raw(size_t n, size_t size)
{
	return malloc(n * size);
}

int video_frame_create_raw(
		struct video_frame **out, const struct video_layout *layout)
{
	*out = NULL;
	if (video_layout_check(layout) < 0)
		return -EINVAL;
	return create(out, layout, allocate_raw);
}

uint8_t *video_frame_pixels(struct video_frame *frame)
{
	assert(frame->release == heap_frame_release);
	return ((struct heap_frame *)frame)->pixels;
}

uint8_t *video_frame_plane(struct video_frame *frame, uint32_t plane)
{
	return video_frame_pixels(frame) +
			(frame->plane[plane] - frame->plane[0]);
}

/* Row by row: what lies behind a row, or the last one, is not ours to read. */
static void copy_plane(
		uint8_t *to, const struct video_frame *frame, uint32_t plane)
{
	const struct video_layout *layout = &frame->layout;
	size_t row_bytes = video_layout_row_bytes(
			layout->pixel, plane, layout->width_px);
	uint32_t rows = video_layout_rows(
			layout->pixel, plane, layout->height_px);
	size_t stride_bytes = layout->stride_bytes[plane];

	for (uint32_t row = 0; row < rows; row++)
		memcpy(to + row * stride_bytes,
				frame->plane[plane] + row * stride_bytes,
				row_bytes);
}

int video_frame_copy(struct video_frame **out, const struct video_frame *frame)
{
	uint32_t planes = video_layout_planes(frame->layout.pixel);
	int rc;

	*out = NULL;
	/* Zeros where rows are padded: nothing else of ours gets in there. */
	rc = create(out, &frame->layout, calloc);
	if (rc < 0)
		return rc;
	(*out)->captured_us = frame->captured_us;
	for (uint32_t plane = 0; plane < planes; plane++)
		copy_plane(video_frame_plane(*out, plane), frame, plane);
	return 0;
}

static void patch_plane(struct video_frame *frame,
		const struct video_frame *from, uint32_t plane,
		const struct video_rect *rect)
{
	const enum video_pixel pixel = from->layout.pixel;
	const size_t to_stride_bytes = frame->layout.stride_bytes[plane];
	const size_t from_stride_bytes = from->layout.stride_bytes[plane];
	uint32_t row = video_layout_rows(pixel, plane, rect->y_px);
	uint32_t end = video_layout_rows(
			pixel, plane, rect->y_px + rect->height_px);
	size_t left = video_layout_row_bytes(pixel, plane, rect->x_px);
	size_t bytes = video_layout_row_bytes(pixel, plane,
				       rect->x_px + rect->width_px) -
			left;
	uint8_t *to = video_frame_plane(frame, plane) + left;

	for (; row < end; row++)
		memcpy(to + to_stride_bytes * row,
				from->plane[plane] + from_stride_bytes * row +
						left,
				bytes);
}

void video_frame_patch(struct video_frame *frame,
		const struct video_frame *from, const struct video_rect *rect)
{
	uint32_t planes = video_layout_planes(frame->layout.pixel);

	for (uint32_t plane = 0; plane < planes; plane++)
		patch_plane(frame, from, plane, rect);
}

uint32_t video_layout_planes(enum video_pixel pixel)
{
	uint32_t planes = 0;

	while (planes < VIDEO_PLANES_MAX &&
			shapes[pixel].plane[planes].pair_bytes != 0)
		planes++;
	return planes;
}

size_t video_layout_row_bytes(
		enum video_pixel pixel, uint32_t plane, uint32_t width_px)
{
	if (plane >= VIDEO_PLANES_MAX)
		return 0;
	return ((size_t)width_px * shapes[pixel].plane[plane].pair_bytes + 1) /
			2;
}

uint32_t video_layout_rows(
		enum video_pixel pixel, uint32_t plane, uint32_t height_px)
{
	if (plane >= video_layout_planes(pixel))
		return 0;
	return height_px / shapes[pixel].plane[plane].rows_divisor;
}

size_t video_layout_plane_bytes(
		const struct video_layout *layout, uint32_t plane)
{
	uint32_t rows = video_layout_rows(
			layout->pixel, plane, layout->height_px);

	return rows == 0 ? 0 : (size_t)layout->stride_bytes[plane] * rows;
}

void video_layout_set_strides(struct video_layout *layout)
{
	for (uint32_t plane = 0; plane < VIDEO_PLANES_MAX; plane++)
		layout->stride_bytes[plane] = (uint32_t)video_layout_row_bytes(
				layout->pixel, plane, layout->width_px);
}

static bool size_fits(const struct video_layout *layout)
{
	const struct pixel_shape *shape = &shapes[layout->pixel];

	return layout->width_px > 0 && layout->width_px <= VIDEO_WIDTH_MAX_PX &&
			layout->height_px > 0 &&
			layout->height_px <= VIDEO_HEIGHT_MAX_PX &&
			layout->width_px % shape->width_multiple == 0 &&
			layout->height_px % shape->height_multiple == 0;
}

int video_layout_check(const struct video_layout *layout)
{
	/* Compared without a sign: what stands there may be any number. */
	if ((unsigned)layout->pixel >= VIDEO_PIXELS ||
			(unsigned)layout->matrix >= VIDEO_MATRICES ||
			!size_fits(layout))
		return -EINVAL;
	for (uint32_t plane = 0; plane < video_layout_planes(layout->pixel);
			plane++) {
		if (layout->stride_bytes[plane] > STRIDE_MAX_BYTES ||
				layout->stride_bytes[plane] <
						video_layout_row_bytes(
								layout->pixel,
								plane,
								layout->width_px))
			return -EINVAL;
	}
	return 0;
}
