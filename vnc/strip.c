/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/strip.h"

#include "core/min-max.h"
#include "video/screen.h"

static uint32_t cells_up(uint32_t px)
{
	return (px + VIDEO_CELL_PX - 1) / VIDEO_CELL_PX * VIDEO_CELL_PX;
}

static uint32_t cells_down(uint32_t px)
{
	return px / VIDEO_CELL_PX * VIDEO_CELL_PX;
}

static uint32_t divide_up(uint32_t n, uint32_t by)
{
	return (n + by - 1) / by;
}

/* Pixels from the cell edge at or before `start` to `end`. */
static uint32_t span(uint32_t start_px, uint32_t length_px)
{
	return start_px % VIDEO_CELL_PX + length_px;
}

/*
 * The grid of strips starts at the cell that holds the rectangle's corner, so
 * the first column and row may be cut short on their outer side.
 */
struct vnc_strips vnc_strips_cut(const struct video_rect *rect)
{
	struct vnc_strips strips = {.rect = *rect};
	const uint32_t width_px = span(rect->x_px, rect->width_px);
	const uint32_t height_px = span(rect->y_px, rect->height_px);

	strips.columns = divide_up(width_px, VNC_STRIP_WIDTH_MAX_PX);
	strips.width_px = cells_up(divide_up(width_px, strips.columns));
	strips.columns = divide_up(width_px, strips.width_px);
	strips.height_px = cells_down(VNC_STRIP_AREA_MAX_PX /
			core_min_u32(strips.width_px, cells_up(width_px)));
	strips.rows = divide_up(height_px, strips.height_px);
	strips.height_px = cells_up(divide_up(height_px, strips.rows));
	strips.rows = divide_up(height_px, strips.height_px);
	return strips;
}

/* The index-th piece of start..start+length, cut at multiples of `step`. */
static void cut_axis(uint32_t start_px, uint32_t length_px, uint32_t step_px,
		uint32_t index, uint32_t *out_start_px, uint32_t *out_length_px)
{
	const uint32_t base_px = cells_down(start_px);
	const uint32_t end_px = start_px + length_px;
	const uint32_t from_px = base_px + index * step_px;
	const uint32_t to_px = core_min_u32(from_px + step_px, end_px);

	*out_start_px = index == 0 ? start_px : from_px;
	*out_length_px = to_px - *out_start_px;
}

struct video_rect vnc_strips_get(const struct vnc_strips *strips, size_t index)
{
	const struct video_rect *rect = &strips->rect;
	struct video_rect strip;

	cut_axis(rect->x_px, rect->width_px, strips->width_px,
			(uint32_t)(index % strips->columns), &strip.x_px,
			&strip.width_px);
	cut_axis(rect->y_px, rect->height_px, strips->height_px,
			(uint32_t)(index / strips->columns), &strip.y_px,
			&strip.height_px);
	return strip;
}
