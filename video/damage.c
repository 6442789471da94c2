/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/damage.h"

#include <endian.h>
#include <stddef.h>
#include <string.h>

#include "core/min-max.h"
#include "video/compare.h"
#include "video/cover.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

#define WORD_BYTES sizeof(uint64_t)
#define ROW_BYTES_MAX (VIDEO_WIDTH_MAX_PX * 4)

/* What no pixel shows of a word of BGRX. */
#define COLOURS UINT64_C(0x00ffffff00ffffff)

/* Two frames as far as one grid of cells goes. */
struct comparison {
	enum core_simd simd;
	uint8_t threshold;
	const struct video_frame *before;
	const struct video_frame *after;
	uint32_t generation;
	uint32_t columns; /* of the grid */
	/*
	 * What differs in a row of cells, byte by byte of a plane's rows; all
	 * zeros in between. It stays in the nearest cache while the frames run
	 * by in the order in which they lie in memory.
	 */
	uint8_t differences[ROW_BYTES_MAX];
};

/* The rows of one plane that lie in one row of cells. */
struct band {
	uint32_t rows;
	size_t row_bytes;
	size_t cell_bytes;
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

static void take_band(struct band *band, const struct comparison *comparison,
		uint32_t plane, uint32_t y_px)
{
	const struct video_frame *before = comparison->before;
	const struct video_frame *after = comparison->after;
	const struct video_layout *layout = &after->layout;
	uint32_t left_px = layout->height_px - y_px;
	uint32_t first = video_layout_rows(layout->pixel, plane, y_px);

	*band = (struct band){
			.rows = video_layout_rows(layout->pixel, plane,
					left_px < VIDEO_CELL_PX
							? left_px
							: VIDEO_CELL_PX),
			.row_bytes = video_layout_row_bytes(
					layout->pixel, plane, layout->width_px),
			.cell_bytes = video_layout_row_bytes(
					layout->pixel, plane, VIDEO_CELL_PX),
			.before_stride_bytes =
					before->layout.stride_bytes[plane],
			.after_stride_bytes = layout->stride_bytes[plane],
	};
	band->before = before->plane[plane] + band->before_stride_bytes * first;
	band->after = after->plane[plane] + band->after_stride_bytes * first;
}

static ALWAYS_INLINE bool cell_differs(
		const uint8_t *cell, size_t words, uint64_t shown)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < words; i++) {
		uint64_t word;

		memcpy(&word, cell + i * WORD_BYTES, WORD_BYTES);
		sum |= word;
	}
	return (sum & shown) != 0;
}

static ALWAYS_INLINE bool all_differ(const struct comparison *comparison,
		size_t words, uint64_t shown)
{
	const uint8_t *cell = comparison->differences;

	for (uint32_t i = 0; i < comparison->columns; i++) {
		if (!cell_differs(cell, words, shown))
			return false;
		cell += words * WORD_BYTES;
	}
	return true;
}

/* How many cells are new; nothing differs then. */
static ALWAYS_INLINE uint32_t mark(struct comparison *comparison,
		uint32_t *cells, size_t words, uint64_t shown)
{
	uint8_t *cell = comparison->differences;
	uint32_t marked = 0;

	for (uint32_t i = 0; i < comparison->columns; i++) {
		if (cells[i] != comparison->generation &&
				cell_differs(cell, words, shown)) {
			cells[i] = comparison->generation;
			marked++;
		}
		memset(cell, 0, words * WORD_BYTES);
		cell += words * WORD_BYTES;
	}
	return marked;
}

/* Cells of known sizes let the compiler unroll. */
static bool all_cells_differ(
		const struct comparison *comparison, size_t cell_bytes)
{
	switch (cell_bytes) {
	case 8:
		return all_differ(comparison, 1, UINT64_MAX);
	case 16:
		return all_differ(comparison, 2, UINT64_MAX);
	case 32:
		return all_differ(comparison, 4, UINT64_MAX);
	case 48:
		return all_differ(comparison, 6, UINT64_MAX);
	default: /* only BGRX has as many */
		return all_differ(comparison, 8, htole64(COLOURS));
	}
}

static uint32_t mark_cells(struct comparison *comparison, uint32_t *cells,
		size_t cell_bytes)
{
	switch (cell_bytes) {
	case 8:
		return mark(comparison, cells, 1, UINT64_MAX);
	case 16:
		return mark(comparison, cells, 2, UINT64_MAX);
	case 32:
		return mark(comparison, cells, 4, UINT64_MAX);
	case 48:
		return mark(comparison, cells, 6, UINT64_MAX);
	default:
		return mark(comparison, cells, 8, htole64(COLOURS));
	}
}

/* Gather what differs in a few rows; returns whether anything does by now. */
static bool compare_rows(struct comparison *comparison, const struct band *band,
		uint32_t first)
{
	const struct video_compare *compare =
			video_compare_get(comparison->simd);
	struct video_compare_rows rows = {.bytes = band->row_bytes};

	for (uint32_t i = 0; i < VIDEO_COMPARE_ROWS; i++) {
		uint32_t row = first + i < band->rows ? first + i
						      : band->rows - 1;

		rows.before[i] = band->before + band->before_stride_bytes * row;
		rows.after[i] = band->after + band->after_stride_bytes * row;
	}
	if (comparison->threshold == 0)
		return compare->equal(&rows, comparison->differences);
	return compare->close(
			&rows, comparison->threshold, comparison->differences);
}

/* Of one plane; returns how many cells are new. */
static uint32_t find_in_band(struct comparison *comparison,
		const struct band *band, uint32_t *cells)
{
	bool any = false;

	for (uint32_t row = 0; row < band->rows; row += VIDEO_COMPARE_ROWS) {
		any = compare_rows(comparison, band, row);
		/* Full motion need not be read to the end. */
		if (any && all_cells_differ(comparison, band->cell_bytes))
			break;
	}
	return any ? mark_cells(comparison, cells, band->cell_bytes) : 0;
}

bool video_damage_find(enum core_simd simd, uint8_t threshold,
		const struct video_frame *before,
		const struct video_frame *after, uint32_t generation,
		uint32_t *cells)
{
	const struct video_layout *layout = &after->layout;
	struct comparison comparison = {
			.simd = simd,
			.threshold = threshold,
			.before = before,
			.after = after,
			.generation = generation,
			.columns = (layout->width_px + VIDEO_CELL_PX - 1) /
					VIDEO_CELL_PX,
	};
	uint32_t planes = video_layout_planes(layout->pixel);
	bool found = false;

	for (uint32_t y_px = 0; y_px < layout->height_px;
			y_px += VIDEO_CELL_PX, cells += comparison.columns) {
		uint32_t clean = comparison.columns;

		for (uint32_t plane = 0; plane < planes && clean > 0; plane++) {
			struct band band;

			take_band(&band, &comparison, plane, y_px);
			clean -= find_in_band(&comparison, &band, cells);
		}
		found = found || clean < comparison.columns;
	}
	return found;
}

/* The end of the run of cells, all of that generation or none, from `start`. */
static uint32_t run_end(const uint32_t *cells, uint32_t start, uint32_t columns,
		uint32_t generation)
{
	uint32_t end = start + 1;

	while (end < columns &&
			(cells[end] == generation) ==
					(cells[start] == generation))
		end++;
	return end;
}

int video_damage_merge(struct video_frame **out,
		const struct video_frame *before,
		const struct video_frame *after, uint32_t generation,
		const uint32_t *cells)
{
	const uint32_t width_px = after->layout.width_px;
	const uint32_t height_px = after->layout.height_px;
	uint32_t columns = (width_px + VIDEO_CELL_PX - 1) / VIDEO_CELL_PX;
	int rc = video_frame_copy(out, before);

	if (rc < 0)
		return rc;
	(*out)->captured_us = after->captured_us;
	for (uint32_t y_px = 0; y_px < height_px;
			y_px += VIDEO_CELL_PX, cells += columns) {
		uint32_t end;

		for (uint32_t start = 0; start < columns; start = end) {
			struct video_rect rect = {start * VIDEO_CELL_PX, y_px,
					0, VIDEO_CELL_PX};

			end = run_end(cells, start, columns, generation);
			if (cells[start] != generation)
				continue;
			rect.width_px = end * VIDEO_CELL_PX - rect.x_px;
			rect.width_px = core_min_u32(
					rect.width_px, width_px - rect.x_px);
			rect.height_px = core_min_u32(
					rect.height_px, height_px - y_px);
			video_frame_patch(*out, after, &rect);
		}
	}
	return 0;
}
