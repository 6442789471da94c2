/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/picture.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static const struct {
	uint32_t width_px;
	uint32_t height_px;
} sizes[8] = {{64, 48}, {16, 16}, {17, 33}, {200, 120}, {1, 1}, {129, 70},
		{320, 200}, {640, 30}};

static uint32_t *row_of(struct video_frame *frame, uint32_t y)
{
	return (uint32_t *)(void *)(video_frame_pixels(frame) +
			(size_t)y * frame->layout.stride_bytes[0]);
}

static uint32_t pixel(uint8_t kind, uint32_t x, uint32_t y, uint32_t random)
{
	switch (kind >> 3 & 7) {
	case 0: /* text, more or less */
		return random >> 31 ? 0xffffff : 0x102030;
	case 1: /* a plain ground */
		return 0x808000u + kind;
	case 2: /* few colours */
		return 0x111111u * (random >> 28);
	case 3: /* a photograph */
		return (x * 2 + (random >> 30)) << 16 | (y * 3) << 8 | 0x40;
	case 4: /* noise */
		return random >> 8;
	case 5: /* text below a photograph */
		return y < 24 ? (x * 4) << 8 | (random >> 29)
			      : (random >> 31) * 0xffffffu;
	case 6: /* rows that can be told apart */
		return (y * 2654435761u + (x / 8) * 40503u) >> 8;
	default: /* many colours on a plain ground */
		return random >> 28 ? 0x204060 : random & 0xffffff;
	}
}

struct video_frame *fuzz_picture_create(uint8_t kind)
{
	struct video_frame *frame;
	uint32_t random = kind;

	FUZZ_CHECK(video_frame_create(&frame, sizes[kind & 7].width_px,
				   sizes[kind & 7].height_px) == 0);
	for (uint32_t y = 0; y < frame->layout.height_px; y++)
		for (uint32_t x = 0; x < frame->layout.width_px; x++) {
			random = random * 1664525 + 1013904223;
			row_of(frame, y)[x] = pixel(kind, x, y, random) &
					0xffffff;
		}
	return frame;
}

struct video_frame *fuzz_picture_touch(
		const struct video_frame *frame, uint8_t where)
{
	struct video_frame *copy;
	uint32_t *row;

	FUZZ_CHECK(video_frame_copy(&copy, frame) == 0);
	row = row_of(copy, (where >> 4) * 16u % copy->layout.height_px);
	row[(where & 15u) * 16 % copy->layout.width_px] ^= 0x3377ff;
	return copy;
}

struct video_frame *fuzz_picture_scroll(
		const struct video_frame *frame, uint8_t rows)
{
	uint32_t height_px = frame->layout.height_px;
	struct video_frame *copy;

	FUZZ_CHECK(video_frame_copy(&copy, frame) == 0);
	for (uint32_t y = 0; y + rows < height_px; y++)
		memcpy(row_of(copy, y), row_of(copy, y + rows),
				copy->layout.width_px * sizeof(uint32_t));
	return copy;
}
