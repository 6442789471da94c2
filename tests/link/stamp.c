/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/link/stamp.h"

void stamp_write(uint32_t *row, uint32_t stride_px, uint32_t time_ms)
{
	for (uint32_t y = 0; y < STAMP_CELL_PX; y++)
		for (uint32_t x = 0; x < STAMP_WIDTH_PX; x++)
			row[y * stride_px + x] =
					time_ms >> (x / STAMP_CELL_PX) & 1
					? UINT32_C(0xffffff)
					: 0;
}

uint32_t stamp_read(const uint32_t *row, uint32_t stride_px)
{
	const uint32_t *middle =
			row + STAMP_CELL_PX / 2 * stride_px + STAMP_CELL_PX / 2;
	uint32_t time_ms = 0;

	for (uint32_t i = 0; i < STAMP_BITS; i++)
		if (middle[i * STAMP_CELL_PX] & 0x8000)
			time_ms |= UINT32_C(1) << i;
	return time_ms;
}
