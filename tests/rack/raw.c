/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/rack/raw.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Where a sample of a component lies: one line of this table per format. */
struct component {
	unsigned plane;   /* 0: first; 1, 2: after one and two chroma planes */
	unsigned x_shift; /* how many pixels share a sample, as a shift */
	unsigned y_shift;
	unsigned step; /* bytes from a sample to the next */
	unsigned offset;
};

struct layout {
	uint32_t fourcc;
	bool rgb;         /* components are R G B, else Y Cb Cr */
	bool half_stride; /* chroma planes have half the bytes a line */
	struct component components[3];
};

static const struct layout layouts[] = {
		{V4L2_PIX_FMT_RGB24, true, false,
				{{0, 0, 0, 3, 0}, {0, 0, 0, 3, 1},
						{0, 0, 0, 3, 2}}},
		{V4L2_PIX_FMT_BGR24, true, false,
				{{0, 0, 0, 3, 2}, {0, 0, 0, 3, 1},
						{0, 0, 0, 3, 0}}},
		{V4L2_PIX_FMT_BGR32, true, false,
				{{0, 0, 0, 4, 2}, {0, 0, 0, 4, 1},
						{0, 0, 0, 4, 0}}},
		{V4L2_PIX_FMT_YUYV, false, false,
				{{0, 0, 0, 2, 0}, {0, 1, 0, 4, 1},
						{0, 1, 0, 4, 3}}},
		{V4L2_PIX_FMT_UYVY, false, false,
				{{0, 0, 0, 2, 1}, {0, 1, 0, 4, 0},
						{0, 1, 0, 4, 2}}},
		{V4L2_PIX_FMT_NV12, false, false,
				{{0, 0, 0, 1, 0}, {1, 1, 1, 2, 0},
						{1, 1, 1, 2, 1}}},
		{V4L2_PIX_FMT_NV16, false, false,
				{{0, 0, 0, 1, 0}, {1, 1, 0, 2, 0},
						{1, 1, 0, 2, 1}}},
		{V4L2_PIX_FMT_YUV420, false, true,
				{{0, 0, 0, 1, 0}, {1, 1, 1, 1, 0},
						{2, 1, 1, 1, 0}}},
};

static const struct layout *find_layout(uint32_t fourcc)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (layouts[i].fourcc == fourcc)
			return &layouts[i];
	}
	return NULL;
}

static size_t sample_at(const struct layout *layout,
		const struct v4l2_pix_format *format, unsigned component,
		uint32_t x_px, uint32_t y_px)
{
	const struct component *c = &layout->components[component];
	size_t stride = format->bytesperline;
	size_t start = 0;

	if (c->plane > 0) {
		size_t lines = format->height >> c->y_shift;

		start = stride * format->height;
		if (layout->half_stride)
			stride /= 2;
		start += stride * lines * (c->plane - 1);
	}
	return start + (y_px >> c->y_shift) * stride +
			(size_t)(x_px >> c->x_shift) * c->step + c->offset;
}

struct matrix {
	double kr;
	double kb;
};

static struct matrix matrix_of(const struct v4l2_pix_format *format)
{
	uint32_t encoding = format->ycbcr_enc;

	if (encoding == V4L2_YCBCR_ENC_DEFAULT)
		encoding = V4L2_MAP_YCBCR_ENC_DEFAULT(format->colorspace);
	if (encoding == V4L2_YCBCR_ENC_709)
		return (struct matrix){.kr = 0.2126, .kb = 0.0722};
	return (struct matrix){.kr = 0.299, .kb = 0.114};
}

static bool is_limited(const struct v4l2_pix_format *format, bool rgb)
{
	uint32_t quantization = format->quantization;

	if (quantization == V4L2_QUANTIZATION_DEFAULT)
		quantization = rgb ? V4L2_QUANTIZATION_FULL_RANGE
				   : V4L2_QUANTIZATION_LIM_RANGE;
	return quantization == V4L2_QUANTIZATION_LIM_RANGE;
}

static uint8_t to_byte(double value)
{
	if (value <= 0)
		return 0;
	return value >= 255 ? 255 : (uint8_t)lround(value);
}

static void rgb_to_yuv(const struct v4l2_pix_format *format,
		const uint8_t rgb[3], uint8_t yuv[3])
{
	struct matrix m = matrix_of(format);
	bool limited = is_limited(format, false);
	double y = m.kr * rgb[0] + (1 - m.kr - m.kb) * rgb[1] + m.kb * rgb[2];
	double cb = (rgb[2] - y) / (2 * (1 - m.kb));
	double cr = (rgb[0] - y) / (2 * (1 - m.kr));

	yuv[0] = to_byte(limited ? 16 + y * 219 / 255 : y);
	yuv[1] = to_byte(128 + (limited ? cb * 224 / 255 : cb));
	yuv[2] = to_byte(128 + (limited ? cr * 224 / 255 : cr));
}

static void yuv_to_rgb(const struct v4l2_pix_format *format,
		const uint8_t yuv[3], uint8_t rgb[3])
{
	struct matrix m = matrix_of(format);
	bool limited = is_limited(format, false);
	double y = limited ? (yuv[0] - 16) * 255.0 / 219 : yuv[0];
	double scale = limited ? 255.0 / 224 : 1;
	double red = 2 * (1 - m.kr) * (yuv[2] - 128) * scale;
	double blue = 2 * (1 - m.kb) * (yuv[1] - 128) * scale;

	rgb[0] = to_byte(y + red);
	rgb[1] = to_byte(y - (m.kr * red + m.kb * blue) / (1 - m.kr - m.kb));
	rgb[2] = to_byte(y + blue);
}

/* RGB samples on the wire may be limited to 16 to 235 as well. */
static uint8_t narrow(uint8_t value)
{
	return to_byte(16 + value * 219.0 / 255);
}

static uint8_t widen(uint8_t value)
{
	return to_byte((value - 16) * 255.0 / 219);
}

int raw_encode(uint8_t *raw, const struct v4l2_pix_format *format,
		const struct picture *picture)
{
	const struct layout *layout = find_layout(format->pixelformat);

	if (!layout)
		return -EINVAL;
	memset(raw, 0, format->sizeimage);
	for (uint32_t y = format->height; y-- > 0;) {
		for (uint32_t x = format->width; x-- > 0;) {
			const uint8_t *rgb = picture_at(picture, x, y);
			uint8_t samples[3];

			/* Backwards: a chroma sample is its first pixel's. */
			if (!layout->rgb)
				rgb_to_yuv(format, rgb, samples);
			for (unsigned c = 0; c < 3; c++) {
				if (layout->rgb)
					samples[c] = is_limited(format, true)
							? narrow(rgb[c])
							: rgb[c];
				raw[sample_at(layout, format, c, x, y)] =
						samples[c];
			}
		}
	}
	return 0;
}

int raw_decode(struct picture *picture, const struct v4l2_pix_format *format,
		const uint8_t *raw)
{
	const struct layout *layout = find_layout(format->pixelformat);

	if (!layout)
		return -EINVAL;
	for (uint32_t y = 0; y < format->height; y++) {
		for (uint32_t x = 0; x < format->width; x++) {
			uint8_t *rgb = picture_at(picture, x, y);
			uint8_t samples[3];

			for (unsigned c = 0; c < 3; c++)
				samples[c] = raw[sample_at(
						layout, format, c, x, y)];
			if (!layout->rgb) {
				yuv_to_rgb(format, samples, rgb);
				continue;
			}
			for (unsigned c = 0; c < 3; c++)
				rgb[c] = is_limited(format, true)
						? widen(samples[c])
						: samples[c];
		}
	}
	return 0;
}
