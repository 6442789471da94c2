/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-format.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/capture/fake-device.h"

static struct v4l2_format single(uint32_t fourcc, uint32_t width_px,
		uint32_t height_px, uint32_t stride_bytes)
{
	struct v4l2_format raw = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};

	raw.fmt.pix.pixelformat = fourcc;
	raw.fmt.pix.width = width_px;
	raw.fmt.pix.height = height_px;
	raw.fmt.pix.bytesperline = stride_bytes;
	raw.fmt.pix.field = V4L2_FIELD_NONE;
	raw.fmt.pix.colorspace = V4L2_COLORSPACE_SRGB;
	return raw;
}

static struct v4l2_format planar(uint32_t fourcc, uint8_t memories)
{
	struct v4l2_format raw = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};

	raw.fmt.pix_mp.pixelformat = fourcc;
	raw.fmt.pix_mp.width = 64;
	raw.fmt.pix_mp.height = 48;
	raw.fmt.pix_mp.field = V4L2_FIELD_NONE;
	raw.fmt.pix_mp.num_planes = memories;
	for (uint32_t i = 0; i < memories; i++)
		raw.fmt.pix_mp.plane_fmt[i].bytesperline = i == 0 ? 80 : 64;
	return raw;
}

static void planes_lie_where_v4l2_puts_them(void **state)
{
	static const struct {
		uint32_t fourcc;
		enum video_pixel pixel;
		uint32_t stride_bytes; /* 80 pixels in a row of 64 */
		uint32_t strides[VIDEO_PLANES_MAX];
		size_t offsets[VIDEO_PLANES_MAX];
	} cases[] = {
			{V4L2_PIX_FMT_YUYV, VIDEO_PIXEL_YUYV, 160, {160}, {0}},
			{V4L2_PIX_FMT_UYVY, VIDEO_PIXEL_UYVY, 160, {160}, {0}},
			{V4L2_PIX_FMT_NV12, VIDEO_PIXEL_NV12, 80, {80, 80},
					{0, 80 * 48}},
			{V4L2_PIX_FMT_NV16, VIDEO_PIXEL_NV16, 80, {80, 80},
					{0, 80 * 48}},
			{V4L2_PIX_FMT_YUV420, VIDEO_PIXEL_YU12, 80,
					{80, 40, 40},
					{0, 80 * 48, 80 * 48 + 40 * 24}},
			{V4L2_PIX_FMT_YUV422P, VIDEO_PIXEL_YU16, 80,
					{80, 40, 40},
					{0, 80 * 48, 80 * 48 + 40 * 48}},
			{V4L2_PIX_FMT_RGB24, VIDEO_PIXEL_RGB24, 240, {240},
					{0}},
			{V4L2_PIX_FMT_BGR24, VIDEO_PIXEL_BGR24, 240, {240},
					{0}},
			{V4L2_PIX_FMT_BGR32, VIDEO_PIXEL_BGRX, 320, {320}, {0}},
			{V4L2_PIX_FMT_XBGR32, VIDEO_PIXEL_BGRX, 320, {320},
					{0}},
			{V4L2_PIX_FMT_ABGR32, VIDEO_PIXEL_BGRX, 320, {320},
					{0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct v4l2_format raw = single(
				cases[i].fourcc, 64, 48, cases[i].stride_bytes);
		struct capture_format format;
		char detail[CAPTURE_DETAIL_BYTES];

		assert_int_equal(capture_format_map(&format, &raw, detail), 0);
		assert_int_equal(format.coding, CAPTURE_CODING_NATIVE);
		assert_int_equal(format.layout.pixel, cases[i].pixel);
		for (uint32_t p = 0; p < video_layout_planes(cases[i].pixel);
				p++) {
			assert_int_equal(format.layout.stride_bytes[p],
					cases[i].strides[p]);
			assert_int_equal(format.part[p].offset_bytes,
					cases[i].offsets[p]);
		}
	}
}

static void memory_planes_have_their_own_strides(void **state)
{
	struct v4l2_format raw = planar(V4L2_PIX_FMT_NV12M, 2);
	struct capture_format format;
	char detail[CAPTURE_DETAIL_BYTES];

	(void)state;
	assert_int_equal(capture_format_map(&format, &raw, detail), 0);
	assert_int_equal(format.memories, 2);
	assert_int_equal(format.layout.stride_bytes[0], 80);
	assert_int_equal(format.layout.stride_bytes[1], 64);
	assert_int_equal(format.part[1].memory, 1);
	assert_int_equal(format.part[1].offset_bytes, 0);

	raw = planar(V4L2_PIX_FMT_NV12, 1);
	assert_int_equal(capture_format_map(&format, &raw, detail), 0);
	assert_int_equal(format.memories, 1);
	assert_int_equal(format.part[1].memory, 0);
	assert_int_equal(format.part[1].offset_bytes, 80 * 48);
}

/* What a driver says of its colours, and what they are then. */
static const struct {
	uint32_t fourcc, height_px;
	uint32_t colorspace, ycbcr_enc, quantization;
	enum video_matrix matrix;
	bool full_range;
} colours[] = {
#define YUYV V4L2_PIX_FMT_YUYV
#define BGR4 V4L2_PIX_FMT_BGR32
		{YUYV, 480, V4L2_COLORSPACE_SMPTE170M, 0, 0, VIDEO_MATRIX_BT601,
				false},
		{YUYV, 1080, V4L2_COLORSPACE_REC709, 0, 0, VIDEO_MATRIX_BT709,
				false},
		{YUYV, 1080, V4L2_COLORSPACE_SRGB, 0, 0, VIDEO_MATRIX_BT601,
				false},
		{YUYV, 1080, V4L2_COLORSPACE_JPEG, 0, 0, VIDEO_MATRIX_BT601,
				true},
		{YUYV, 1080, V4L2_COLORSPACE_BT2020, 0, 0, VIDEO_MATRIX_BT2020,
				false},
		{YUYV, 1080, V4L2_COLORSPACE_OPRGB, 0, 0, VIDEO_MATRIX_BT601,
				false},
		{YUYV, 1080, V4L2_COLORSPACE_SMPTE240M, 0, 0,
				VIDEO_MATRIX_BT709, false},
		{YUYV, 576, V4L2_COLORSPACE_DEFAULT, 0, 0, VIDEO_MATRIX_BT601,
				false},
		{YUYV, 720, V4L2_COLORSPACE_DEFAULT, 0, 0, VIDEO_MATRIX_BT709,
				false},
		{YUYV, 1080, V4L2_COLORSPACE_REC709, V4L2_YCBCR_ENC_601,
				V4L2_QUANTIZATION_FULL_RANGE,
				VIDEO_MATRIX_BT601, true},
		{YUYV, 1080, V4L2_COLORSPACE_SRGB, V4L2_YCBCR_ENC_709,
				V4L2_QUANTIZATION_LIM_RANGE, VIDEO_MATRIX_BT709,
				false},
		{BGR4, 1080, V4L2_COLORSPACE_REC709, 0, 0, VIDEO_MATRIX_BT709,
				true},
		{BGR4, 1080, V4L2_COLORSPACE_SRGB, 0,
				V4L2_QUANTIZATION_LIM_RANGE, VIDEO_MATRIX_BT601,
				false},
#undef YUYV
#undef BGR4
};

static void colours_follow_v4l2s_defaults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		struct v4l2_format raw = single(colours[i].fourcc, 720,
				colours[i].height_px, 0);
		struct capture_format format;
		char detail[CAPTURE_DETAIL_BYTES];

		raw.fmt.pix.colorspace = colours[i].colorspace;
		raw.fmt.pix.ycbcr_enc = colours[i].ycbcr_enc;
		raw.fmt.pix.quantization = colours[i].quantization;
		assert_int_equal(capture_format_map(&format, &raw, detail), 0);
		assert_int_equal(format.layout.matrix, colours[i].matrix);
		assert_int_equal(format.layout.full_range,
				colours[i].full_range);

		raw = planar(colours[i].fourcc, 1);
		raw.fmt.pix_mp.height = colours[i].height_px;
		raw.fmt.pix_mp.plane_fmt[0].bytesperline = 0;
		raw.fmt.pix_mp.colorspace = colours[i].colorspace;
		raw.fmt.pix_mp.ycbcr_enc = (uint8_t)colours[i].ycbcr_enc;
		raw.fmt.pix_mp.quantization = (uint8_t)colours[i].quantization;
		assert_int_equal(capture_format_map(&format, &raw, detail), 0);
		assert_int_equal(format.layout.matrix, colours[i].matrix);
		assert_int_equal(format.layout.full_range,
				colours[i].full_range);
	}
}

static void what_cannot_be_read_is_refused(void **state)
{
	struct v4l2_format cases[] = {
			single(V4L2_PIX_FMT_YUYV, 0, 48, 0),
			single(V4L2_PIX_FMT_YUYV, 64, 0, 0),
			single(V4L2_PIX_FMT_YUYV, 65536, 65536, 0),
			single(V4L2_PIX_FMT_YUYV, UINT32_MAX, 2, 0),
			single(V4L2_PIX_FMT_YUYV, 64, 48, 127), /* short row */
			single(V4L2_PIX_FMT_YUYV, 64, 48, UINT32_MAX),
			single(V4L2_PIX_FMT_NV12, 64, 47, 64), /* half a row */
			single(V4L2_PIX_FMT_MJPEG, 5000, 48, 0),
			planar(V4L2_PIX_FMT_NV12M, 1),
			planar(V4L2_PIX_FMT_NV12, 2),
			planar(V4L2_PIX_FMT_YUYV, 0),
			single(V4L2_PIX_FMT_YUYV, 64, 48, 0),
	};
	size_t n = sizeof(cases) / sizeof(cases[0]);

	(void)state;
	cases[n - 1].fmt.pix.field = V4L2_FIELD_ALTERNATE;
	for (size_t i = 0; i < n; i++) {
		struct capture_format format;
		char detail[CAPTURE_DETAIL_BYTES] = "";

		assert_int_equal(capture_format_map(&format, &cases[i], detail),
				-ERANGE);
		assert_true(detail[0] != '\0');
	}
}

static void names_are_four_characters(void **state)
{
	char name[8];

	(void)state;
	assert_true(capture_v4l2_is_format("YUYV"));
	assert_true(capture_v4l2_is_format("Y16"));
	assert_false(capture_v4l2_is_format(""));
	assert_false(capture_v4l2_is_format("YUYV2"));
	assert_false(capture_v4l2_is_format("YU V"));
	assert_int_equal(capture_format_parse("YUYV"), V4L2_PIX_FMT_YUYV);
	assert_int_equal(capture_format_parse("Y16"), V4L2_PIX_FMT_Y16);
	capture_format_name(V4L2_PIX_FMT_Y16, name);
	assert_string_equal(name, "Y16");
	capture_format_name(0x01020304, name);
	assert_string_equal(name, "????");
}

/* ---- choosing, on a device ---- */

static void choose(const struct fake_offer offers[FAKE_FORMATS_MAX], bool timed,
		const char *forced, const char *expected, uint32_t width_px)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	fake_init(fake);
	memcpy(fake->offers, offers, sizeof(fake->offers));
	fake->timings_rc = timed ? 0 : -ENOTTY;
	fake->options.format = forced;
	fake_start(fake);
	fake_run_until(fake, fake->statuses == 1);
	if (expected) {
		assert_int_equal(fake->status.state, CAPTURE_STATE_OK);
		assert_string_equal(fake->status.format, expected);
		assert_int_equal(fake->status.width_px, width_px);
	} else {
		assert_int_equal(fake->status.state, CAPTURE_STATE_UNSUPPORTED);
		assert_true(fake->status.detail[0] != '\0');
	}
	fake_finish(fake);
	free(fake);
}

#define FORMAT(name)                                                           \
	{                                                                      \
		.fourcc = V4L2_PIX_FMT_##name                                  \
	}

static void the_cheapest_format_is_taken(void **state)
{
	static const struct fake_offer all[FAKE_FORMATS_MAX] = {FORMAT(GREY),
			FORMAT(MJPEG), FORMAT(RGB24), FORMAT(NV12),
			FORMAT(BGR32), FORMAT(NV16), FORMAT(UYVY),
			FORMAT(YUYV)};
	static const struct fake_offer rgb[FAKE_FORMATS_MAX] = {
			FORMAT(GREY), FORMAT(RGB24), FORMAT(MJPEG)};
	static const struct fake_offer odd[FAKE_FORMATS_MAX] = {FORMAT(YVYU)};
	static const struct fake_offer bayer[FAKE_FORMATS_MAX] = {
			FORMAT(SRGGB8)};
	/* What cameras compress is not taken, though libv4l knows it. */
	static const struct fake_offer none[FAKE_FORMATS_MAX] = {FORMAT(H264),
			FORMAT(SPCA501), FORMAT(OV511), FORMAT(SRGGB10P)};

	(void)state;
	choose(all, true, NULL, "YUYV", 64);
	choose(all, true, "BGR4", "BGR4", 64);
	choose(all, true, "MJPG", "MJPG", 64);
	choose(all, true, "GREY", "GREY", 64);
	choose(all, true, "YU12", NULL, 0);
	choose(rgb, true, NULL, "RGB3", 64);
	choose(odd, true, NULL, "YVYU", 64);
	choose(bayer, true, NULL, "RGGB", 64);
	choose(none, true, NULL, NULL, 0);
}

/* Dongles: raw formats only at a few frames a second, and sizes they scale. */
static void a_dongle_is_taken_at_its_best(void **state)
{
	static const struct fake_offer slow[FAKE_FORMATS_MAX] = {
			{V4L2_PIX_FMT_YUYV, 1920, 1080, 5},
			{V4L2_PIX_FMT_MJPEG, 1920, 1080, 30}};
	static const struct fake_offer fast[FAKE_FORMATS_MAX] = {
			{V4L2_PIX_FMT_MJPEG, 1920, 1080, 60},
			{V4L2_PIX_FMT_NV12, 1920, 1080, 60}};
	static const struct fake_offer small[FAKE_FORMATS_MAX] = {
			{V4L2_PIX_FMT_YUYV, 640, 480, 30},
			{V4L2_PIX_FMT_MJPEG, 1280, 720, 30}};
	static const struct fake_offer scaled[FAKE_FORMATS_MAX] = {
			{V4L2_PIX_FMT_MJPEG, 3840, 2160, 30}};

	(void)state;
	choose(slow, false, NULL, "MJPG", 1920);
	choose(slow, false, "YUYV", "YUYV", 1920);
	choose(fast, false, NULL, "NV12", 1920);
	choose(small, false, NULL, "MJPG", 1280);
	choose(scaled, false, NULL, "MJPG", 1920); /* the half of it */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(planes_lie_where_v4l2_puts_them),
			cmocka_unit_test(memory_planes_have_their_own_strides),
			cmocka_unit_test(colours_follow_v4l2s_defaults),
			cmocka_unit_test(what_cannot_be_read_is_refused),
			cmocka_unit_test(names_are_four_characters),
			cmocka_unit_test(the_cheapest_format_is_taken),
			cmocka_unit_test(a_dongle_is_taken_at_its_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
