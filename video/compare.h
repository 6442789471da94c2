/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/simd.h"

/*
 * Compares rows of bytes, some at once, and gathers by column what differs.
 * Rows are read from left to right and no byte beyond their ends is.
 *
 * Threads: any. Errors: none.
 */
#define VIDEO_COMPARE_ROWS 4

/* Fewer rows are compared by naming one several times. */
struct video_compare_rows {
	const uint8_t *before[VIDEO_COMPARE_ROWS];
	const uint8_t *after[VIDEO_COMPARE_ROWS];
	size_t bytes;
};

struct video_compare {
	/*
	 * Set a bit more at least in each of `columns`, as many bytes as a row
	 * has, where a row differs. Returns whether any column is not 0 then.
	 */
	bool (*equal)(const struct video_compare_rows *rows, uint8_t *columns);
	/* The same where a row differs by more than `tolerance`. */
	bool (*close)(const struct video_compare_rows *rows, uint8_t tolerance,
			uint8_t *columns);
};

/* For a level that runs here. */
const struct video_compare *video_compare_get(enum core_simd level);
