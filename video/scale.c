/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/scale.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "video/convert.h"

#define CHANNELS 3

/* The sums of all pixels that the largest picture has fit. */
static_assert((uint64_t)VIDEO_WIDTH_MAX_PX * VIDEO_HEIGHT_MAX_PX * UINT8_MAX <=
				UINT32_MAX,
		"a sum is no larger than its type");

struct scaler {
	const struct video_frame *frame;
	uint32_t width_px; /* of what is made */
	uint32_t height_px;
	uint8_t *row;   /* one of the frame's */
	uint32_t *sums; /* of each pixel of what is made */
};

uint32_t video_scale_height(
		const struct video_layout *layout, uint32_t width_px)
{
	uint64_t height_px = ((uint64_t)layout->height_px * width_px +
					     layout->width_px / 2) /
			layout->width_px;

	return height_px == 0 ? 1 : (uint32_t)height_px;
}

/* Where the part begins that pixel `at` of `of` stands for. */
static uint32_t part_begin(uint32_t from, uint32_t of, uint32_t at)
{
	return (uint32_t)((uint64_t)from * at / of);
}

static void add_row(const struct scaler *scaler)
{
	const uint32_t from = scaler->frame->layout.width_px;
	const uint8_t *pixel = scaler->row;
	uint32_t *sum = scaler->sums;
	uint32_t x = 0;

	for (uint32_t at = 0; at < scaler->width_px; at++, sum += CHANNELS) {
		uint32_t end = part_begin(from, scaler->width_px, at + 1);

		for (; x < end; x++, pixel += 4)
			for (int i = 0; i < CHANNELS; i++)
				sum[i] += pixel[i];
	}
}

static void write_row(
		const struct scaler *scaler, uint32_t rows_n, uint8_t *bgrx)
{
	const uint32_t from = scaler->frame->layout.width_px;
	const uint32_t *sum = scaler->sums;

	for (uint32_t at = 0; at < scaler->width_px; at++) {
		uint32_t n = rows_n *
				(part_begin(from, scaler->width_px, at + 1) -
						part_begin(from,
								scaler->width_px,
								at));

		for (int i = 0; i < CHANNELS; i++)
			bgrx[i] = (uint8_t)((sum[i] + n / 2) / n);
		bgrx[CHANNELS] = 0;
		bgrx += 4;
		sum += CHANNELS;
	}
}

static void scale_row(const struct scaler *scaler, uint32_t at, uint8_t *bgrx)
{
	const struct video_layout *layout = &scaler->frame->layout;
	const uint32_t begin =
			part_begin(layout->height_px, scaler->height_px, at);
	const uint32_t end = part_begin(
			layout->height_px, scaler->height_px, at + 1);

	memset(scaler->sums, 0,
			sizeof(*scaler->sums) * CHANNELS * scaler->width_px);
	for (uint32_t y = begin; y < end; y++) {
		const struct video_rect row = {0, y, layout->width_px, 1};

		video_convert_bgrx(scaler->frame, &row, scaler->row, 0);
		add_row(scaler);
	}
	write_row(scaler, end - begin, bgrx);
}

static int scale(struct scaler *scaler, uint8_t *bgrx, size_t stride_bytes)
{
	scaler->row = malloc((size_t)scaler->frame->layout.width_px * 4);
	scaler->sums = malloc(
			sizeof(*scaler->sums) * CHANNELS * scaler->width_px);
	if (!scaler->row || !scaler->sums)
		return -ENOMEM;
	for (uint32_t y = 0; y < scaler->height_px; y++)
		scale_row(scaler, y, bgrx + stride_bytes * y);
	return 0;
}

int video_scale_bgrx(const struct video_frame *frame, uint32_t width_px,
		uint32_t height_px, uint8_t *bgrx, size_t stride_bytes)
{
	const struct video_rect all = {
			0, 0, frame->layout.width_px, frame->layout.height_px};
	struct scaler scaler = {frame, width_px, height_px, NULL, NULL};
	int rc;

	if (width_px == 0 || width_px > all.width_px || height_px == 0 ||
			height_px > all.height_px ||
			stride_bytes < (size_t)width_px * 4)
		return -EINVAL;
	if (width_px == all.width_px && height_px == all.height_px) {
		video_convert_bgrx(frame, &all, bgrx, stride_bytes);
		return 0;
	}
	rc = scale(&scaler, bgrx, stride_bytes);
	free(scaler.row);
	free(scaler.sums);
	return rc;
}
