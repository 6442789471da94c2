/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/moves.h"

#include "core/min-max.h"

/* Of a destination, which is made of whole cells. */
static struct video_cells cells_of(const struct video_rect *rect)
{
	return (struct video_cells){
			rect->x_px / VIDEO_CELL_PX,
			rect->y_px / VIDEO_CELL_PX,
			video_cells_across(rect->x_px + rect->width_px),
			video_cells_across(rect->y_px + rect->height_px),
	};
}

static int32_t distance(const struct video_move *move)
{
	return (int32_t)move->from_y_px - (int32_t)move->to.y_px;
}

/*
 * One move for two of the same columns: of what the second brings, the whole
 * rows of cells that the first has brought to where it takes them from.
 * Returns false when that is less than half of it.
 */
static bool join(const struct video_move *first,
		const struct video_move *second, struct video_move *both)
{
	const int32_t came = (int32_t)first->to.y_px - distance(second);
	const int32_t went = came + (int32_t)first->to.height_px;
	const uint32_t second_end = second->to.y_px + second->to.height_px;
	uint32_t top, bottom;

	if (first->to.x_px != second->to.x_px ||
			first->to.width_px != second->to.width_px || went <= 0)
		return false;
	top = core_max_u32(came > 0 ? (uint32_t)came : 0, second->to.y_px);
	top = video_cells_across(top) * VIDEO_CELL_PX;
	bottom = second_end;
	if ((uint32_t)went < second_end)
		bottom = (uint32_t)went / VIDEO_CELL_PX * VIDEO_CELL_PX;
	if (bottom <= top || bottom - top < second->to.height_px / 2)
		return false;
	*both = *second;
	both->to.y_px = top;
	both->to.height_px = bottom - top;
	both->from_y_px = (uint32_t)((int32_t)top + distance(first) +
			distance(second));
	return true;
}

static bool lose(struct video_grid *lost, const struct video_rect *rect)
{
	const struct video_cells cells = cells_of(rect);

	if (rect->height_px == 0)
		return false;
	video_grid_add(lost, &cells);
	return true;
}

/* Of two rectangles of the same columns, the rows outside `kept`. */
static bool lose_but(struct video_grid *lost, const struct video_rect *rect,
		const struct video_rect *kept)
{
	const uint32_t end = rect->y_px + rect->height_px;
	const uint32_t kept_end = kept->y_px + kept->height_px;
	struct video_rect above = *rect;
	struct video_rect below = *rect;
	bool any;

	above.height_px =
			core_min_u32(end,
					core_max_u32(kept->y_px, rect->y_px)) -
			rect->y_px;
	any = lose(lost, &above);
	below.y_px = core_min_u32(end, core_max_u32(kept_end, rect->y_px));
	below.height_px = end - below.y_px;
	return lose(lost, &below) || any;
}

static bool join_last(struct vnc_moves *moves, const struct video_move *move,
		const struct video_move *both, struct video_grid *lost)
{
	struct video_move *last = &moves->list[moves->n - 1];
	bool any = lose_but(lost, &last->to, &both->to);

	any = lose_but(lost, &move->to, &both->to) || any;
	*last = *both;
	if (distance(last) == 0)
		moves->n--; /* there and back */
	return any;
}

bool vnc_moves_add(struct vnc_moves *moves, const struct video_move *move,
		struct video_grid *lost)
{
	struct video_move both;

	if (moves->n > 0 && join(&moves->list[moves->n - 1], move, &both))
		return join_last(moves, move, &both, lost);
	if (moves->n == VNC_MOVES_MAX) {
		vnc_moves_forget(moves, lost);
		return lose(lost, &move->to);
	}
	moves->list[moves->n++] = *move;
	return false;
}

void vnc_moves_put_back(struct vnc_moves *moves, const struct vnc_moves *first,
		struct vnc_cells *lost)
{
	const struct vnc_moves later = *moves;

	*moves = *first;
	for (size_t i = 0; i < later.n; i++) {
		struct video_grid more = {0};

		vnc_cells_move(lost, &later.list[i]);
		if (vnc_moves_add(moves, &later.list[i], &more))
			vnc_cells_add(lost, &more);
	}
}

bool vnc_moves_forget(struct vnc_moves *moves, struct video_grid *lost)
{
	const bool any = moves->n > 0;

	for (size_t i = 0; i < moves->n; i++)
		lose(lost, &moves->list[i].to);
	moves->n = 0;
	return any;
}

bool vnc_moves_lie_inside(
		const struct vnc_moves *moves, const struct video_rect *area)
{
	const uint32_t right = area->x_px + area->width_px;
	const uint32_t bottom = area->y_px + area->height_px;

	for (size_t i = 0; i < moves->n; i++) {
		const struct video_rect *to = &moves->list[i].to;
		const uint32_t from_y_px = moves->list[i].from_y_px;

		if (to->x_px < area->x_px || to->y_px < area->y_px ||
				from_y_px < area->y_px ||
				to->x_px + to->width_px > right ||
				core_max_u32(to->y_px, from_y_px) +
								to->height_px >
						bottom)
			return false;
	}
	return true;
}
