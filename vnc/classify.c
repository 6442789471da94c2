/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/classify.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "core/min-max.h"

/*
 * First a block of so many cells each way is looked at as a whole: that is all
 * for most of a text screen.
 */
#define BLOCK_CELLS 4

/*
 * Up to so many colours are few, in a block and in a cell of one that has
 * more: where JPEG could be, the colours that a JPEG would blur. A soft
 * photograph has no more than a dozen in a cell.
 */
struct limits {
	unsigned block;
	unsigned cell;
};
static const struct limits limits[] = {
		[false] = {40, 60}, /* lossless */
		[true] = {16, 4},
};

/*
 * They are counted in one of four rows of a block and in one of two of a cell:
 * an estimate is enough, as whoever makes a palette counts again. Powers of 2.
 */
#define BLOCK_STEP 4
#define CELL_STEP 2

/* Of each `step` rows another one: lines at regular distances hide nothing. */
static uint32_t counted_row(uint32_t index, uint32_t step)
{
	return index * step + (index & (step - 1));
}

/* A row may bring 64 more before they are counted. */
#define SLOTS 256
#define FEW_MAX 63
static_assert(FEW_MAX + BLOCK_CELLS * VNC_CELL_PX < SLOTS / 2,
		"room for the colours that are few, and a row's");

struct counter {
	unsigned colours_n;
	uint32_t slots[SLOTS]; /* key + 1; 0 is free */
};

static void count_key(struct counter *counter, uint32_t key)
{
	unsigned slot = (unsigned)((key * UINT32_C(2654435761)) >> 24);

	while (counter->slots[slot] != key + 1) {
		if (counter->slots[slot] == 0) {
			counter->slots[slot] = key + 1;
			counter->colours_n++;
			return;
		}
		slot = (slot + 1) % SLOTS;
	}
}

/*
 * How many values of luma there are, each of which is a colour at least; it
 * gives up above `max`. Eight pixels that are as the last one cost as much as
 * one.
 */
static unsigned count_lumas(const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max, uint32_t step)
{
	const size_t stride = surface->planes.stride_bytes[0];
	const uint8_t *top =
			vnc_surface_samples(surface, block->x_px, block->y_px)
					.luma;
	uint64_t seen[4] = {0};
	uint64_t eight = ~(top[0] * UINT64_C(0x0101010101010101));
	unsigned lumas_n = 0;

	for (uint32_t i = 0; counted_row(i, step) < block->height_px; i++) {
		const uint8_t *row = top + stride * counted_row(i, step);

		for (uint32_t x = 0; x < block->width_px; x++) {
			const uint8_t luma = row[x];
			const uint64_t bit = UINT64_C(1) << luma % 64;
			uint64_t next;

			if (x % 8 == 0 && x + 8 <= block->width_px) {
				memcpy(&next, row + x, sizeof(next));
				if (next == eight) {
					x += 7;
					continue;
				}
			}
			eight = luma * UINT64_C(0x0101010101010101);
			if (seen[luma / 64] & bit)
				continue;
			seen[luma / 64] |= bit;
			if (++lumas_n > max)
				return lumas_n;
		}
	}
	return lumas_n;
}

static void count_samples(struct counter *counter, const struct vnc_samples *at,
		uint32_t width)
{
	uint32_t last = UINT32_MAX;

	for (uint32_t x = 0; x < width; x++) {
		const uint32_t key = at->luma[x] |
				(uint32_t)at->cb[x / 2] << 8 |
				(uint32_t)at->cr[x / 2] << 16;

		if (key != last)
			count_key(counter, key);
		last = key;
	}
}

static void count_pixels(
		struct counter *counter, const uint8_t *pixels, uint32_t width)
{
	const uint32_t colour = htole32(0x00ffffff);
	uint32_t last = UINT32_MAX;

	for (uint32_t x = 0; x < width; x++) {
		uint32_t key;

		memcpy(&key, pixels + 4 * x, sizeof(key));
		key &= colour;
		if (key != last)
			count_key(counter, key);
		last = key;
	}
}

/* From odd pixels on, their neighbours' chroma is taken for theirs. */
static bool has_few_keys(const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max, uint32_t step)
{
	struct counter counter = {0};

	for (uint32_t i = 0; counted_row(i, step) < block->height_px; i++) {
		const struct vnc_samples at = vnc_surface_samples(surface,
				block->x_px,
				block->y_px + counted_row(i, step));

		if (surface->is_yuv)
			count_samples(&counter, &at, block->width_px);
		else
			count_pixels(&counter, at.pixel, block->width_px);
		if (counter.colours_n > max)
			return false;
	}
	return true;
}

static bool has_few(const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max, uint32_t step)
{
	uint32_t chroma;

	if (!surface->is_yuv)
		return has_few_keys(surface, block, max, step);
	return count_lumas(surface, block, max, step) <= max &&
			(vnc_surface_is_grey(surface, block, &chroma) ||
					has_few_keys(surface, block, max,
							step));
}

static void classify_cell(const struct vnc_surface *surface,
		const struct video_rect *rect, bool few, unsigned max,
		struct vnc_cell *cell)
{
	*cell = (struct vnc_cell){.kind = VNC_CELL_TWO};
	if (vnc_surface_scan(surface, rect, cell->keys) != VNC_SCAN_MORE)
		return;
	cell->kind = few || has_few(surface, rect, max, CELL_STEP)
			? VNC_CELL_FEW
			: VNC_CELL_MANY;
}

/* The pixels of so many cells, as far as the surface goes. */
static struct video_rect block_of(const struct vnc_surface *surface,
		uint32_t column, uint32_t row, uint32_t cells)
{
	const struct video_rect *area = &surface->area;
	const uint32_t x = column * VNC_CELL_PX;
	const uint32_t y = row * VNC_CELL_PX;
	const uint32_t size = cells * VNC_CELL_PX;

	return (struct video_rect){area->x_px + x, area->y_px + y,
			core_min_u32(size, area->width_px - x),
			core_min_u32(size, area->height_px - y)};
}

static void classify_block(const struct vnc_surface *surface,
		struct vnc_cells *cells, const struct limits *max,
		uint32_t column, uint32_t row)
{
	const struct video_rect block =
			block_of(surface, column, row, BLOCK_CELLS);
	struct vnc_cell whole = {.kind = VNC_CELL_TWO};
	const bool two = vnc_surface_scan(surface, &block, whole.keys) !=
			VNC_SCAN_MORE;
	const bool few = !two &&
			has_few(surface, &block, max->block, BLOCK_STEP);

	for (uint32_t r = row; r < core_min_u32(row + BLOCK_CELLS, cells->rows);
			r++) {
		for (uint32_t c = column; c < core_min_u32(column + BLOCK_CELLS,
							      cells->columns);
				c++) {
			struct vnc_cell *cell =
					&cells->cells[r * cells->columns + c];
			const struct video_rect rect =
					block_of(surface, c, r, 1);

			if (two)
				*cell = whole;
			else
				classify_cell(surface, &rect, few, max->cell,
						cell);
		}
	}
}

void vnc_classify(const struct vnc_surface *surface, struct vnc_cells *cells,
		bool jpeg_allowed)
{
	const struct video_rect *area = &surface->area;

	cells->columns = (area->width_px + VNC_CELL_PX - 1) / VNC_CELL_PX;
	cells->rows = (area->height_px + VNC_CELL_PX - 1) / VNC_CELL_PX;
	assert(cells->columns * cells->rows <= VNC_CELLS_MAX);
	for (uint32_t row = 0; row < cells->rows; row += BLOCK_CELLS)
		for (uint32_t column = 0; column < cells->columns;
				column += BLOCK_CELLS)
			classify_block(surface, cells, &limits[jpeg_allowed],
					column, row);
}
