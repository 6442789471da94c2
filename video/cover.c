/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/cover.h"

#include <assert.h>
#include <stdbool.h>

#include "core/min-max.h"

/*
 * What a rectangle costs beside its cells, in cells. Scrolling consoles take
 * the fewest bytes between 16 and 64, with hardly a difference; at 16 text in
 * a window is still kept apart from the picture behind it.
 */
#define PRICE_CELLS 16

#define LINES_MAX VIDEO_COLUMNS_MAX
static_assert(VIDEO_ROWS_MAX <= LINES_MAX, "more columns than rows");

/* Adjacent lines, rows or columns, with marks from `start` to before `end`. */
struct run {
	uint32_t line;
	uint32_t lines;
	uint32_t start;
	uint32_t end; /* not above start: no marks */
};

/*
 * A way to cut an area into groups of adjacent lines, each to be covered by
 * one rectangle, at the least price for this direction. Lines with equal spans
 * belong together: a cut between them moved to their end costs no more.
 */
struct cut {
	uint32_t runs_n;
	struct run runs[LINES_MAX];
	uint32_t price[LINES_MAX + 1]; /* of so many first runs */
	uint32_t first[LINES_MAX + 1]; /* run of the last group in them */
};

struct cover {
	const struct video_grid *grid;
	uint32_t price;
	struct video_cells *rects;
	size_t rects_n;
	size_t room;
	struct cut by_rows;
	struct cut by_columns;
};

/* The bits of one word of a row that lie in an area. */
static uint64_t word_of(const struct video_grid *grid, uint32_t row,
		uint32_t word, const struct video_cells *area)
{
	uint64_t bits = grid->rows[row][word];
	uint32_t start = word * 64;

	if (area->left > start)
		bits &= UINT64_MAX << (area->left - start);
	if (area->right < start + 64)
		bits &= UINT64_MAX >> (start + 64 - area->right);
	return bits;
}

/* The columns of the first and the last bit that is set, of which there are. */
static uint32_t lowest(uint64_t bits, uint32_t word)
{
	return word * 64 + (uint32_t)__builtin_ctzll(bits);
}

static uint32_t highest(uint64_t bits, uint32_t word)
{
	return word * 64 + 63 - (uint32_t)__builtin_clzll(bits);
}

/* The words in which an area lies; its right is not 0. */
static uint32_t first_word(const struct video_cells *area)
{
	return area->left / 64;
}

static uint32_t last_word(const struct video_cells *area)
{
	return (area->right - 1) / 64;
}

static uint32_t count_marked(
		const struct video_grid *grid, const struct video_cells *area)
{
	uint32_t marked = 0;

	for (uint32_t row = area->top; row < area->bottom; row++)
		for (uint32_t i = first_word(area); i <= last_word(area); i++)
			marked += (uint32_t)__builtin_popcountll(
					word_of(grid, row, i, area));
	return marked;
}

static void add_line(struct cut *cut, uint32_t line, uint32_t start,
		uint32_t end, bool join)
{
	if (join && cut->runs_n > 0) {
		struct run *last = &cut->runs[cut->runs_n - 1];

		if (last->start == start && last->end == end) {
			last->lines++;
			return;
		}
	}
	cut->runs[cut->runs_n++] = (struct run){line, 1, start, end};
}

static void add_rows(const struct video_grid *grid,
		const struct video_cells *area, bool join, struct cut *cut)
{
	cut->runs_n = 0;
	for (uint32_t row = area->top; row < area->bottom; row++) {
		uint32_t start = UINT32_MAX;
		uint32_t end = 0;

		for (uint32_t i = first_word(area); i <= last_word(area); i++) {
			uint64_t bits = word_of(grid, row, i, area);

			if (bits == 0)
				continue;
			start = core_min_u32(start, lowest(bits, i));
			end = highest(bits, i) + 1;
		}
		add_line(cut, row, start, end, join);
	}
}

/* Keep, of each column among `bits`, `row` as its bound. */
static void bound_columns(uint64_t bits, uint32_t word, uint32_t row,
		uint32_t bounds[LINES_MAX])
{
	for (; bits != 0; bits &= bits - 1)
		bounds[lowest(bits, word)] = row;
}

static void add_columns(const struct video_grid *grid,
		const struct video_cells *area, struct cut *cut)
{
	uint32_t starts[LINES_MAX] = {0};
	uint32_t ends[LINES_MAX] = {0};
	uint32_t height = area->bottom - area->top;

	for (uint32_t i = first_word(area); i <= last_word(area); i++) {
		uint64_t from_top = 0;
		uint64_t from_bottom = 0;

		for (uint32_t row = 0; row < height; row++) {
			uint32_t down = area->top + row;
			uint32_t up = area->bottom - 1 - row;
			uint64_t first = word_of(grid, down, i, area);
			uint64_t last = word_of(grid, up, i, area);

			bound_columns(first & ~from_top, i, down, starts);
			bound_columns(last & ~from_bottom, i, up + 1, ends);
			from_top |= first;
			from_bottom |= last;
		}
	}
	cut->runs_n = 0;
	for (uint32_t column = area->left; column < area->right; column++)
		add_line(cut, column, starts[column], ends[column], true);
}

static bool is_empty(const struct run *run)
{
	return run->end <= run->start;
}

/* What rectangles cost that cover each marked column in so many rows. */
static uint32_t price_bars(const uint64_t columns[VIDEO_GRID_WORDS],
		uint32_t rows, uint32_t price)
{
	uint32_t cells = 0;
	uint32_t bars = 0;
	uint64_t carry = 0;

	for (uint32_t i = 0; i < VIDEO_GRID_WORDS; i++) {
		uint64_t starts = columns[i] & ~(columns[i] << 1 | carry);

		carry = columns[i] >> 63;
		cells += (uint32_t)__builtin_popcountll(columns[i]) * rows;
		bars += (uint32_t)__builtin_popcountll(starts);
	}
	return cells + bars * price;
}

/* Price groups of rows that may be cut into bars, as price_until does. */
static void price_bars_until(struct cut *cut, uint32_t last, uint32_t price,
		const struct video_grid *grid, const struct video_cells *area)
{
	uint64_t columns[VIDEO_GRID_WORDS] = {0};
	uint32_t best = UINT32_MAX;

	for (uint32_t first = last + 1; first > 0;) {
		uint32_t row = cut->runs[--first].line;
		uint32_t group;

		for (uint32_t i = first_word(area); i <= last_word(area); i++)
			columns[i] |= word_of(grid, row, i, area);
		group = price_bars(columns, last + 1 - first, price);
		if (!is_empty(&cut->runs[first]) &&
				cut->price[first] + group <= best) {
			best = cut->price[first] + group;
			cut->first[last + 1] = first;
		}
	}
	cut->price[last + 1] = best;
}

/* Of all ways to end with run `last`; of equal ones that with fewer groups. */
static void price_until(struct cut *cut, uint32_t last, uint32_t price)
{
	uint32_t start = UINT32_MAX;
	uint32_t end = 0;
	uint32_t best = UINT32_MAX;

	for (uint32_t first = last + 1; first > 0;) {
		const struct run *run = &cut->runs[--first];
		uint32_t lines = cut->runs[last].line + cut->runs[last].lines -
				run->line;
		uint32_t group;

		if (is_empty(run))
			continue;
		start = core_min_u32(start, run->start);
		end = core_max_u32(end, run->end);
		group = price + (end - start) * lines;
		if (group > best)
			break; /* wider or longer ones cost even more */
		if (cut->price[first] + group <= best) {
			best = cut->price[first] + group;
			cut->first[last + 1] = first;
		}
	}
	cut->price[last + 1] = best;
}

/*
 * The least price of all runs; those without marks need no group. With `bars`,
 * of which area they are rows, groups may be cut once more.
 */
static uint32_t price_cut(struct cut *cut, uint32_t price,
		const struct video_grid *grid, const struct video_cells *bars)
{
	cut->price[0] = 0;
	for (uint32_t run = 0; run < cut->runs_n; run++) {
		if (is_empty(&cut->runs[run])) {
			cut->price[run + 1] = cut->price[run];
			cut->first[run + 1] = run;
		} else if (bars) {
			price_bars_until(cut, run, price, grid, bars);
		} else {
			price_until(cut, run, price);
		}
	}
	return cut->price[cut->runs_n];
}

/* Shrink an area that has marks to these; false: it has none. */
static bool shrink(const struct video_grid *grid, struct video_cells *area)
{
	struct video_cells box = {UINT32_MAX, UINT32_MAX, 0, 0};

	if (area->right <= area->left)
		return false;
	for (uint32_t row = area->top; row < area->bottom; row++)
		for (uint32_t i = first_word(area); i <= last_word(area); i++) {
			uint64_t bits = word_of(grid, row, i, area);

			if (bits == 0)
				continue;
			box.left = core_min_u32(box.left, lowest(bits, i));
			box.right = core_max_u32(
					box.right, highest(bits, i) + 1);
			box.top = core_min_u32(box.top, row);
			box.bottom = row + 1;
		}
	*area = box;
	return box.right > 0;
}

/* The group of runs that ends before `end`, as rows or columns of `area`. */
static struct video_cells group_before(const struct cut *cut, uint32_t end,
		const struct video_cells *area, bool rows)
{
	const struct run *first = &cut->runs[cut->first[end]];
	const struct run *last = &cut->runs[end - 1];
	struct video_cells group = *area;

	*(rows ? &group.top : &group.left) = first->line;
	*(rows ? &group.bottom : &group.right) = last->line + last->lines;
	return group;
}

/* Replace the rectangle at `index` by the groups of a cut. */
static bool apply_cut(struct cover *cover, size_t index, const struct cut *cut)
{
	const bool rows = cut == &cover->by_rows;
	struct video_cells area = cover->rects[index];
	size_t to = index;

	/* What saves has more than one group; else this would never end. */
	assert(cut->first[cut->runs_n] > 0);
	for (uint32_t end = cut->runs_n; end > 0; end = cut->first[end]) {
		struct video_cells group = group_before(cut, end, &area, rows);

		if (!shrink(cover->grid, &group))
			continue;
		if (to == cover->room)
			return false;
		cover->rects[to] = group;
		to = to == index ? cover->rects_n : to + 1;
	}
	cover->rects_n = core_max_u32((uint32_t)cover->rects_n, (uint32_t)to);
	return true;
}

/*
 * An outline has rows and columns of full length on all its sides: only cut
 * both ways it gets cheaper.
 */
static bool cut_outline(struct cover *cover, const struct video_cells *area,
		uint32_t below)
{
	add_rows(cover->grid, area, false, &cover->by_rows);
	return price_cut(&cover->by_rows, cover->price, cover->grid, area) <
			below;
}

/* Find the better way to cut a rectangle; NULL: it is good as it is. */
static const struct cut *find_cut(
		struct cover *cover, const struct video_cells *area)
{
	uint32_t cells =
			(area->right - area->left) * (area->bottom - area->top);
	uint32_t price = cells + cover->price;
	uint32_t by_rows;
	uint32_t by_columns;

	/* No cut saves more than the gaps. */
	if (cells - count_marked(cover->grid, area) <= cover->price)
		return NULL;
	add_rows(cover->grid, area, true, &cover->by_rows);
	add_columns(cover->grid, area, &cover->by_columns);
	by_rows = price_cut(&cover->by_rows, cover->price, NULL, NULL);
	by_columns = price_cut(&cover->by_columns, cover->price, NULL, NULL);
	if (by_columns < price && by_columns < by_rows)
		return &cover->by_columns;
	if (by_rows < price || cut_outline(cover, area, price))
		return &cover->by_rows;
	return NULL;
}

/* False: there is not room for as many rectangles as this price asks for. */
static bool cover_at(struct cover *cover, const struct video_cells *box)
{
	size_t index = 0;

	cover->rects[0] = *box;
	cover->rects_n = 1;
	while (index < cover->rects_n) {
		const struct cut *cut = find_cut(cover, &cover->rects[index]);

		if (!cut)
			index++;
		else if (!apply_cut(cover, index, cut))
			return false;
	}
	return true;
}

static bool is_before(const struct video_cells *a, const struct video_cells *b)
{
	return a->top != b->top ? a->top < b->top : a->left < b->left;
}

/* By insertion: they are few, and nearly sorted already. */
static void sort(struct video_cells *rects, size_t rects_n)
{
	for (size_t i = 1; i < rects_n; i++) {
		struct video_cells rect = rects[i];
		size_t to = i;

		for (; to > 0 && is_before(&rect, &rects[to - 1]); to--)
			rects[to] = rects[to - 1];
		rects[to] = rect;
	}
}

size_t video_cover(const struct video_grid *grid,
		const struct video_cells *area, struct video_cells *rects,
		size_t rects_n)
{
	struct cover cover = {
			.grid = grid,
			.price = PRICE_CELLS,
			.rects = rects,
			.room = rects_n,
	};
	struct video_cells box = *area;

	if (!shrink(grid, &box))
		return 0;
	/* At a price of all cells, one rectangle is best. */
	while (!cover_at(&cover, &box))
		cover.price *= 2;
	sort(rects, cover.rects_n);
	return cover.rects_n;
}
