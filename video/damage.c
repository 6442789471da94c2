/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/damage.h"

#include <endian.h>
#include <stddef.h>
#include <string.h>

#include "video/screen.h"

/* The rows of one plane that lie in one row of cells. */
struct band {
	enum video_pixel pixel;
	uint32_t plane;
	uint32_t rows;
	uint32_t width_px;
	const uint8_t *before;
	const uint8_t *after;
	size_t before_stride_bytes;
	size_t after_stride_bytes;
};

bool video_damage_comparable(
		const struct video_layout *a, const struct video_layout *b)
{
	return a->pixel == b->pixel && a->matrix == b->matrix &&
			a->full_range == b->full_range &&
			a->width_px == b->width_px &&
			a->height_px == b->height_px;
}

static bool colours_differ(
		const uint8_t *before, const uint8_t *after, size_t bytes)
{
	const uint32_t colour = htole32(0x00ffffff);
	uint32_t difference = 0;

	for (size_t i = 0; i + 4 <= bytes; i += 4) {
		uint32_t a;
		uint32_t b;

		memcpy(&a, before + i, 4);
		memcpy(&b, after + i, 4);
		difference |= (a ^ b) & colour;
	}
	return difference != 0;
}

static bool samples_differ(const struct band *band, const uint8_t *before,
		const uint8_t *after, size_t bytes)
{
	if (memcmp(before, after, bytes) == 0)
		return false;
	return band->pixel != VIDEO_PIXEL_BGRX ||
			colours_differ(before, after, bytes);
}

/* Mark what differs in one row of samples; returns how many cells are new. */
static uint32_t mark_row(const struct band *band, uint32_t row,
		uint32_t generation, uint32_t *cells)
{
	const uint8_t *before = band->before + band->before_stride_bytes * row;
	const uint8_t *after = band->after + band->after_stride_bytes * row;
	size_t row_bytes = video_layout_row_bytes(
			band->pixel, band->plane, band->width_px);
	size_t cell_bytes = video_layout_row_bytes(
			band->pixel, band->plane, VIDEO_CELL_PX);
	uint32_t marked = 0;

	if (memcmp(before, after, row_bytes) == 0)
		return 0;
	for (size_t at = 0; at < row_bytes; at += cell_bytes, cells++) {
		size_t left = row_bytes - at;

		if (*cells == generation ||
				!samples_differ(band, before + at, after + at,
						left < cell_bytes ? left
								  : cell_bytes))
			continue;
		*cells = generation;
		marked++;
	}
	return marked;
}

static void take_band(struct band *band, const struct video_frame *before,
		const struct video_frame *after, uint32_t plane, uint32_t y_px)
{
	const struct video_layout *layout = &after->layout;
	uint32_t left_px = layout->height_px - y_px;
	uint32_t first = video_layout_rows(layout->pixel, plane, y_px);

	*band = (struct band){
			.pixel = layout->pixel,
			.plane = plane,
			.rows = video_layout_rows(layout->pixel, plane,
					left_px < VIDEO_CELL_PX
							? left_px
							: VIDEO_CELL_PX),
			.width_px = layout->width_px,
			.before_stride_bytes =
					before->layout.stride_bytes[plane],
			.after_stride_bytes = layout->stride_bytes[plane],
	};
	band->before = before->plane[plane] + band->before_stride_bytes * first;
	band->after = after->plane[plane] + band->after_stride_bytes * first;
}

bool video_damage_find(const struct video_frame *before,
		const struct video_frame *after, uint32_t generation,
		uint32_t *cells)
{
	const struct video_layout *layout = &after->layout;
	uint32_t planes = video_layout_planes(layout->pixel);
	uint32_t columns =
			(layout->width_px + VIDEO_CELL_PX - 1) / VIDEO_CELL_PX;
	bool found = false;

	for (uint32_t y_px = 0; y_px < layout->height_px;
			y_px += VIDEO_CELL_PX, cells += columns) {
		uint32_t clean = columns;

		for (uint32_t plane = 0; plane < planes; plane++) {
			struct band band;

			take_band(&band, before, after, plane, y_px);
			for (uint32_t row = 0; row < band.rows && clean > 0;
					row++)
				clean -= mark_row(
						&band, row, generation, cells);
		}
		found = found || clean < columns;
	}
	return found;
}
