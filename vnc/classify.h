/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "vnc/strip.h"
#include "vnc/surface.h"

/*
 * What stands where on a surface: a grid of cells of 16 pixels from its
 * corner, each with the kind of its content. A cell of a photograph costs a
 * few dozen samples.
 *
 * Threads: any. Errors: none; the surface is no larger than a strip.
 */
#define VNC_CELL_PX 16
#define VNC_CELLS_MAX 1536

enum vnc_cell_kind {
	VNC_CELL_TWO,  /* keys[]: one colour, twice, or two */
	VNC_CELL_FEW,  /* a palette's worth */
	VNC_CELL_MANY, /* a photograph's */
};

struct vnc_cell {
	enum vnc_cell_kind kind;
	uint32_t keys[2];
};

struct vnc_cells {
	uint32_t columns;
	uint32_t rows;
	struct vnc_cell cells[VNC_CELLS_MAX];
};

/* What can become JPEG is a photograph sooner. */
void vnc_classify(const struct vnc_surface *surface, struct vnc_cells *cells,
		bool jpeg_allowed);
