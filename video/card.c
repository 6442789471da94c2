/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/text.h"

/*
 * The card's measures are in units of one scaled pixel; the heading is drawn
 * twice as large as the lines.
 */
#define HEADING_SCALE 2u
#define HEADING_GAP 12 /* below the heading; the rule lies in its middle */
#define RULE_HEIGHT 1
#define LINE_HEIGHT (VIDEO_GLYPH_HEIGHT_PX + 4)
#define MARGIN VIDEO_GLYPH_WIDTH_PX

/* The picture is at least so many units high: few words are not made huge. */
#define PICTURE_HEIGHT_LEAST 240

#define BACKGROUND 0x10202c
#define HEADING_COLOUR 0xffffff
#define RULE_COLOUR 0xe0a030
#define LINE_COLOUR 0xc8d4dc

struct card {
	const char *heading;
	const char *const *lines;
	uint32_t lines_n;
	uint32_t width; /* in units, without the margins */
	uint32_t height;
};

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Longer than any picture is wide is as good as endless. */
static uint32_t text_width(const char *text)
{
	return smaller((uint32_t)video_text_columns(text), VIDEO_WIDTH_MAX_PX) *
			VIDEO_GLYPH_WIDTH_PX;
}

static void measure(struct card *card)
{
	card->width = text_width(card->heading) * HEADING_SCALE;
	card->height = VIDEO_GLYPH_HEIGHT_PX * HEADING_SCALE;
	while (card->lines && card->lines_n < VIDEO_CARD_LINES &&
			card->lines[card->lines_n]) {
		card->width = larger(card->width,
				text_width(card->lines[card->lines_n]));
		card->lines_n++;
	}
	if (card->lines_n > 0)
		card->height += HEADING_GAP + card->lines_n * LINE_HEIGHT;
}

/* Pixels a unit: the most that fits, and 1 where even that is cut off. */
static uint32_t choose_scale(
		const struct card *card, const struct video_layout *layout)
{
	uint32_t height =
			larger(card->height + 2 * MARGIN, PICTURE_HEIGHT_LEAST);

	return larger(1,
			smaller(layout->width_px / (card->width + 2 * MARGIN),
					layout->height_px / height));
}

/* Centred; what is too long begins at the left edge and is cut at the right. */
static void draw_centred(struct video_frame *frame, int32_t y_px,
		uint32_t scale, uint32_t colour, const char *text)
{
	const struct video_text_style style = {colour, BACKGROUND, scale};
	uint32_t width_px = text_width(text) * scale;
	uint32_t spare_px = frame->layout.width_px -
			smaller(width_px, frame->layout.width_px);

	video_text_draw(frame, (int32_t)(spare_px / 2), y_px, &style, text);
}

static void draw_card(struct video_frame *frame, const struct card *card)
{
	uint32_t scale = choose_scale(card, &frame->layout);
	uint32_t spare_px = frame->layout.height_px -
			smaller(card->height * scale, frame->layout.height_px);
	uint32_t y_px = spare_px / 2;

	draw_centred(frame, (int32_t)y_px, scale * HEADING_SCALE,
			HEADING_COLOUR, card->heading);
	y_px += VIDEO_GLYPH_HEIGHT_PX * HEADING_SCALE * scale;
	if (card->lines_n > 0)
		video_text_fill(frame, 0,
				(int32_t)(y_px + HEADING_GAP / 2 * scale),
				frame->layout.width_px, RULE_HEIGHT * scale,
				RULE_COLOUR);
	y_px += HEADING_GAP * scale;
	for (uint32_t i = 0; i < card->lines_n; i++) {
		draw_centred(frame, (int32_t)y_px, scale, LINE_COLOUR,
				card->lines[i]);
		y_px += LINE_HEIGHT * scale;
	}
}

int video_card_create(struct video_frame **out, uint32_t width_px,
		uint32_t height_px, const char *heading,
		const char *const lines[VIDEO_CARD_LINES])
{
	struct card card = {.heading = heading, .lines = lines};
	int rc = video_frame_create(out, width_px, height_px);

	if (rc < 0)
		return rc;
	measure(&card);
	video_text_fill(*out, 0, 0, width_px, height_px, BACKGROUND);
	draw_card(*out, &card);
	return 0;
}
