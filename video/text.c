/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/text.h"

#include <endian.h>
#include <string.h>

#include "video/font.h"

#define REPLACEMENT_CHARACTER 0xfffd

/* What stands for a code point that the font does not have. */
static const uint8_t box_glyph[VIDEO_GLYPH_HEIGHT_PX] = {0, 0, 0x7e, 0x42, 0x42,
		0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x7e, 0, 0};

/* What a first byte says of its sequence. */
struct utf8_form {
	uint8_t mask;
	uint8_t mark;
	uint8_t continued; /* bytes that follow */
	uint32_t least;    /* smaller ones have a shorter form */
};

static const struct utf8_form utf8_forms[] = {
		{0x80, 0x00, 0, 0},
		{0xe0, 0xc0, 1, 0x80},
		{0xf0, 0xe0, 2, 0x800},
		{0xf8, 0xf0, 3, 0x10000},
};

static const struct utf8_form *utf8_form(uint8_t first)
{
	for (size_t i = 0; i < sizeof(utf8_forms) / sizeof(utf8_forms[0]); i++)
		if ((first & utf8_forms[i].mask) == utf8_forms[i].mark)
			return &utf8_forms[i];
	return NULL;
}

/*
 * The code point at *text, which is moved behind it. A byte that begins no
 * sound sequence is taken alone, as the replacement character.
 */
static uint32_t utf8_next(const char **text)
{
	const uint8_t *byte = (const uint8_t *)*text;
	const struct utf8_form *form = utf8_form(byte[0]);
	uint32_t code_point;

	(*text)++;
	if (!form)
		return REPLACEMENT_CHARACTER;
	code_point = byte[0] & (uint8_t)~form->mask;
	for (size_t i = 1; i <= form->continued; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return REPLACEMENT_CHARACTER;
		code_point = code_point << 6 | (byte[i] & 0x3f);
	}
	if (code_point < form->least || code_point > 0x10ffff ||
			(code_point >= 0xd800 && code_point <= 0xdfff))
		return REPLACEMENT_CHARACTER;
	*text += form->continued;
	return code_point;
}

size_t video_text_columns(const char *text)
{
	size_t columns = 0;

	while (*text) {
		utf8_next(&text);
		columns++;
	}
	return columns;
}

static const uint8_t *find_glyph(uint32_t code_point)
{
	size_t low = 0;
	size_t high = video_font_entries_n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct video_font_entry *entry =
				&video_font_entries[middle];

		if (entry->code_point == code_point)
			return video_font_glyphs[entry->glyph];
		if (entry->code_point < code_point)
			low = middle + 1;
		else
			high = middle;
	}
	return box_glyph;
}

static int64_t clip(int64_t position, int64_t end)
{
	if (position < 0)
		return 0;
	return position < end ? position : end;
}

/* In 64 bits: no sum of what a caller can pass overflows. */
static void fill(struct video_frame *frame, int64_t x_px, int64_t y_px,
		int64_t width_px, int64_t height_px, uint32_t colour)
{
	const struct video_layout *layout = &frame->layout;
	int64_t left = clip(x_px, layout->width_px);
	int64_t right = clip(x_px + width_px, layout->width_px);
	int64_t bottom = clip(y_px + height_px, layout->height_px);
	uint32_t pixel = htole32(colour & 0xffffff);
	const uint8_t *first = NULL; /* row: the others are copies of it */

	for (int64_t y = clip(y_px, layout->height_px);
			y < bottom && left < right; y++) {
		uint8_t *row = video_frame_pixels(frame) +
				(size_t)y * layout->stride_bytes[0] + 4 * left;

		if (first)
			memcpy(row, first, (size_t)(4 * (right - left)));
		for (int64_t x = 0; !first && x < right - left; x++)
			memcpy(row + 4 * x, &pixel, 4);
		first = row;
	}
}

void video_text_fill(struct video_frame *frame, int32_t x_px, int32_t y_px,
		uint32_t width_px, uint32_t height_px, uint32_t colour)
{
	fill(frame, x_px, y_px, width_px, height_px, colour);
}

static bool visible(const struct video_frame *frame, int64_t x_px, int64_t y_px,
		const struct video_text_style *style)
{
	return x_px < frame->layout.width_px &&
			y_px < frame->layout.height_px &&
			x_px + (int64_t)style->scale * VIDEO_GLYPH_WIDTH_PX >
			0 &&
			y_px + (int64_t)style->scale * VIDEO_GLYPH_HEIGHT_PX >
			0;
}

/* One row of a glyph's bits, each run of them as one block. */
static void draw_row(struct video_frame *frame, int64_t x_px, int64_t y_px,
		const struct video_text_style *style, unsigned bits)
{
	int64_t scale = style->scale;
	int length;

	for (int column = 0; column < VIDEO_GLYPH_WIDTH_PX;
			column += length + 1) {
		length = 0;
		while (bits & (0x80u >> (column + length)))
			length++;
		if (length > 0)
			fill(frame, x_px + column * scale, y_px, length * scale,
					scale, style->foreground);
	}
}

static void draw_glyph(struct video_frame *frame, int64_t x_px, int64_t y_px,
		const struct video_text_style *style, uint32_t code_point)
{
	const uint8_t *glyph = find_glyph(code_point);
	int64_t scale = style->scale;

	if (!visible(frame, x_px, y_px, style))
		return;
	fill(frame, x_px, y_px, scale * VIDEO_GLYPH_WIDTH_PX,
			scale * VIDEO_GLYPH_HEIGHT_PX, style->background);
	for (int row = 0; row < VIDEO_GLYPH_HEIGHT_PX; row++)
		draw_row(frame, x_px, y_px + row * scale, style, glyph[row]);
}

void video_text_draw_glyph(struct video_frame *frame, int32_t x_px,
		int32_t y_px, const struct video_text_style *style,
		uint32_t code_point)
{
	draw_glyph(frame, x_px, y_px, style, code_point);
}

void video_text_draw(struct video_frame *frame, int32_t x_px, int32_t y_px,
		const struct video_text_style *style, const char *text)
{
	int64_t x = x_px;

	while (*text && x < frame->layout.width_px) {
		draw_glyph(frame, x, y_px, style, utf8_next(&text));
		x += (int64_t)style->scale * VIDEO_GLYPH_WIDTH_PX;
	}
}
