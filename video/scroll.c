/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/scroll.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/min-max.h"
#include "video/grid.h"
#include "video/motion.h"
#include "video/screen.h"

#define COLUMNS_MAX (VIDEO_WIDTH_MAX_PX / VIDEO_CELL_PX)
#define ROWS_MAX (VIDEO_HEIGHT_MAX_PX / VIDEO_CELL_PX)

/* Smaller things are sent faster than found. */
#define BOX_WIDTH_MIN_PX 128
#define BOX_HEIGHT_MIN_PX 64
#define CHANGED_MIN 32 /* cells that need not be sent */
#define CHANGED_PART 8 /* a part of all that changed, at least */

#define GUESSES_MAX 3

/* Columns that are equal in all rows compared so far. */
struct runs {
	size_t n;
	struct {
		uint32_t left;
		uint32_t right;
	} list[COLUMNS_MAX];
};

struct video_scroll {
	struct video_motion *motion;
	struct video_cells box; /* that holds all changes */
	/* Changed cells above and left of a corner of the grid. */
	uint32_t sums[ROWS_MAX + 1][COLUMNS_MAX + 1];
	/* By column: cells in a row, down to this one, that moved. */
	uint32_t heights[COLUMNS_MAX];
	struct video_cells best;
	uint32_t best_changed;
};

/* What is compared: rows of `after` with those of `before` at a distance. */
struct pair {
	const struct video_frame *before;
	const struct video_frame *after;
	int32_t distance_px;
};

int video_scroll_create(struct video_scroll **out)
{
	struct video_scroll *scroll = calloc(1, sizeof(*scroll));
	int rc = -ENOMEM;

	*out = NULL;
	if (!scroll)
		return rc;
	rc = video_motion_create(&scroll->motion);
	if (rc < 0) {
		video_scroll_destroy(scroll);
		return rc;
	}
	*out = scroll;
	return 0;
}

void video_scroll_destroy(struct video_scroll *scroll)
{
	if (!scroll)
		return;
	video_motion_destroy(scroll->motion);
	free(scroll);
}

/* ---- what changed ---- */

static bool any_changed(
		const uint32_t *row, uint32_t columns, uint32_t generation)
{
	for (uint32_t i = 0; i < columns; i++)
		if (row[i] == generation)
			return true;
	return false;
}

/* The smallest box that holds all changes; there is one at least. */
static struct video_cells bound_changes(const uint32_t *cells, uint32_t columns,
		uint32_t rows, uint32_t generation)
{
	struct video_cells box = {.left = columns, .bottom = rows};

	while (box.top + 1 < rows &&
			!any_changed(cells + columns * box.top, columns,
					generation))
		box.top++;
	while (box.bottom > box.top + 1 &&
			!any_changed(cells + columns * (box.bottom - 1),
					columns, generation))
		box.bottom--;
	for (uint32_t row = box.top; row < box.bottom; row++) {
		const uint32_t *cell = cells + columns * row;
		uint32_t right = columns;

		for (uint32_t i = 0; i < box.left; i++)
			if (cell[i] == generation)
				box.left = i;
		while (right > box.right && cell[right - 1] != generation)
			right--;
		box.right = right;
	}
	return box;
}

static void sum_changes(struct video_scroll *scroll, const uint32_t *cells,
		uint32_t columns, uint32_t generation)
{
	const struct video_cells *box = &scroll->box;

	memset(&scroll->sums[box->top][box->left], 0,
			(box->right - box->left + 1) *
					sizeof(scroll->sums[0][0]));
	for (uint32_t row = box->top; row < box->bottom; row++) {
		const uint32_t *cell = cells + columns * row;
		const uint32_t *above = scroll->sums[row];
		uint32_t *sums = scroll->sums[row + 1];
		uint32_t changed = 0;

		sums[box->left] = 0;
		for (uint32_t i = box->left; i < box->right; i++) {
			changed += cell[i] == generation;
			sums[i + 1] = above[i + 1] + changed;
		}
	}
}

static uint32_t count_changes(const struct video_scroll *scroll,
		const struct video_cells *box)
{
	return scroll->sums[box->bottom][box->right] -
			scroll->sums[box->bottom][box->left] -
			scroll->sums[box->top][box->right] +
			scroll->sums[box->top][box->left];
}

static struct video_rect pixels_of(const struct video_cells *box,
		const struct video_layout *layout)
{
	struct video_rect rect = {
			.x_px = box->left * VIDEO_CELL_PX,
			.y_px = box->top * VIDEO_CELL_PX,
	};

	rect.width_px = core_min_u32(box->right * VIDEO_CELL_PX,
					layout->width_px) -
			rect.x_px;
	rect.height_px = core_min_u32(box->bottom * VIDEO_CELL_PX,
					 layout->height_px) -
			rect.y_px;
	return rect;
}

/* ---- comparing ---- */

static bool run_is_equal(const uint8_t *before, const uint8_t *after,
		size_t cell_bytes, size_t row_bytes, uint32_t left,
		uint32_t right)
{
	size_t first = cell_bytes * left;
	size_t end = cell_bytes * right;

	if (end > row_bytes)
		end = row_bytes;
	return memcmp(before + first, after + first, end - first) == 0;
}

static void add_cell(struct runs *runs, uint32_t column)
{
	if (runs->n == 0 || runs->list[runs->n - 1].right < column)
		runs->list[runs->n++].left = column;
	runs->list[runs->n - 1].right = column + 1;
}

/* Keep of the runs, from the first-th on, the cells that are equal here. */
static void split_runs(struct runs *runs, size_t first, const uint8_t *before,
		const uint8_t *after, size_t cell_bytes, size_t row_bytes)
{
	const struct runs old = *runs;

	runs->n = first;
	for (size_t i = first; i < old.n; i++)
		for (uint32_t j = old.list[i].left; j < old.list[i].right; j++)
			if (run_is_equal(before, after, cell_bytes, row_bytes,
					    j, j + 1))
				add_cell(runs, j);
}

/* Keep of the runs what is equal in one more row of samples. */
static void compare_row(struct runs *runs, const uint8_t *before,
		const uint8_t *after, size_t cell_bytes, size_t row_bytes)
{
	for (size_t i = 0; i < runs->n; i++) {
		if (run_is_equal(before, after, cell_bytes, row_bytes,
				    runs->list[i].left, runs->list[i].right))
			continue;
		split_runs(runs, i, before, after, cell_bytes, row_bytes);
		return;
	}
}

static void compare_plane(struct runs *runs, const struct pair *pair,
		uint32_t plane, uint32_t y_px, uint32_t height_px)
{
	const struct video_layout *layout = &pair->after->layout;
	const enum video_pixel pixel = layout->pixel;
	const size_t cell_bytes =
			video_layout_row_bytes(pixel, plane, VIDEO_CELL_PX);
	const size_t row_bytes =
			video_layout_row_bytes(pixel, plane, layout->width_px);
	const size_t before_stride_bytes =
			pair->before->layout.stride_bytes[plane];
	const size_t after_stride_bytes = layout->stride_bytes[plane];
	const uint32_t from_px = (uint32_t)((int32_t)y_px + pair->distance_px);
	const uint8_t *before = pair->before->plane[plane] +
			before_stride_bytes *
					video_layout_rows(
							pixel, plane, from_px);
	const uint8_t *after = pair->after->plane[plane] +
			after_stride_bytes *
					video_layout_rows(pixel, plane, y_px);
	uint32_t rows = video_layout_rows(pixel, plane, height_px);

	for (; rows > 0 && runs->n > 0; rows--) {
		compare_row(runs, before, after, cell_bytes, row_bytes);
		before += before_stride_bytes;
		after += after_stride_bytes;
	}
}

/* Which cells of one row of the box moved. */
static void compare_cells(const struct video_scroll *scroll,
		const struct pair *pair, uint32_t row, struct runs *runs)
{
	const struct video_layout *layout = &pair->after->layout;
	const uint32_t y_px = row * VIDEO_CELL_PX;
	const uint32_t height_px =
			core_min_u32(VIDEO_CELL_PX, layout->height_px - y_px);
	const int32_t from_px = (int32_t)y_px + pair->distance_px;

	runs->n = 0;
	if (from_px < 0 || (uint32_t)from_px + height_px > layout->height_px)
		return;
	runs->n = 1;
	runs->list[0].left = scroll->box.left;
	runs->list[0].right = scroll->box.right;
	for (uint32_t plane = 0; plane < video_layout_planes(layout->pixel);
			plane++)
		compare_plane(runs, pair, plane, y_px, height_px);
}

/* ---- the best rectangle of cells that moved ---- */

static void consider(struct video_scroll *scroll, const struct video_cells *box)
{
	uint32_t changed = count_changes(scroll, box);

	if (changed <= scroll->best_changed)
		return;
	scroll->best = *box;
	scroll->best_changed = changed;
}

/* All rectangles that end at `bottom` and can grow neither up nor sideways. */
static void consider_all_above(struct video_scroll *scroll, uint32_t bottom)
{
	struct {
		uint32_t left;
		uint32_t height;
	} stack[COLUMNS_MAX]; /* ever higher */
	const uint32_t right = scroll->box.right;
	size_t stack_n = 0;

	for (uint32_t i = scroll->box.left; i <= right; i++) {
		uint32_t height = i < right ? scroll->heights[i] : 0;
		uint32_t left = i;

		while (stack_n > 0 && stack[stack_n - 1].height > height) {
			struct video_cells box = {.right = i, .bottom = bottom};

			stack_n--;
			box.left = left = stack[stack_n].left;
			box.top = bottom - stack[stack_n].height;
			consider(scroll, &box);
		}
		if (height > 0 &&
				(stack_n == 0 ||
						stack[stack_n - 1].height <
								height)) {
			stack[stack_n].left = left;
			stack[stack_n++].height = height;
		}
	}
}

/* Returns whether a rectangle above ends here that may have been the best. */
static bool any_ends(const struct video_scroll *scroll, const struct runs *runs)
{
	uint32_t column = scroll->box.left;

	for (size_t i = 0; i <= runs->n; i++) {
		uint32_t end = i < runs->n ? runs->list[i].left
					   : scroll->box.right;

		for (; column < end; column++)
			if (scroll->heights[column] > 0)
				return true;
		if (i < runs->n)
			column = runs->list[i].right;
	}
	return false;
}

static void grow(struct video_scroll *scroll, const struct runs *runs)
{
	uint32_t column = scroll->box.left;

	for (size_t i = 0; i < runs->n; i++) {
		for (; column < runs->list[i].left; column++)
			scroll->heights[column] = 0;
		for (; column < runs->list[i].right; column++)
			scroll->heights[column]++;
	}
	for (; column < scroll->box.right; column++)
		scroll->heights[column] = 0;
}

static void find_best(struct video_scroll *scroll, const struct pair *pair)
{
	const struct video_cells *box = &scroll->box;

	scroll->best_changed = 0;
	memset(scroll->heights, 0, sizeof(scroll->heights));
	for (uint32_t row = box->top; row < box->bottom; row++) {
		struct runs runs;

		compare_cells(scroll, pair, row, &runs);
		if (any_ends(scroll, &runs))
			consider_all_above(scroll, row);
		grow(scroll, &runs);
	}
	consider_all_above(scroll, box->bottom);
}

/* Rows and columns at its edges in which nothing changed need not be copied. */
static void trim(const struct video_scroll *scroll, struct video_cells *box)
{
	struct video_cells edge = *box;

	for (edge.bottom = edge.top + 1; count_changes(scroll, &edge) == 0;
			edge.bottom++)
		box->top = edge.bottom;
	edge = *box;
	for (edge.top = edge.bottom - 1; count_changes(scroll, &edge) == 0;
			edge.top--)
		box->bottom = edge.top;
	edge = *box;
	for (edge.right = edge.left + 1; count_changes(scroll, &edge) == 0;
			edge.right++)
		box->left = edge.right;
	edge = *box;
	for (edge.left = edge.right - 1; count_changes(scroll, &edge) == 0;
			edge.left--)
		box->right = edge.left;
}

/* Chroma that is shared by two rows moves by two. */
static bool may_move(const struct video_layout *layout, int32_t distance_px)
{
	for (uint32_t i = 1; i < video_layout_planes(layout->pixel); i++)
		if (video_layout_rows(layout->pixel, i, 2) == 1 &&
				distance_px % 2 != 0)
			return false;
	return true;
}

/*
 * A sample from each third of the box, where most rows changed: what moves
 * beside something that stands still is found too.
 */
static void take_samples(const struct video_cells *box, const uint32_t *cells,
		uint32_t columns, uint32_t generation,
		const struct video_layout *layout,
		size_t samples[VIDEO_MOTION_SAMPLES])
{
	uint32_t changed[COLUMNS_MAX] = {0};
	uint32_t end_px = core_min_u32(
			box->right * VIDEO_CELL_PX, layout->width_px);
	size_t last = video_layout_row_bytes(layout->pixel, 0, end_px) -
			VIDEO_MOTION_SAMPLE_BYTES;
	uint32_t i = box->left;

	for (uint32_t row = box->top; row < box->bottom; row += 2)
		for (uint32_t j = box->left; j < box->right; j++)
			changed[j] += cells[columns * row + j] == generation;
	for (uint32_t third = 1; third <= VIDEO_MOTION_SAMPLES; third++) {
		uint32_t end = box->left +
				(box->right - box->left) * third /
						VIDEO_MOTION_SAMPLES;
		uint32_t most = i;

		for (; i < end; i++)
			if (changed[i] > changed[most])
				most = i;
		samples[third - 1] = video_layout_row_bytes(
				layout->pixel, 0, most * VIDEO_CELL_PX);
		if (samples[third - 1] > last)
			samples[third - 1] = last;
	}
}

/* Of one distance; returns whether it is worth it. */
static bool try_distance(struct video_scroll *scroll, const struct pair *pair,
		struct video_move *move)
{
	const struct video_layout *layout = &pair->after->layout;

	if (!may_move(layout, pair->distance_px))
		return false;
	find_best(scroll, pair);
	if (scroll->best_changed < CHANGED_MIN ||
			scroll->best_changed <
					count_changes(scroll, &scroll->box) /
							CHANGED_PART)
		return false;
	trim(scroll, &scroll->best);
	move->to = pixels_of(&scroll->best, layout);
	move->from_y_px =
			(uint32_t)((int32_t)move->to.y_px + pair->distance_px);
	return true;
}

bool video_scroll_find(struct video_scroll *scroll,
		const struct video_frame *before,
		const struct video_frame *after, const uint32_t *cells,
		uint32_t generation, struct video_move *move)
{
	const struct video_layout *layout = &after->layout;
	const uint32_t columns = video_cells_across(layout->width_px);
	struct pair pair = {.before = before, .after = after};
	int32_t guesses[GUESSES_MAX];
	struct video_motion_area area;
	struct video_rect box;
	size_t guesses_n;

	scroll->box = bound_changes(cells, columns,
			video_cells_across(layout->height_px), generation);
	box = pixels_of(&scroll->box, layout);
	if (box.width_px < BOX_WIDTH_MIN_PX ||
			box.height_px < BOX_HEIGHT_MIN_PX)
		return false;
	area.y_px = box.y_px;
	area.height_px = box.height_px;
	take_samples(&scroll->box, cells, columns, generation, layout,
			area.samples);
	guesses_n = video_motion_guess(scroll->motion, before, after, &area,
			guesses, GUESSES_MAX);
	if (guesses_n > 0)
		sum_changes(scroll, cells, columns, generation);
	for (size_t i = 0; i < guesses_n; i++) {
		pair.distance_px = guesses[i];
		if (try_distance(scroll, &pair, move))
			return true;
	}
	return false;
}
