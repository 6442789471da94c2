/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/content.h"

/* What the standards say of R'G'B' of 0..255: luma's weights and the ranges. */
static const struct form {
	const char *name;
	enum video_pixel pixel;
	enum video_matrix matrix;
	bool full_range;
	double red, blue; /* green is the rest */
	double luma_floor, luma_scale;
	double chroma_scale; /* of -0.5..0.5 */
} forms[CONTENT_LAYOUTS] = {
		[CONTENT_YUYV601] = {"yuyv601", VIDEO_PIXEL_YUYV,
				VIDEO_MATRIX_BT601, true, 0.299, 0.114, 0, 1,
				255},
		[CONTENT_YUYV709] = {"yuyv709", VIDEO_PIXEL_YUYV,
				VIDEO_MATRIX_BT709, false, 0.2126, 0.0722, 16,
				219.0 / 255, 224},
		[CONTENT_BGRX] = {.name = "bgrx",
				.pixel = VIDEO_PIXEL_BGRX,
				.full_range = true},
};

const char *content_layout_name(enum content_layout layout)
{
	return forms[layout].name;
}

struct video_layout content_layout_describe(enum content_layout layout)
{
	struct video_layout described = {
			.pixel = forms[layout].pixel,
			.matrix = forms[layout].matrix,
			.full_range = forms[layout].full_range,
			.width_px = CONTENT_WIDTH_PX,
			.height_px = CONTENT_HEIGHT_PX,
	};

	video_layout_set_strides(&described);
	return described;
}

size_t content_layout_bytes(enum content_layout layout)
{
	const struct video_layout described = content_layout_describe(layout);

	return video_layout_plane_bytes(&described, 0);
}

/* Never below -0.5, so that the cast rounds like floor. */
static uint8_t to_byte(double value)
{
	const int whole = (int)(value + 0.5);

	return (uint8_t)(whole > 255 ? 255 : whole);
}

/* 0..255, of the whole range. */
static double luma(
		const struct form *form, double red, double green, double blue)
{
	return form->red * red + (1 - form->red - form->blue) * green +
			form->blue * blue;
}

static uint8_t store_luma(const struct form *form, uint32_t pixel)
{
	return to_byte(form->luma_floor +
			form->luma_scale *
					luma(form, pixel >> 16 & 255,
							pixel >> 8 & 255,
							pixel & 255));
}

/* One chroma for both pixels, of what lies between them. */
static void store_pair(const struct form *form, const uint32_t pixels[2],
		uint8_t out[4])
{
	const double red = ((pixels[0] >> 16 & 255) + (pixels[1] >> 16 & 255)) /
			2.0;
	const double green =
			((pixels[0] >> 8 & 255) + (pixels[1] >> 8 & 255)) / 2.0;
	const double blue = ((pixels[0] & 255) + (pixels[1] & 255)) / 2.0;
	const double grey = luma(form, red, green, blue);

	out[0] = store_luma(form, pixels[0]);
	out[1] = to_byte(128 +
			form->chroma_scale * (blue - grey) / 255 /
					(2 * (1 - form->blue)));
	out[2] = store_luma(form, pixels[1]);
	out[3] = to_byte(128 +
			form->chroma_scale * (red - grey) / 255 /
					(2 * (1 - form->red)));
}

static void store_bgrx(uint32_t pixel, uint8_t out[4])
{
	out[0] = (uint8_t)pixel;
	out[1] = (uint8_t)(pixel >> 8);
	out[2] = (uint8_t)(pixel >> 16);
	out[3] = 0;
}

void content_store(const struct canvas *picture, enum content_layout layout,
		uint8_t *out)
{
	const struct form *form = &forms[layout];
	const size_t pixels_n = (size_t)picture->width_px * picture->height_px;

	if (form->pixel == VIDEO_PIXEL_BGRX) {
		for (size_t i = 0; i < pixels_n; i++)
			store_bgrx(picture->pixels[i], out + 4 * i);
		return;
	}
	for (size_t i = 0; i < pixels_n; i += 2)
		store_pair(form, picture->pixels + i, out + 2 * i);
}
