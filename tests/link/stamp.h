/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * The time at which a picture was drawn, drawn into its uppermost rows: a row
 * of black and white squares, so large that JPEG does not hide them. All
 * programs of a test run under one kernel, whose monotonic clock they share.
 *
 * Threads: any. Errors: none.
 */
#define STAMP_CELL_PX 16
#define STAMP_BITS 32
#define STAMP_WIDTH_PX (STAMP_CELL_PX * STAMP_BITS)

/* `row`: the first of the picture's pixels, `stride_px` to the next row. */
void stamp_write(uint32_t *row, uint32_t stride_px, uint32_t time_ms);
uint32_t stamp_read(const uint32_t *row, uint32_t stride_px);
