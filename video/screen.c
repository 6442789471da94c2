/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/screen.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "video/damage.h"
#include "video/scroll.h"

#define COLUMNS_MAX (VIDEO_WIDTH_MAX_PX / VIDEO_CELL_PX)

/* A block of 1 << 8 cells each way is the widest grid: one rectangle covers. */
#define COARSENESS_MAX 8
static_assert(1 << COARSENESS_MAX >= COLUMNS_MAX &&
				1 << COARSENESS_MAX >= VIDEO_HEIGHT_MAX_PX /
								VIDEO_CELL_PX,
		"the coarsest block holds the largest grid");

struct video_screen {
	enum core_simd simd;
	struct video_frame *frame; /* NULL before the first */
	uint32_t geometry;
	uint32_t generation; /* of the newest change */
	uint32_t columns;
	uint32_t rows;
	uint32_t *cells; /* generations, row by row */
	struct video_scroll *scroll;
	unsigned movers; /* who can make use of moves */
	bool moved;
	struct video_move move; /* of the newest generation, if it moved */
};

/* A rectangle of cells; right and bottom lie just outside. */
struct extent {
	uint32_t left;
	uint32_t top;
	uint32_t right;
	uint32_t bottom;
};

int video_screen_create(struct video_screen **out, enum core_simd simd)
{
	struct video_screen *screen = calloc(1, sizeof(*screen));
	int rc = -ENOMEM;

	*out = NULL;
	if (!screen)
		return rc;
	screen->simd = simd;
	rc = video_scroll_create(&screen->scroll);
	if (rc < 0) {
		video_screen_destroy(screen);
		return rc;
	}
	*out = screen;
	return 0;
}

void video_screen_destroy(struct video_screen *screen)
{
	if (!screen)
		return;
	video_frame_unref(screen->frame);
	video_scroll_destroy(screen->scroll);
	free(screen->cells);
	free(screen);
}

static uint32_t cells_across(uint32_t px)
{
	return (px + VIDEO_CELL_PX - 1) / VIDEO_CELL_PX;
}

static void fill_cells(struct video_screen *screen, uint32_t generation)
{
	for (size_t i = 0; i < video_screen_cells(screen); i++)
		screen->cells[i] = generation;
}

static bool size_changes(const struct video_screen *screen,
		const struct video_layout *to)
{
	return !screen->frame ||
			screen->frame->layout.width_px != to->width_px ||
			screen->frame->layout.height_px != to->height_px;
}

static int start_geometry(
		struct video_screen *screen, const struct video_layout *layout)
{
	uint32_t columns = cells_across(layout->width_px);
	uint32_t rows = cells_across(layout->height_px);
	uint32_t *cells = calloc((size_t)columns * rows, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	free(screen->cells);
	screen->cells = cells;
	screen->columns = columns;
	screen->rows = rows;
	screen->geometry++;
	return 0;
}

/* Mark what differs between two comparable frames; returns whether any does. */
static bool compare(struct video_screen *screen,
		const struct video_frame *before,
		const struct video_frame *after, uint32_t generation)
{
	if (!video_damage_find(screen->simd, 0, before, after, generation,
			    screen->cells))
		return false;
	screen->moved = screen->movers > 0 &&
			video_scroll_find(screen->scroll, before, after,
					screen->cells, generation,
					&screen->move);
	return true;
}

int video_screen_show(struct video_screen *screen, struct video_frame *frame,
		bool *changed)
{
	struct video_frame *before = screen->frame;
	uint32_t generation = screen->generation + 1;
	int rc = video_layout_check(&frame->layout);

	*changed = false;
	if (frame == before)
		return 0;
	if (rc == 0 && size_changes(screen, &frame->layout)) {
		rc = start_geometry(screen, &frame->layout);
		before = NULL;
	}
	if (rc < 0)
		return rc;

	if (before &&
			video_damage_comparable(
					&before->layout, &frame->layout)) {
		*changed = compare(screen, before, frame, generation);
	} else {
		fill_cells(screen, generation);
		screen->moved = false;
		*changed = true;
	}
	if (*changed)
		screen->generation = generation;

	video_frame_unref(screen->frame);
	screen->frame = video_frame_ref(frame);
	return 0;
}

struct video_frame *video_screen_get_frame(const struct video_screen *screen)
{
	return screen->frame;
}

void video_screen_look_for_moves(struct video_screen *screen, bool look)
{
	assert(look || screen->movers > 0);
	screen->movers += look ? 1U : -1U;
}

const struct video_move *video_screen_get_move(
		const struct video_screen *screen)
{
	return screen->moved ? &screen->move : NULL;
}

void video_screen_get_size(const struct video_screen *screen,
		uint32_t *width_px, uint32_t *height_px)
{
	*width_px = screen->frame ? screen->frame->layout.width_px : 0;
	*height_px = screen->frame ? screen->frame->layout.height_px : 0;
}

uint32_t video_screen_get_geometry(const struct video_screen *screen)
{
	return screen->geometry;
}

size_t video_screen_cells(const struct video_screen *screen)
{
	return (size_t)screen->columns * screen->rows;
}

/* Clip a span to the picture; returns its end. */
static uint32_t clip_end(uint32_t start_px, uint32_t length_px, uint32_t end_px)
{
	uint64_t end = (uint64_t)start_px + length_px;

	return end < end_px ? (uint32_t)end : end_px;
}

/* All cells of which `area` has a pixel; perhaps none. */
static struct extent cells_touched(const struct video_screen *screen,
		const struct video_rect *area)
{
	struct extent all = {0, 0, screen->columns, screen->rows};
	uint32_t width_px;
	uint32_t height_px;

	if (!area)
		return all;
	video_screen_get_size(screen, &width_px, &height_px);
	if (area->width_px == 0 || area->height_px == 0 ||
			area->x_px >= width_px || area->y_px >= height_px)
		return (struct extent){0};
	return (struct extent){
			area->x_px / VIDEO_CELL_PX,
			area->y_px / VIDEO_CELL_PX,
			cells_across(clip_end(
					area->x_px, area->width_px, width_px)),
			cells_across(clip_end(area->y_px, area->height_px,
					height_px)),
	};
}

/* Where a span ends in cells, counting those that lie wholly inside. */
static uint32_t cells_before(
		uint32_t start_px, uint32_t length_px, uint32_t picture_px)
{
	uint32_t end_px = clip_end(start_px, length_px, picture_px);

	return end_px == picture_px ? cells_across(end_px)
				    : end_px / VIDEO_CELL_PX;
}

/* All cells of which `rect` has every pixel; perhaps none. */
static struct extent cells_inside(const struct video_screen *screen,
		const struct video_rect *rect)
{
	uint32_t width_px;
	uint32_t height_px;

	video_screen_get_size(screen, &width_px, &height_px);
	if (rect->x_px >= width_px || rect->y_px >= height_px)
		return (struct extent){0};
	return (struct extent){
			cells_across(rect->x_px),
			cells_across(rect->y_px),
			cells_before(rect->x_px, rect->width_px, width_px),
			cells_before(rect->y_px, rect->height_px, height_px),
	};
}

static bool extent_is_new(const struct video_screen *screen,
		const uint32_t *seen, const struct extent *extent)
{
	for (uint32_t row = extent->top; row < extent->bottom; row++) {
		size_t first = (size_t)screen->columns * row;

		for (size_t i = first + extent->left; i < first + extent->right;
				i++)
			if (screen->cells[i] > seen[i])
				return true;
	}
	return false;
}

static struct video_rect pixels_of(
		const struct video_screen *screen, const struct extent *extent)
{
	struct video_rect rect = {
			.x_px = extent->left * VIDEO_CELL_PX,
			.y_px = extent->top * VIDEO_CELL_PX,
	};
	uint32_t width_px;
	uint32_t height_px;

	video_screen_get_size(screen, &width_px, &height_px);
	rect.width_px = clip_end(extent->right * VIDEO_CELL_PX, 0, width_px) -
			rect.x_px;
	rect.height_px =
			clip_end(extent->bottom * VIDEO_CELL_PX, 0, height_px) -
			rect.y_px;
	return rect;
}

/* The rectangles found so far, and which of them starts in a column. */
struct cover {
	struct video_rect *rects;
	size_t room;
	size_t n;
	size_t newest[COLUMNS_MAX]; /* index + 1; 0 is none */
};

/*
 * Add the run of one row: as the continuation of the rectangle just above, if
 * that has the same width. Returns false when there is no room.
 */
static bool cover_add(struct cover *cover, uint32_t column,
		const struct video_rect *run)
{
	size_t newest = cover->newest[column];

	if (newest > 0) {
		struct video_rect *above = &cover->rects[newest - 1];

		if (above->width_px == run->width_px &&
				above->y_px + above->height_px == run->y_px) {
			above->height_px += run->height_px;
			return true;
		}
	}
	if (cover->n == cover->room)
		return false;
	cover->rects[cover->n++] = *run;
	cover->newest[column] = cover->n;
	return true;
}

static uint32_t block_end(uint32_t start, uint32_t step, uint32_t end)
{
	uint32_t next = (start / step + 1) * step;

	return next < end ? next : end;
}

/* Cover the new blocks of one row of blocks, `row`, run by run. */
static bool cover_row(const struct video_screen *screen, const uint32_t *seen,
		const struct extent *row, uint32_t step, struct cover *cover)
{
	struct extent block = *row;
	struct extent run = *row;

	run.right = run.left; /* empty */
	for (; block.left < row->right; block.left = block.right) {
		block.right = block_end(block.left, step, row->right);
		if (extent_is_new(screen, seen, &block)) {
			run.right = block.right;
			if (run.right < row->right)
				continue;
		}
		if (run.left < run.right) {
			struct video_rect rect = pixels_of(screen, &run);

			if (!cover_add(cover, run.left, &rect))
				return false;
		}
		run.left = run.right = block.right;
	}
	return true;
}

/* With blocks of 1 << coarseness cells each way; false when room runs out. */
static bool cover_area(const struct video_screen *screen, const uint32_t *seen,
		const struct extent *area, unsigned coarseness,
		struct cover *cover)
{
	uint32_t step = UINT32_C(1) << coarseness;
	struct extent row = *area;

	cover->n = 0;
	memset(cover->newest, 0, sizeof(cover->newest));
	for (; row.top < area->bottom; row.top = row.bottom) {
		row.bottom = block_end(row.top, step, area->bottom);
		if (!cover_row(screen, seen, &row, step, cover))
			return false;
	}
	return true;
}

void video_screen_list_damage(const struct video_screen *screen,
		const uint32_t *seen, const struct video_rect *area,
		struct video_rect *rects, size_t rects_n, size_t *covered_n)
{
	struct extent extent = cells_touched(screen, area);
	struct cover cover = {.rects = rects, .room = rects_n};
	unsigned coarseness = 0;

	*covered_n = 0;
	if (rects_n == 0)
		return;
	while (!cover_area(screen, seen, &extent, coarseness, &cover))
		coarseness++;
	assert(coarseness <= COARSENESS_MAX);
	*covered_n = cover.n;
}

void video_screen_mark_seen(const struct video_screen *screen, uint32_t *seen,
		const struct video_rect *rect)
{
	struct extent extent = cells_inside(screen, rect);

	for (uint32_t row = extent.top; row < extent.bottom; row++) {
		size_t first = (size_t)screen->columns * row;

		for (uint32_t column = extent.left; column < extent.right;
				column++)
			seen[first + column] = screen->cells[first + column];
	}
}

uint32_t video_screen_generation(const struct video_screen *screen,
		const struct video_rect *rect)
{
	struct extent extent = cells_touched(screen, rect);
	uint32_t newest = 0;

	for (uint32_t row = extent.top; row < extent.bottom; row++) {
		size_t first = (size_t)screen->columns * row;

		for (uint32_t column = extent.left; column < extent.right;
				column++)
			if (screen->cells[first + column] > newest)
				newest = screen->cells[first + column];
	}
	return newest;
}
