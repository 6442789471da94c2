/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "video/frame.h"

/*
 * Text in a picture, from Unifont's 8x16 glyphs (made from Debian's
 * psf-unifont at build). What the font lacks is drawn as a box.
 *
 * Threads: any, one drawer per frame.
 * Errors:  none; what lies outside the frame is not drawn.
 */
#define VIDEO_GLYPH_WIDTH_PX 8
#define VIDEO_GLYPH_HEIGHT_PX 16

/* Colours are 0xRRGGBB. */
struct video_text_style {
	uint32_t foreground;
	uint32_t background;
	uint32_t scale; /* 1 is 8x16 pixels a glyph */
};

void video_text_fill(struct video_frame *frame, int32_t x_px, int32_t y_px,
		uint32_t width_px, uint32_t height_px, uint32_t colour);

/* How many glyphs a text takes side by side. */
size_t video_text_columns(const char *text);

/* One line of UTF-8 text; the background is drawn too. */
void video_text_draw(struct video_frame *frame, int32_t x_px, int32_t y_px,
		const struct video_text_style *style, const char *text);

/* One glyph by Unicode code point. */
void video_text_draw_glyph(struct video_frame *frame, int32_t x_px,
		int32_t y_px, const struct video_text_style *style,
		uint32_t code_point);

/*
 * A full picture that says why there is none: a heading and up to
 * VIDEO_CARD_LINES lines below it (the first NULL ends them), centred, scaled
 * to the size so that it can be read when the whole picture is. -ENOMEM, or
 * -EINVAL for a size out of range.
 */
#define VIDEO_CARD_LINES 6
int video_card_create(struct video_frame **out, uint32_t width_px,
		uint32_t height_px, const char *heading,
		const char *const lines[VIDEO_CARD_LINES]);
