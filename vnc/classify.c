/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/classify.h"

#include <assert.h>
#include <string.h>

/*
 * First a block of so many cells each way is looked at as a whole: that is all
 * for most of a text screen.
 */
#define BLOCK_CELLS 4

/*
 * Up to so many colours are few, in a block and in a cell of one that has
 * more: a soft photograph has no more than a dozen in a cell.
 */
#define BLOCK_FEW 24
#define CELL_FEW 6

static_assert(VNC_CELLS_MAX >= VNC_STRIP_AREA_MAX_PX / (VNC_CELL_PX * VNC_CELL_PX) +
						(VNC_STRIP_WIDTH_MAX_PX +
								VIDEO_HEIGHT_MAX_PX) /
								VNC_CELL_PX +
						1,
		"cells for a strip of any shape");

#define SLOTS 64
static_assert(BLOCK_FEW < SLOTS / 2, "room for the colours that are few");

struct counter {
	unsigned colours_n;
	uint32_t slots[SLOTS]; /* key + 1; 0 is free */
};

static void count_key(struct counter *counter, uint32_t key)
{
	unsigned slot = (unsigned)((key * UINT32_C(2654435761)) >> 26);

	while (counter->slots[slot] != key + 1) {
		if (counter->slots[slot] == 0) {
			counter->slots[slot] = key + 1;
			counter->colours_n++;
			return;
		}
		slot = (slot + 1) % SLOTS;
	}
}

static bool has_few(const struct vnc_surface *surface,
		const struct video_rect *block, unsigned max)
{
	uint32_t keys[BLOCK_CELLS * VNC_CELL_PX];
	struct counter counter = {0};
	uint32_t last = UINT32_MAX;

	for (uint32_t y = 0; y < block->height_px; y++) {
		vnc_surface_read_keys(surface, block->x_px, block->y_px + y,
				block->width_px, keys);
		for (uint32_t x = 0; x < block->width_px; x++) {
			if (keys[x] == last)
				continue;
			last = keys[x];
			count_key(&counter, last);
			if (counter.colours_n > max)
				return false;
		}
	}
	return true;
}

static void classify_cell(const struct vnc_surface *surface,
		const struct video_rect *rect, bool few, struct vnc_cell *cell)
{
	*cell = (struct vnc_cell){.kind = VNC_CELL_TWO};
	if (vnc_surface_scan(surface, rect, cell->keys) != VNC_SCAN_MORE)
		return;
	cell->kind = few || has_few(surface, rect, CELL_FEW) ? VNC_CELL_FEW
							     : VNC_CELL_MANY;
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
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
			min_u32(size, area->width_px - x),
			min_u32(size, area->height_px - y)};
}

static void classify_block(const struct vnc_surface *surface,
		struct vnc_cells *cells, uint32_t column, uint32_t row)
{
	const struct video_rect block =
			block_of(surface, column, row, BLOCK_CELLS);
	struct vnc_cell whole = {.kind = VNC_CELL_TWO};
	const bool two = vnc_surface_scan(surface, &block, whole.keys) !=
			VNC_SCAN_MORE;
	const bool few = !two && has_few(surface, &block, BLOCK_FEW);

	for (uint32_t r = row; r < min_u32(row + BLOCK_CELLS, cells->rows);
			r++) {
		for (uint32_t c = column; c <
				min_u32(column + BLOCK_CELLS, cells->columns);
				c++) {
			struct vnc_cell *cell =
					&cells->cells[r * cells->columns + c];
			const struct video_rect rect =
					block_of(surface, c, r, 1);

			if (two)
				*cell = whole;
			else
				classify_cell(surface, &rect, few, cell);
		}
	}
}

void vnc_classify(const struct vnc_surface *surface, struct vnc_cells *cells)
{
	const struct video_rect *area = &surface->area;

	cells->columns = (area->width_px + VNC_CELL_PX - 1) / VNC_CELL_PX;
	cells->rows = (area->height_px + VNC_CELL_PX - 1) / VNC_CELL_PX;
	assert(cells->columns * cells->rows <= VNC_CELLS_MAX);
	for (uint32_t row = 0; row < cells->rows; row += BLOCK_CELLS)
		for (uint32_t column = 0; column < cells->columns;
				column += BLOCK_CELLS)
			classify_block(surface, cells, column, row);
}
