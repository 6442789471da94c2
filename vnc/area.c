/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/area.h"

#include "core/min-max.h"
#include "video/screen.h"

#define CELL_PX (VIDEO_CELL_PX * VIDEO_CELL_PX)

bool vnc_area_is_empty(const struct video_rect *area)
{
	return area->width_px == 0 || area->height_px == 0;
}

struct video_rect vnc_area_union(
		const struct video_rect *a, const struct video_rect *b)
{
	struct video_rect both;

	if (vnc_area_is_empty(a))
		return *b;
	if (vnc_area_is_empty(b))
		return *a;
	both.x_px = core_min_u32(a->x_px, b->x_px);
	both.y_px = core_min_u32(a->y_px, b->y_px);
	both.width_px = core_max_u32(a->x_px + a->width_px,
					b->x_px + b->width_px) -
			both.x_px;
	both.height_px = core_max_u32(a->y_px + a->height_px,
					 b->y_px + b->height_px) -
			both.y_px;
	return both;
}

static void to_cells(uint32_t *start, uint32_t *length, uint32_t size)
{
	uint32_t end = *start + *length + VIDEO_CELL_PX - 1;

	end = core_min_u32(end - end % VIDEO_CELL_PX, size);
	*start -= *start % VIDEO_CELL_PX;
	*length = end > *start ? end - *start : 0;
}

struct video_rect vnc_area_from_wire(const struct vnc_area *area,
		uint32_t width_px, uint32_t height_px)
{
	struct video_rect rect = {area->x_px, area->y_px, area->width_px,
			area->height_px};

	if (vnc_area_is_empty(&rect))
		return (struct video_rect){0};
	to_cells(&rect.x_px, &rect.width_px, width_px);
	to_cells(&rect.y_px, &rect.height_px, height_px);
	if (vnc_area_is_empty(&rect))
		return (struct video_rect){0};
	return rect;
}

static void cut(struct video_rect *rect, uint64_t budget_px)
{
	uint32_t rows = (uint32_t)(budget_px / rect->width_px);
	uint32_t columns = (uint32_t)(budget_px / VIDEO_CELL_PX);

	if (rows < VIDEO_CELL_PX) {
		rows = VIDEO_CELL_PX;
		columns = core_max_u32(columns - columns % VIDEO_CELL_PX,
				VIDEO_CELL_PX);
		rect->width_px = core_min_u32(rect->width_px, columns);
	}
	rect->height_px = core_min_u32(
			rect->height_px, rows - rows % VIDEO_CELL_PX);
}

size_t vnc_area_limit(
		struct video_rect *rects, size_t rects_n, uint64_t budget_px)
{
	for (size_t i = 0; i < rects_n; i++) {
		uint64_t pixels = (uint64_t)rects[i].width_px *
				rects[i].height_px;

		if (pixels <= budget_px) {
			budget_px -= pixels;
			continue;
		}
		if (i > 0 && budget_px < CELL_PX)
			return i;
		cut(&rects[i], budget_px);
		return i + 1;
	}
	return rects_n;
}
