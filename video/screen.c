/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/screen.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/min-max.h"
#include "video/cover.h"
#include "video/damage.h"
#include "video/scroll.h"

/*
 * Viewers that keep up lack the same cells, and so do those that fell behind
 * together: the last few covers are kept for the next who asks.
 */
#define MEMOS 4
#define MEMO_RECTS_MAX 128

struct memo {
	struct video_grid marked;
	struct video_cells area; /* 0x0: unused */
	size_t room;
	struct video_cells rects[MEMO_RECTS_MAX];
	size_t rects_n;
};

struct memos {
	size_t newest;
	struct memo each[MEMOS];
	/* What changed from one generation to the other, the newest once. */
	uint32_t since;
	uint32_t until;
	struct video_grid changed;
	/* The same with the newest generation, but for what moved. */
	uint32_t beside_until;
	struct video_grid beside;
};

struct video_screen {
	enum core_simd simd;
	uint8_t threshold;
	struct video_frame *frame; /* NULL before the first */
	uint32_t geometry;
	uint32_t generation; /* of the newest change */
	uint64_t changed_us; /* when its frame was captured */
	uint32_t columns;
	uint32_t rows;
	uint32_t *cells;     /* generations, row by row */
	struct memos *memos; /* apart, as asking does not change a screen */
	struct video_scroll *scroll;
	unsigned movers; /* who can make use of moves */
	bool moved;
	struct video_move move; /* of the newest generation, if it moved */
};

int video_screen_create(struct video_screen **out, enum core_simd simd)
{
	struct video_screen *screen = calloc(1, sizeof(*screen));
	int rc = -ENOMEM;

	*out = NULL;
	if (!screen)
		return rc;
	screen->simd = simd;
	screen->memos = calloc(1, sizeof(*screen->memos));
	if (!screen->memos)
		goto fail;
	rc = video_scroll_create(&screen->scroll);
	if (rc < 0)
		goto fail;
	*out = screen;
	return 0;

fail:
	video_screen_destroy(screen);
	return rc;
}

void video_screen_destroy(struct video_screen *screen)
{
	if (!screen)
		return;
	video_frame_unref(screen->frame);
	video_scroll_destroy(screen->scroll);
	free(screen->cells);
	free(screen->memos);
	free(screen);
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
	uint32_t columns = video_cells_across(layout->width_px);
	uint32_t rows = video_cells_across(layout->height_px);
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

static void all_is_new(struct video_screen *screen, uint32_t generation)
{
	for (size_t i = 0; i < (size_t)screen->columns * screen->rows; i++)
		screen->cells[i] = generation;
	screen->moved = false;
}

/*
 * Compare a frame with what is shown. On a change *shown is what there is to
 * show now, a new reference.
 */
static bool compare(struct video_screen *screen, struct video_frame *frame,
		uint32_t generation, struct video_frame **shown)
{
	const struct video_frame *before = screen->frame;

	if (!video_damage_find(screen->simd, screen->threshold, before, frame,
			    generation, screen->cells))
		return false;
	if (screen->threshold == 0) {
		*shown = video_frame_ref(frame);
	} else if (video_damage_merge(shown, before, frame, generation,
				   screen->cells) < 0) {
		/* Then this frame as it is, noise and all. */
		all_is_new(screen, generation);
		*shown = video_frame_ref(frame);
		return true;
	}
	screen->moved = screen->movers > 0 &&
			video_scroll_find(screen->scroll, before, *shown,
					screen->cells, generation,
					&screen->move);
	return true;
}

int video_screen_show(struct video_screen *screen, struct video_frame *frame,
		bool *changed)
{
	const struct video_frame *before = screen->frame;
	struct video_frame *shown = NULL;
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

	*changed = true;
	if (before &&
			video_damage_comparable(
					&before->layout, &frame->layout)) {
		*changed = compare(screen, frame, generation, &shown);
	} else {
		all_is_new(screen, generation);
		shown = video_frame_ref(frame);
	}
	if (*changed) {
		screen->generation = generation;
		screen->changed_us = frame->captured_us;
	} else if (screen->threshold == 0) {
		shown = video_frame_ref(frame); /* the newer of two equal */
	}
	if (shown) {
		video_frame_unref(screen->frame);
		screen->frame = shown;
	}
	return 0;
}

void video_screen_set_threshold(struct video_screen *screen, uint8_t threshold)
{
	screen->threshold = threshold;
}

uint64_t video_screen_get_changed_us(const struct video_screen *screen)
{
	return screen->changed_us;
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

uint32_t video_screen_get_generation(const struct video_screen *screen)
{
	return screen->generation;
}

static struct video_cells cells_touched(const struct video_screen *screen,
		const struct video_rect *rect)
{
	const struct video_cells all = {0, 0, screen->columns, screen->rows};
	uint32_t width_px;
	uint32_t height_px;

	if (!rect)
		return all;
	video_screen_get_size(screen, &width_px, &height_px);
	return video_cells_touched(rect, width_px, height_px);
}

/* A bit for each of at most 64 cells: whether it is newer than that. */
static uint64_t newer(
		const uint32_t *cells, uint32_t cells_n, uint32_t generation)
{
	uint64_t bits = 0;

	for (uint32_t i = cells_n; i > 0; i--)
		bits = bits << 1 | (cells[i - 1] > generation);
	return bits;
}

static void list_newer(const struct video_screen *screen, uint32_t generation,
		struct video_grid *changed)
{
	const uint32_t *cells = screen->cells;

	for (uint32_t row = 0; row < screen->rows; row++)
		for (uint32_t left = 0; left < screen->columns; left += 64) {
			uint32_t n = screen->columns - left;

			n = n < 64 ? n : 64;
			changed->rows[row][left / 64] =
					newer(cells, n, generation);
			cells += n;
		}
}

const struct video_grid *video_screen_get_changed(
		const struct video_screen *screen, uint32_t generation)
{
	struct memos *memos = screen->memos;

	if (memos->until != screen->generation || memos->since != generation) {
		memos->changed = (struct video_grid){0};
		list_newer(screen, generation, &memos->changed);
		memos->since = generation;
		memos->until = screen->generation;
	}
	return &memos->changed;
}

const struct video_grid *video_screen_get_changed_beside(
		const struct video_screen *screen)
{
	struct memos *memos = screen->memos;
	struct video_cells moved;

	if (memos->beside_until == screen->generation)
		return &memos->beside;
	memos->beside = *video_screen_get_changed(
			screen, screen->generation - 1);
	memos->beside_until = screen->generation;
	if (screen->moved) {
		moved = cells_touched(screen, &screen->move.to);
		video_grid_remove(&memos->beside, &moved);
	}
	return &memos->beside;
}

static struct video_rect pixels_of(const struct video_screen *screen,
		const struct video_cells *cells)
{
	struct video_rect rect = {
			.x_px = cells->left * VIDEO_CELL_PX,
			.y_px = cells->top * VIDEO_CELL_PX,
	};
	uint32_t width_px;
	uint32_t height_px;

	video_screen_get_size(screen, &width_px, &height_px);
	rect.width_px = core_min_u32(cells->right * VIDEO_CELL_PX, width_px) -
			rect.x_px;
	rect.height_px =
			core_min_u32(cells->bottom * VIDEO_CELL_PX, height_px) -
			rect.y_px;
	return rect;
}

static bool memo_fits(const struct memo *memo, const struct video_grid *marked,
		const struct video_cells *area, size_t room)
{
	return memcmp(&memo->area, area, sizeof(*area)) == 0 &&
			memo->room == room &&
			memcmp(&memo->marked, marked, sizeof(*marked)) == 0;
}

/* Made or remembered. */
static const struct memo *cover(struct memos *memos,
		const struct video_grid *marked, const struct video_cells *area,
		size_t room)
{
	struct memo *memo;

	for (size_t i = 0; i < MEMOS; i++)
		if (memo_fits(&memos->each[i], marked, area, room))
			return &memos->each[i];
	memos->newest = (memos->newest + 1) % MEMOS;
	memo = &memos->each[memos->newest];
	memo->marked = *marked;
	memo->area = *area;
	memo->room = room;
	memo->rects_n = video_cover(marked, area, memo->rects, room);
	return memo;
}

size_t video_screen_cover(const struct video_screen *screen,
		const struct video_grid *marked, const struct video_rect *area,
		struct video_rect *rects, size_t rects_n)
{
	const struct video_cells cells = cells_touched(screen, area);
	const struct memo *memo;

	if (rects_n == 0 || cells.right == 0)
		return 0;
	memo = cover(screen->memos, marked, &cells,
			rects_n < MEMO_RECTS_MAX ? rects_n : MEMO_RECTS_MAX);
	for (size_t i = 0; i < memo->rects_n; i++)
		rects[i] = pixels_of(screen, &memo->rects[i]);
	return memo->rects_n;
}

uint32_t video_screen_generation(const struct video_screen *screen,
		const struct video_rect *rect)
{
	struct video_cells cells = cells_touched(screen, rect);
	uint32_t newest = 0;

	for (uint32_t row = cells.top; row < cells.bottom; row++) {
		size_t first = (size_t)screen->columns * row;

		for (uint32_t column = cells.left; column < cells.right;
				column++)
			if (screen->cells[first + column] > newest)
				newest = screen->cells[first + column];
	}
	return newest;
}
