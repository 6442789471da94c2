/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/banner.h"

#include <stdint.h>
#include <string.h>

#include "video/text.h"

#define FOREGROUND 0xffffff
#define BACKGROUND 0x303030

/* Measures in units of one scaled pixel. */
#define MARGIN VIDEO_GLYPH_WIDTH_PX
#define PADDING 2 /* above and below */

/* Where the picture is so high, a unit is one pixel; two at twice that. */
#define UNIT_HEIGHT_PX 540

#define NEUTRAL 0x80 /* chroma of grey */

/* What the bytes of one pixel of the first plane are; the others are chroma. */
enum role { GREY, CHROMA, UNUSED };

static const struct {
	uint8_t bytes;
	uint8_t roles[4];
} pixels[] = {
		[VIDEO_PIXEL_BGRX] = {4, {GREY, GREY, GREY, UNUSED}},
		[VIDEO_PIXEL_RGB24] = {3, {GREY, GREY, GREY}},
		[VIDEO_PIXEL_BGR24] = {3, {GREY, GREY, GREY}},
		[VIDEO_PIXEL_YUYV] = {2, {GREY, CHROMA}},
		[VIDEO_PIXEL_UYVY] = {2, {CHROMA, GREY}},
		[VIDEO_PIXEL_NV12] = {1, {GREY}},
		[VIDEO_PIXEL_NV16] = {1, {GREY}},
		[VIDEO_PIXEL_YU12] = {1, {GREY}},
		[VIDEO_PIXEL_YU16] = {1, {GREY}},
};
_Static_assert(sizeof(pixels) / sizeof(pixels[0]) == VIDEO_PIXELS,
		"an entry for every pixel layout");

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t scale_of(const struct video_layout *layout)
{
	uint32_t scale = layout->height_px / UNIT_HEIGHT_PX;

	return scale ? scale : 1;
}

/* Everything even, but for the size of a picture that is not. */
void video_banner_place(const struct video_layout *layout, const char *text,
		struct video_rect *place)
{
	uint32_t scale = scale_of(layout);
	uint32_t columns = smaller(
			(uint32_t)video_text_columns(text), VIDEO_WIDTH_MAX_PX);
	uint32_t width_px =
			(columns * VIDEO_GLYPH_WIDTH_PX + 2 * MARGIN) * scale;
	uint32_t height_px = (VIDEO_GLYPH_HEIGHT_PX + 2 * PADDING) * scale;

	place->width_px = smaller(width_px, layout->width_px);
	place->height_px = smaller(height_px, layout->height_px);
	place->x_px = (layout->width_px - place->width_px) / 2 & ~1U;
	place->y_px = 0;
}

static int draw_text(struct video_frame **out, const struct video_rect *place,
		uint32_t scale, const char *text)
{
	const struct video_text_style style = {FOREGROUND, BACKGROUND, scale};
	int rc = video_frame_create(out, place->width_px, place->height_px);

	if (rc < 0)
		return rc;
	video_text_fill(*out, 0, 0, place->width_px, place->height_px,
			BACKGROUND);
	video_text_draw(*out, (int32_t)(MARGIN * scale),
			(int32_t)(PADDING * scale), &style, text);
	return 0;
}

/* What a grey of 0 to 255 is in a layout of that range. */
static uint8_t level(const struct video_layout *layout, uint8_t grey)
{
	if (layout->full_range)
		return grey;
	return (uint8_t)(16 + (grey * 219 + 127) / 255);
}

/* One row of the text, which is B G R x, of which any is the grey. */
static void write_row(uint8_t *to, const struct video_layout *layout,
		const uint8_t *bgrx, uint32_t width_px)
{
	unsigned bytes = pixels[layout->pixel].bytes;
	const uint8_t *roles = pixels[layout->pixel].roles;

	for (uint32_t x = 0; x < width_px; x++)
		for (unsigned i = 0; i < bytes; i++)
			*to++ = roles[i] == GREY ? level(layout, bgrx[4 * x])
					: roles[i] == CHROMA ? NEUTRAL
							     : 0;
}

static void write_grey(struct video_frame *frame,
		const struct video_frame *text, const struct video_rect *place)
{
	const struct video_layout *layout = &frame->layout;
	uint8_t *to = video_frame_plane(frame, 0) +
			place->x_px * pixels[layout->pixel].bytes;

	for (uint32_t y = 0; y < place->height_px; y++)
		write_row(to + (size_t)y * layout->stride_bytes[0], layout,
				text->plane[0] +
						(size_t)y *
								text->layout.stride_bytes
										[0],
				place->width_px);
}

static void write_chroma(struct video_frame *frame, uint32_t plane,
		const struct video_rect *place)
{
	const struct video_layout *layout = &frame->layout;
	uint8_t *to = video_frame_plane(frame, plane) +
			video_layout_row_bytes(
					layout->pixel, plane, place->x_px);
	uint32_t rows = video_layout_rows(
			layout->pixel, plane, place->height_px);

	for (uint32_t row = 0; row < rows; row++)
		memset(to + (size_t)row * layout->stride_bytes[plane], NEUTRAL,
				video_layout_row_bytes(layout->pixel, plane,
						place->width_px));
}

int video_banner_draw(struct video_frame **out, const struct video_frame *frame,
		const char *text)
{
	const struct video_layout *layout = &frame->layout;
	struct video_frame *drawn;
	struct video_rect place;
	int rc;

	*out = NULL;
	video_banner_place(layout, text, &place);
	rc = draw_text(&drawn, &place, scale_of(layout), text);
	if (rc < 0)
		return rc;
	rc = video_frame_copy(out, frame);
	if (rc == 0) {
		write_grey(*out, drawn, &place);
		for (uint32_t plane = 1;
				plane < video_layout_planes(layout->pixel);
				plane++)
			write_chroma(*out, plane, &place);
	}
	video_frame_unref(drawn);
	return rc;
}
