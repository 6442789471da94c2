/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vnc/classify.h"

/*
 * Cells become rectangles, few of them: each costs a header, a stream or the
 * tables of a JPEG. They cover every cell once, but that a JPEG may reach
 * over cells of other kinds where that is cheaper than going round them.
 *
 * Threads: any; a merger belongs to one thread at a time.
 * Errors:  none.
 */

/* Viewers decode streams of no more; JPEG may be larger. */
#define VNC_PIECE_AREA_MAX_PX 65536

/* Counted in cells. */
struct vnc_piece {
	uint32_t column;
	uint32_t row;
	uint32_t columns;
	uint32_t rows;
	enum vnc_cell_kind kind;
	bool jpeg; /* else lossless */
	uint32_t keys[2];
};

struct vnc_merger {
	size_t pieces_n;
	struct vnc_piece pieces[VNC_CELLS_MAX];
	bool taken[VNC_CELLS_MAX];
	uint32_t costs[VNC_CELLS_MAX *
			2]; /* sums, for the JPEG to reach over */
};

/* Fills in merger->pieces. The kinds of some cells may change. */
void vnc_merge(struct vnc_merger *merger, struct vnc_cells *cells,
		bool jpeg_allowed);
