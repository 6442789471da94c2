/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capture/v4l2.h"

/*
 * The formats that are read. Of those that a device offers at the same size
 * and speed the one with the lowest cost is taken: first the bytes that go
 * through the memory, then colour lost to subsampling (NV12, YU12), then a
 * conversion (24-bit RGB has no fast path), then a decoder, last what libv4l
 * converts.
 *
 * What libv4l is given are plain pixels, of which a whole picture is known to
 * be there; what cameras compress in ways of their own is not taken.
 */
struct known_format {
	uint32_t fourcc;
	enum capture_coding coding;
	enum video_pixel pixel;
	uint32_t memories;
	unsigned cost;
	uint8_t row_bits; /* OTHER: of a pixel in a row, */
	bool halved;      /* and two more planes of half the size follow */
};

#define NATIVE(name, pixel, memories, cost)                                    \
	{                                                                      \
		V4L2_PIX_FMT_##name, CAPTURE_CODING_NATIVE,                    \
				VIDEO_PIXEL_##pixel, memories, cost, 0, false  \
	}
#define JPEG(name, cost)                                                       \
	{                                                                      \
		V4L2_PIX_FMT_##name, CAPTURE_CODING_JPEG, VIDEO_PIXEL_BGRX, 1, \
				cost, 0, false                                 \
	}
#define OTHER(name, pixel, row_bits, halved)                                   \
	{                                                                      \
		V4L2_PIX_FMT_##name, CAPTURE_CODING_OTHER,                     \
				VIDEO_PIXEL_##pixel, 1, CAPTURE_COST_OTHER,    \
				row_bits, halved                               \
	}

static const struct known_format known_formats[] = {
		NATIVE(YUYV, YUYV, 1, 20),
		NATIVE(UYVY, UYVY, 1, 21),
		NATIVE(NV16, NV16, 1, 22),
		NATIVE(NV16M, NV16, 2, 23),
		NATIVE(YUV422P, YU16, 1, 24),
		NATIVE(YUV422M, YU16, 3, 25),
		NATIVE(XBGR32, BGRX, 1, 40),
		NATIVE(BGR32, BGRX, 1, 41),
		NATIVE(ABGR32, BGRX, 1, 42),
		NATIVE(NV12, NV12, 1, 45),
		NATIVE(NV12M, NV12, 2, 46),
		NATIVE(YUV420, YU12, 1, 47),
		NATIVE(YUV420M, YU12, 3, 48),
		NATIVE(BGR24, BGR24, 1, 50),
		NATIVE(RGB24, RGB24, 1, 51),
		JPEG(MJPEG, 80),
		JPEG(JPEG, 81),
		OTHER(YVYU, YU12, 16, false),
		OTHER(YVU420, YU12, 8, true),
		OTHER(GREY, YU12, 8, false),
		OTHER(Y16, YU12, 16, false),
		OTHER(RGB565, BGR24, 16, false),
		OTHER(RGB32, BGR24, 32, false),
		OTHER(XRGB32, BGR24, 32, false),
		OTHER(ARGB32, BGR24, 32, false),
		OTHER(SBGGR8, BGR24, 8, false),
		OTHER(SGBRG8, BGR24, 8, false),
		OTHER(SGRBG8, BGR24, 8, false),
		OTHER(SRGGB8, BGR24, 8, false),
};

#undef NATIVE
#undef JPEG
#undef OTHER

/* Smaller pictures than this no computer shows, and libv4l expects none. */
#define OTHER_SIDE_MIN_PX 16

static const struct known_format *find_known(uint32_t fourcc)
{
	size_t n = sizeof(known_formats) / sizeof(known_formats[0]);

	for (size_t i = 0; i < n; i++)
		if (known_formats[i].fourcc == fourcc)
			return &known_formats[i];
	return NULL;
}

unsigned capture_format_cost(uint32_t fourcc)
{
	const struct known_format *known = find_known(fourcc);

	return known ? known->cost : CAPTURE_COST_OTHER;
}

bool capture_v4l2_is_format(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > 4)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return true;
}

uint32_t capture_format_parse(const char *name)
{
	uint8_t c[4] = {' ', ' ', ' ', ' '};

	memcpy(c, name, strnlen(name, sizeof(c)));
	return v4l2_fourcc(c[0], c[1], c[2], c[3]);
}

void capture_format_name(uint32_t fourcc, char name[8])
{
	size_t length = 4;

	memset(name, 0, 8);
	for (size_t i = 0; i < 4; i++) {
		char c = (char)(fourcc >> (8 * i) & 0x7f);

		name[i] = c < ' ' || c == 0x7f ? '?' : c;
	}
	while (length > 0 && name[length - 1] == ' ')
		name[--length] = '\0';
}

/* Both kinds of v4l2_format, as one. */
struct picture {
	uint32_t width_px;
	uint32_t height_px;
	uint32_t field;
	uint32_t stride_bytes[VIDEO_PLANES_MAX];
	uint32_t memories;
	uint32_t colorspace;
	uint32_t ycbcr_enc;
	uint32_t quantization;
};

static uint32_t read_picture(
		struct picture *picture, const struct v4l2_format *raw)
{
	const struct v4l2_pix_format *pix = &raw->fmt.pix;
	const struct v4l2_pix_format_mplane *mp = &raw->fmt.pix_mp;

	if (!V4L2_TYPE_IS_MULTIPLANAR(raw->type)) {
		*picture = (struct picture){
				.width_px = pix->width,
				.height_px = pix->height,
				.field = pix->field,
				.stride_bytes = {pix->bytesperline},
				.memories = 1,
				.colorspace = pix->colorspace,
				.ycbcr_enc = pix->ycbcr_enc,
				.quantization = pix->quantization,
		};
		return pix->pixelformat;
	}
	*picture = (struct picture){
			.width_px = mp->width,
			.height_px = mp->height,
			.field = mp->field,
			.memories = mp->num_planes,
			.colorspace = mp->colorspace,
			.ycbcr_enc = mp->ycbcr_enc,
			.quantization = mp->quantization,
	};
	for (uint32_t i = 0; i < VIDEO_PLANES_MAX; i++)
		picture->stride_bytes[i] = mp->plane_fmt[i].bytesperline;
	return mp->pixelformat;
}

static enum video_matrix map_matrix(uint32_t ycbcr_enc)
{
	switch (ycbcr_enc) {
	case V4L2_YCBCR_ENC_709:
	case V4L2_YCBCR_ENC_XV709:
	case V4L2_YCBCR_ENC_SMPTE240M: /* 0.015 apart */
		return VIDEO_MATRIX_BT709;
	case V4L2_YCBCR_ENC_BT2020:
	case V4L2_YCBCR_ENC_BT2020_CONST_LUM:
		return VIDEO_MATRIX_BT2020;
	default:
		return VIDEO_MATRIX_BT601;
	}
}

static void map_colour(
		struct video_layout *layout, const struct picture *picture)
{
	bool rgb = layout->pixel == VIDEO_PIXEL_BGRX ||
			layout->pixel == VIDEO_PIXEL_RGB24 ||
			layout->pixel == VIDEO_PIXEL_BGR24;
	bool small = picture->height_px <= 576;
	uint32_t colorspace = picture->colorspace;
	uint32_t ycbcr_enc = picture->ycbcr_enc;
	uint32_t quantization = picture->quantization;

	if (colorspace == V4L2_COLORSPACE_DEFAULT)
		colorspace = V4L2_MAP_COLORSPACE_DEFAULT(small, !small);
	if (ycbcr_enc == V4L2_YCBCR_ENC_DEFAULT)
		ycbcr_enc = V4L2_MAP_YCBCR_ENC_DEFAULT(colorspace);
	if (quantization == V4L2_QUANTIZATION_DEFAULT)
		quantization = V4L2_MAP_QUANTIZATION_DEFAULT(
				rgb, colorspace, ycbcr_enc);
	layout->matrix = map_matrix(ycbcr_enc);
	layout->full_range = quantization == V4L2_QUANTIZATION_FULL_RANGE;
}

/* Planes that share one memory plane follow each other without a gap. */
static void map_parts(
		struct capture_format *format, const struct picture *picture)
{
	struct video_layout *layout = &format->layout;
	uint32_t planes = video_layout_planes(layout->pixel);
	uint32_t stride_bytes = picture->stride_bytes[0];
	size_t offset_bytes = 0;

	video_layout_set_strides(layout);
	if (stride_bytes != 0)
		layout->stride_bytes[0] = stride_bytes;
	for (uint32_t i = 1; i < planes; i++) {
		if (format->memories > 1 && picture->stride_bytes[i] != 0)
			layout->stride_bytes[i] = picture->stride_bytes[i];
		else if (stride_bytes != 0)
			layout->stride_bytes[i] = planes == 3 ? stride_bytes / 2
							      : stride_bytes;
	}
	if (video_layout_check(layout) < 0)
		return;
	for (uint32_t i = 0; i < planes; i++) {
		format->part[i].memory = format->memories > 1 ? i : 0;
		format->part[i].offset_bytes =
				format->memories > 1 ? 0 : offset_bytes;
		offset_bytes += video_layout_plane_bytes(layout, i);
	}
}

/* Rows of at least all their pixels; what follows them is as wide. */
static bool map_other(struct capture_format *format,
		const struct known_format *known, const struct picture *picture)
{
	uint32_t stride_bytes = picture->width_px * known->row_bits / 8;

	if (picture->width_px < OTHER_SIDE_MIN_PX ||
			picture->height_px < OTHER_SIDE_MIN_PX)
		return false;
	if (picture->stride_bytes[0] > stride_bytes)
		stride_bytes = picture->stride_bytes[0];
	format->other_stride_bytes = stride_bytes;
	format->other_bytes = (size_t)stride_bytes * picture->height_px;
	if (known->halved)
		format->other_bytes += format->other_bytes / 2;
	return true;
}

static int refuse(char detail[CAPTURE_DETAIL_BYTES],
		const struct capture_format *format, const char *why)
{
	snprintf(detail, CAPTURE_DETAIL_BYTES, "%s %ux%u: %s", format->name,
			format->layout.width_px, format->layout.height_px, why);
	return -ERANGE;
}

int capture_format_map(struct capture_format *format,
		const struct v4l2_format *raw,
		char detail[CAPTURE_DETAIL_BYTES])
{
	struct picture picture;
	uint32_t fourcc = read_picture(&picture, raw);
	const struct known_format *known = find_known(fourcc);

	*format = (struct capture_format){
			.raw = *raw,
			.fourcc = fourcc,
			.layout.width_px = picture.width_px,
			.layout.height_px = picture.height_px,
	};
	capture_format_name(fourcc, format->name);
	if (!known)
		return refuse(detail, format, "no way to read it");
	format->coding = known->coding;
	format->memories = known->memories;
	format->layout.pixel = known->pixel;
	if (picture.field != V4L2_FIELD_NONE &&
			picture.field != V4L2_FIELD_ANY &&
			picture.field != V4L2_FIELD_INTERLACED)
		return refuse(detail, format, "interlaced");
	if (picture.memories != format->memories)
		return refuse(detail, format, "an unknown plane layout");
	if (picture.width_px > VIDEO_WIDTH_MAX_PX ||
			picture.height_px > VIDEO_HEIGHT_MAX_PX)
		return refuse(detail, format, "too large");
	map_colour(&format->layout, &picture);
	if (format->coding == CAPTURE_CODING_NATIVE)
		map_parts(format, &picture);
	else
		video_layout_set_strides(&format->layout);
	if (video_layout_check(&format->layout) < 0 ||
			(format->coding == CAPTURE_CODING_OTHER &&
					!map_other(format, known, &picture)))
		return refuse(detail, format,
				"a size that this format cannot have");
	return 0;
}

int capture_format_read(const struct capture_device *device,
		struct capture_format *format,
		char detail[CAPTURE_DETAIL_BYTES])
{
	struct v4l2_format raw = {.type = device->buffer_type};
	int rc = capture_device_control(device, VIDIOC_G_FMT, &raw);

	if (rc < 0) {
		snprintf(detail, CAPTURE_DETAIL_BYTES,
				"cannot read the format: %s", strerror(-rc));
		return rc;
	}
	return capture_format_map(format, &raw, detail);
}

bool capture_format_equal(
		const struct capture_format *a, const struct capture_format *b)
{
	const struct video_layout *one = &a->layout;
	const struct video_layout *two = &b->layout;

	return a->fourcc == b->fourcc && one->pixel == two->pixel &&
			one->matrix == two->matrix &&
			one->full_range == two->full_range &&
			one->width_px == two->width_px &&
			one->height_px == two->height_px &&
			memcmp(one->stride_bytes, two->stride_bytes,
					sizeof(one->stride_bytes)) == 0;
}
