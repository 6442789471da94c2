/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/tight-rig.h"

#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "video/convert.h"

int tight_set_up(void **state)
{
	struct tight_rig *rig = calloc(1, sizeof(*rig));

	assert_int_equal(vnc_tight_create(&rig->tight, core_simd_best()), 0);
	tight_decoder_init(&rig->decoder, CANVAS_PX, CANVAS_PX);
	*state = rig;
	return 0;
}

int tight_tear_down(void **state)
{
	struct tight_rig *rig = *state;

	tight_decoder_finish(&rig->decoder);
	vnc_tight_destroy(rig->tight);
	free(rig);
	assert_int_equal(picture_alive(), 0);
	return 0;
}

/* What was not sent as JPEG is what the plain conversion makes of it. */
static void assert_equal_pixels(const struct tight_decoder *decoder,
		const struct video_frame *frame, const struct video_rect *rect)
{
	uint32_t *row = malloc((size_t)rect->width_px * 4);

	assert_non_null(row);
	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++) {
		const struct video_rect line = {
				rect->x_px, y, rect->width_px, 1};
		const size_t at = y * (size_t)CANVAS_PX + rect->x_px;

		video_convert_bgrx(frame, &line, (uint8_t *)row,
				(size_t)rect->width_px * 4);
		for (uint32_t x = 0; x < rect->width_px; x++)
			if (!decoder->lossy[at + x])
				assert_int_equal(decoder->canvas[at + x],
						le32toh(row[x]));
	}
	free(row);
}

/* What was sent as JPEG lies where it is said to, and reaches its edges. */
static void assert_blurred(const struct tight_decoder *decoder,
		const struct video_rect *rect,
		const struct vnc_encoded *encoded)
{
	const struct video_rect *blurred = &encoded->blurred;
	uint32_t left = UINT32_MAX, top = UINT32_MAX, right = 0, bottom = 0;

	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++) {
		for (uint32_t x = rect->x_px; x < rect->x_px + rect->width_px;
				x++) {
			if (!decoder->lossy[y * (size_t)CANVAS_PX + x])
				continue;
			left = x < left ? x : left;
			top = y < top ? y : top;
			right = x + 1 > right ? x + 1 : right;
			bottom = y + 1;
		}
	}
	if (!encoded->lossy)
		return;
	assert_int_equal(blurred->x_px, left);
	assert_int_equal(blurred->y_px, top);
	assert_int_equal(blurred->x_px + blurred->width_px, right);
	assert_int_equal(blurred->y_px + blurred->height_px, bottom);
}

struct vnc_encoded tight_show(struct tight_rig *rig,
		const struct video_frame *frame, const struct video_rect *rect,
		int quality_level)
{
	const struct vnc_class class_ = vnc_class_for_tight(quality_level);
	struct tight_decoder *decoder = &rig->decoder;
	struct vnc_encoded encoded;

	memset(decoder->rects_n, 0, sizeof(decoder->rects_n));
	/* A colour that stays where nothing is sent, which is no colour. */
	for (uint32_t y = 0; y < rect->height_px; y++)
		memset(decoder->canvas + (rect->y_px + y) * (size_t)CANVAS_PX +
						rect->x_px,
				0xff, (size_t)rect->width_px * 4);
	assert_int_equal(vnc_tight_encode(rig->tight, frame, rect, &class_,
					 &encoded),
			0);
	tight_decode_all(decoder, encoded.bytes->data, encoded.bytes->size,
			encoded.rects);
	for (uint32_t y = 0; y < rect->height_px; y++)
		for (uint32_t x = 0; x < rect->width_px; x++)
			assert_int_not_equal(
					decoder->canvas[(rect->y_px + y) *
									(size_t)CANVAS_PX +
							rect->x_px + x],
					UINT32_MAX);
	assert_int_equal(decoder->rects_n[TIGHT_JPEG] > 0, encoded.lossy);
	assert_blurred(decoder, rect, &encoded);
	assert_equal_pixels(decoder, frame, rect);
	return encoded;
}
