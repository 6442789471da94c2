/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/surface.h"

#include <endian.h>
#include <string.h>

#include "video/convert.h"

void vnc_surface_init(struct vnc_surface *surface, enum core_simd simd)
{
	*surface = (struct vnc_surface){
			.simd = simd, .scan = vnc_scan_get(simd)};
}

void vnc_surface_finish(struct vnc_surface *surface)
{
	vnc_room_finish(&surface->room);
}

/* Where pairs of pixels share chroma, from the even corner. */
static int take_planes(
		struct vnc_surface *surface, const struct video_rect *rect)
{
	struct video_rect even = {rect->x_px & ~1U, rect->y_px & ~1U, 0, 0};
	int rc;

	even.width_px = (rect->x_px + rect->width_px + 1 - even.x_px) & ~1U;
	even.height_px = (rect->y_px + rect->height_px + 1 - even.y_px) & ~1U;
	/* Only layouts that halve chroma in both directions are even. */
	if (even.y_px + even.height_px > surface->frame->layout.height_px)
		even.height_px--;
	rc = vnc_room_make(&surface->room,
			video_planes_room_bytes(even.width_px, even.height_px));
	if (rc < 0)
		return rc;
	video_planes_unpack(&surface->planes, surface->simd, surface->frame,
			&even, surface->room.bytes);
	surface->x_px = even.x_px;
	surface->y_px = even.y_px;
	return 0;
}

static int take_pixels(
		struct vnc_surface *surface, const struct video_rect *rect)
{
	const struct video_layout *layout = &surface->frame->layout;
	int rc;

	surface->x_px = rect->x_px;
	surface->y_px = rect->y_px;
	if (layout->pixel == VIDEO_PIXEL_BGRX && layout->full_range) {
		surface->stride_bytes = layout->stride_bytes[0];
		surface->pixels = surface->frame->plane[0] +
				surface->stride_bytes * rect->y_px +
				(size_t)rect->x_px * 4;
		return 0;
	}
	surface->stride_bytes = (size_t)rect->width_px * 4;
	rc = vnc_room_make(&surface->room,
			surface->stride_bytes * rect->height_px);
	if (rc < 0)
		return rc;
	video_convert_bgrx(surface->frame, rect, surface->room.bytes,
			surface->stride_bytes);
	surface->pixels = surface->room.bytes;
	return 0;
}

int vnc_surface_take(struct vnc_surface *surface,
		const struct video_frame *frame, const struct video_rect *rect)
{
	int rc;

	surface->frame = frame;
	surface->is_yuv = video_planes_can(&frame->layout);
	rc = surface->is_yuv ? take_planes(surface, rect)
			     : take_pixels(surface, rect);
	surface->area = (struct video_rect){rect->x_px - surface->x_px,
			rect->y_px - surface->y_px, rect->width_px,
			rect->height_px};
	return rc;
}

static const uint8_t *sample_at(const struct video_planes *planes,
		unsigned plane, uint32_t x, uint32_t y)
{
	return planes->plane[plane] + (size_t)planes->stride_bytes[plane] * y +
			x;
}

struct vnc_samples vnc_surface_samples(
		const struct vnc_surface *surface, uint32_t x_px, uint32_t y_px)
{
	const struct video_planes *planes = &surface->planes;
	const uint32_t x = x_px >> planes->halved_x;
	const uint32_t y = y_px >> planes->halved_y;

	if (!surface->is_yuv)
		return (struct vnc_samples){.pixel = surface->pixels +
						surface->stride_bytes * y_px +
						(size_t)x_px * 4};
	return (struct vnc_samples){.luma = sample_at(planes, 0, x_px, y_px),
			.cb = sample_at(planes, 1, x, y),
			.cr = sample_at(planes, 2, x, y)};
}

bool vnc_surface_is_grey(const struct vnc_surface *surface,
		const struct video_rect *block, uint32_t *chroma)
{
	const struct video_planes *planes = &surface->planes;
	const uint32_t width = ((block->x_px + block->width_px - 1) >>
					       planes->halved_x) -
			(block->x_px >> planes->halved_x) + 1;
	const uint32_t height = ((block->y_px + block->height_px - 1) >>
						planes->halved_y) -
			(block->y_px >> planes->halved_y) + 1;
	uint32_t values = 0;

	for (unsigned plane = 1; plane < 3; plane++) {
		const uint8_t *at = sample_at(planes, plane,
				block->x_px >> planes->halved_x,
				block->y_px >> planes->halved_y);

		if (!surface->scan->same(at, planes->stride_bytes[plane], width,
				    height))
			return false;
		values |= (uint32_t)*at << 8 * plane;
	}
	*chroma = values;
	return true;
}

unsigned vnc_surface_scan(const struct vnc_surface *surface,
		const struct video_rect *block, uint32_t keys[2])
{
	const struct vnc_samples first =
			vnc_surface_samples(surface, block->x_px, block->y_px);
	uint8_t luma[2];
	uint32_t chroma;
	unsigned values;

	if (!surface->is_yuv)
		return surface->scan->pixels(first.pixel, surface->stride_bytes,
				block->width_px, block->height_px, keys);
	values = surface->scan->bytes(first.luma,
			surface->planes.stride_bytes[0], block->width_px,
			block->height_px, luma);
	if (values == VNC_SCAN_MORE ||
			!vnc_surface_is_grey(surface, block, &chroma))
		return VNC_SCAN_MORE;
	keys[0] = luma[0] | chroma;
	keys[1] = luma[1] | chroma;
	return values;
}

void vnc_surface_name_colours(const struct vnc_surface *surface,
		const uint32_t *keys, size_t keys_n, uint8_t *rgb)
{
	if (surface->is_yuv) {
		video_convert_keys(&surface->frame->layout, keys, keys_n, rgb);
		return;
	}
	for (size_t i = 0; i < keys_n; i++) {
		const uint32_t pixel = le32toh(keys[i]);

		*rgb++ = (uint8_t)(pixel >> 16);
		*rgb++ = (uint8_t)(pixel >> 8);
		*rgb++ = (uint8_t)pixel;
	}
}
