/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "video/jpeg.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include <cmocka.h>

#include "tests/video/picture.h"
#include "video/text.h"

#define DATA_MAX_BYTES (1024 * 1024)

/* A codec, and a JPEG that a test may cut and spoil. */
struct bench {
	struct video_jpeg *jpeg;
	uint8_t *data;
	size_t size_bytes;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	*state = bench;
	if (!bench)
		return -1;
	bench->data = malloc(DATA_MAX_BYTES);
	return bench->data ? video_jpeg_create(&bench->jpeg) : -1;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	video_jpeg_destroy(bench->jpeg);
	free(bench->data);
	free(bench);
	return 0;
}

/* Soft slopes and a word: what a camera, and a console, would show. */
static struct video_frame *draw_picture(uint32_t width_px, uint32_t height_px)
{
	const struct video_text_style style = {0xffffff, 0x204060, 1};
	struct video_frame *frame;
	uint8_t *pixels;

	assert_int_equal(video_frame_create(&frame, width_px, height_px), 0);
	pixels = video_frame_pixels(frame);
	for (uint32_t y = 0; y < height_px; y++)
		for (uint32_t x = 0; x < width_px; x++) {
			uint8_t *pixel = pixels + 4 * x +
					frame->layout.stride_bytes[0] * y;

			pixel[0] = (uint8_t)(x * 255 / width_px);
			pixel[1] = (uint8_t)(y * 255 / height_px);
			pixel[2] = (uint8_t)(128 + x * 64 / width_px);
		}
	video_text_draw(frame, 3, 5, &style, "rackhand");
	return frame;
}

static void encode(struct bench *bench, const struct video_frame *frame,
		int quality, enum video_subsampling subsampling)
{
	assert_true(video_jpeg_bound(frame->layout.width_px,
				    frame->layout.height_px,
				    subsampling) <= DATA_MAX_BYTES);
	assert_int_equal(video_jpeg_encode(bench->jpeg, VIDEO_PIXEL_BGRX,
					 frame->plane[0],
					 frame->layout.stride_bytes[0],
					 frame->layout.width_px,
					 frame->layout.height_px, quality,
					 subsampling, bench->data,
					 &bench->size_bytes),
			0);
}

static int decode(const struct bench *bench, uint32_t width_px,
		uint32_t height_px, struct video_frame **frame)
{
	/* A block of exactly this size: reading beyond it is seen. */
	uint8_t *data = malloc(bench->size_bytes + (bench->size_bytes == 0));
	struct video_frame *planar = NULL;
	int rc;

	assert_non_null(data);
	memcpy(data, bench->data, bench->size_bytes);
	rc = video_jpeg_decode(bench->jpeg, data, bench->size_bytes, width_px,
			height_px, frame);
	assert_true((rc == 0) == (*frame != NULL));
	/* Whatever is taken or refused one way is so the other way. */
	assert_int_equal(video_jpeg_decode_planes(bench->jpeg, data,
					 bench->size_bytes, width_px, height_px,
					 &planar),
			rc);
	assert_true((rc == 0) == (planar != NULL));
	video_frame_unref(planar);
	free(data);
	return rc;
}

static void expect_refused(const struct bench *bench, uint32_t width_px,
		uint32_t height_px, int expected)
{
	struct video_frame *frame = NULL;

	assert_int_equal(decode(bench, width_px, height_px, &frame), expected);
}

static double psnr(const struct video_frame *a, const struct video_frame *b,
		uint32_t height_px)
{
	double sum = 0;

	for (uint32_t y = 0; y < height_px; y++)
		for (uint32_t i = 0; i < a->layout.width_px * 4; i++) {
			const uint8_t *p = a->plane[0] +
					a->layout.stride_bytes[0] * y;
			const uint8_t *q = b->plane[0] +
					b->layout.stride_bytes[0] * y;
			double difference = i % 4 == 3 ? 0 : p[i] - q[i];

			sum += difference * difference;
		}
	return 10 *
			log10(255 * 255 * 3.0 * a->layout.width_px * height_px /
					fmax(sum, 1e-9));
}

static void comes_back_as_it_went_in(void **state)
{
	static const uint32_t sizes_px[][2] = {
			{1, 1}, {16, 16}, {17, 33}, {150, 86}, {321, 200}};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(sizes_px) / sizeof(sizes_px[0]); i++) {
		struct video_frame *frame =
				draw_picture(sizes_px[i][0], sizes_px[i][1]);
		struct video_frame *back;

		encode(bench, frame, 95, VIDEO_SUBSAMPLING_444);
		assert_int_equal(decode(bench, sizes_px[i][0], sizes_px[i][1],
						 &back),
				0);
		assert_int_equal(back->layout.pixel, VIDEO_PIXEL_BGRX);
		assert_true(back->layout.full_range);
		assert_true(psnr(frame, back, sizes_px[i][1]) > 36);
		video_frame_unref(back);
		video_frame_unref(frame);
	}
}

/* The arguments reach the library: more quality, or less, is more bytes. */
static void encodes_as_asked(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(320, 200);
	size_t sizes[3];
	int width;
	int height;
	int sampling;
	int colours;
	tjhandle reader = tjInitDecompress();

	encode(bench, frame, 90, VIDEO_SUBSAMPLING_420);
	sizes[1] = bench->size_bytes;
	assert_int_equal(tjDecompressHeader3(reader, bench->data,
					 bench->size_bytes, &width, &height,
					 &sampling, &colours),
			0);
	assert_int_equal(width, 320);
	assert_int_equal(height, 200);
	assert_int_equal(sampling, TJSAMP_420);
	encode(bench, frame, 20, VIDEO_SUBSAMPLING_420);
	sizes[0] = bench->size_bytes;
	encode(bench, frame, 90, VIDEO_SUBSAMPLING_444);
	sizes[2] = bench->size_bytes;
	assert_true(sizes[0] < sizes[1] && sizes[1] < sizes[2]);
	tjDestroy(reader);
	video_frame_unref(frame);
}

/* A codec is used again and again, for small and large. */
static void keeps_room_for_any_size(void **state)
{
	struct bench *bench = *state;
	struct video_frame *large = draw_picture(640, 480);
	struct video_frame *small = draw_picture(16, 16);
	uint64_t random = 5;

	random_fill(&random, video_frame_pixels(large),
			video_layout_plane_bytes(&large->layout, 0));
	large->layout.height_px = 100;
	for (int i = 0; i < 3; i++) {
		encode(bench, small, 100, VIDEO_SUBSAMPLING_444);
		encode(bench, large, 100, VIDEO_SUBSAMPLING_444);
		encode(bench, large, 1, VIDEO_SUBSAMPLING_420);
	}
	video_frame_unref(large);
	video_frame_unref(small);
}

static void encodes_nothing_out_of_range(void **state)
{
	static const struct {
		size_t stride_bytes;
		uint32_t width_px;
		uint32_t height_px;
		int quality;
	} cases[] = {
			{64, 0, 16, 50},
			{64, 16, 0, 50},
			{63, 16, 16, 50},
			{64, 16, 16, 0},
			{64, 16, 16, 101},
			{SIZE_MAX, 16, 16, 50},
			{32768, VIDEO_WIDTH_MAX_PX + 1, 16, 50},
			{64, 16, VIDEO_HEIGHT_MAX_PX + 1, 50},
	};
	static const uint8_t pixels[64 * 16];
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size_bytes = 1;

		assert_int_equal(
				video_jpeg_encode(bench->jpeg, VIDEO_PIXEL_BGRX,
						pixels, cases[i].stride_bytes,
						cases[i].width_px,
						cases[i].height_px,
						cases[i].quality,
						VIDEO_SUBSAMPLING_420,
						bench->data, &size_bytes),
				-EINVAL);
		assert_int_equal(size_bytes, 0);
	}
}

/* As a camera would have made it, with any subsampling and any flags. */
static void encode_foreign(struct bench *bench, const struct video_frame *frame,
		int sampling, int flags)
{
	tjhandle writer = tjInitCompress();
	unsigned char *data = NULL;
	unsigned long size = 0;

	assert_int_equal(
			tjCompress2(writer, frame->plane[0],
					(int)frame->layout.width_px,
					(int)frame->layout.stride_bytes[0],
					(int)frame->layout.height_px, TJPF_BGRX,
					&data, &size, sampling, 95, flags),
			0);
	assert_true(size <= DATA_MAX_BYTES);
	memcpy(bench->data, data, size);
	bench->size_bytes = size;
	tjFree(data);
	tjDestroy(writer);
}

static void decodes_every_subsampling(void **state)
{
	static const struct {
		int sampling;
		int flags;
		double psnr;
	} cases[] = {
			{TJSAMP_444, 0, 36},
			{TJSAMP_422, 0, 30},
			{TJSAMP_420, 0, 30},
			{TJSAMP_440, 0, 30},
			{TJSAMP_411, 0, 30},
			{TJSAMP_420, TJFLAG_PROGRESSIVE, 30},
	};
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(150, 86);
	struct video_frame *back;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		encode_foreign(bench, frame, cases[i].sampling, cases[i].flags);
		assert_int_equal(decode(bench, 150, 86, &back), 0);
		assert_true(psnr(frame, back, 86) > cases[i].psnr);
		video_frame_unref(back);
	}
	encode_foreign(bench, frame, TJSAMP_GRAY, 0);
	assert_int_equal(decode(bench, 150, 86, &back), 0);
	for (size_t i = 0; i < 150; i++) {
		const uint8_t *pixel = back->plane[0] + 4 * i;

		assert_int_equal(pixel[0], pixel[1]);
		assert_int_equal(pixel[1], pixel[2]);
	}
	video_frame_unref(back);
	video_frame_unref(frame);
}

/* A cut picture is refused wherever it is cut. */
static void refuses_every_cut(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(70, 50);
	size_t whole;

	for (int sampling = 0; sampling < 2; sampling++) {
		encode(bench, frame, 80, (enum video_subsampling)sampling);
		whole = bench->size_bytes;
		for (bench->size_bytes = 0; bench->size_bytes < whole;
				bench->size_bytes++)
			expect_refused(bench, 70, 50, -EBADMSG);
	}
	video_frame_unref(frame);
}

/*
 * The same with an end put behind the cut, as by a driver that closes what it
 * could not finish. Only where nothing of the picture is lost may it pass.
 */
static void refuses_every_cut_with_a_false_end(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(70, 50);
	struct video_frame *whole_back;
	uint8_t whole[8192];
	size_t whole_bytes;
	int passed = 0;

	encode(bench, frame, 80, VIDEO_SUBSAMPLING_420);
	whole_bytes = bench->size_bytes;
	assert_true(whole_bytes <= sizeof(whole));
	memcpy(whole, bench->data, whole_bytes);
	assert_int_equal(decode(bench, 70, 50, &whole_back), 0);
	for (size_t cut = 0; cut < whole_bytes - 2; cut++) {
		struct video_frame *back;

		memcpy(bench->data, whole, cut);
		memcpy(bench->data + cut, "\xff\xd9", 2);
		bench->size_bytes = cut + 2;
		if (decode(bench, 70, 50, &back) == 0) {
			assert_true(psnr(whole_back, back, 50) > 90);
			video_frame_unref(back);
			passed++;
		}
	}
	assert_in_range(passed, 0, 2);
	video_frame_unref(whole_back);
	video_frame_unref(frame);
}

static void cuts_off_padded_rows(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(64, 48);
	struct video_frame *back;

	encode(bench, frame, 95, VIDEO_SUBSAMPLING_444);
	for (uint32_t height_px = 33; height_px <= 48; height_px++) {
		assert_int_equal(decode(bench, 64, height_px, &back), 0);
		assert_int_equal(back->layout.height_px, height_px);
		assert_int_equal(video_layout_check(&back->layout), 0);
		assert_true(psnr(frame, back, height_px) > 30);
		video_frame_unref(back);
	}
	expect_refused(bench, 64, 32, -EBADMSG);
	expect_refused(bench, 64, 49, -EBADMSG);
	expect_refused(bench, 63, 48, -EBADMSG);
	expect_refused(bench, 65, 48, -EBADMSG);
	expect_refused(bench, 80, 48, -EBADMSG);
	video_frame_unref(frame);
}

static void refuses_sizes_out_of_range(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(64, 48);

	encode(bench, frame, 95, VIDEO_SUBSAMPLING_444);
	expect_refused(bench, 0, 48, -EINVAL);
	expect_refused(bench, 64, 0, -EINVAL);
	expect_refused(bench, VIDEO_WIDTH_MAX_PX + 1, 48, -EINVAL);
	expect_refused(bench, 64, VIDEO_HEIGHT_MAX_PX + 1, -EINVAL);
	expect_refused(bench, UINT32_MAX, UINT32_MAX, -EINVAL);
	video_frame_unref(frame);
}

/* Where a marker's segment begins; fails the test when there is none. */
static size_t find_marker(const struct bench *bench, uint8_t marker)
{
	for (size_t i = 0; i + 1 < bench->size_bytes; i++)
		if (bench->data[i] == 0xff && bench->data[i + 1] == marker)
			return i;
	fail_msg("no marker %02x", marker);
	return 0;
}

/* A header that speaks of gigabytes. */
static void refuses_a_lying_header(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(64, 48);
	size_t size_at;

	encode(bench, frame, 95, VIDEO_SUBSAMPLING_444);
	size_at = find_marker(bench, 0xc0) + 5;
	memset(bench->data + size_at, 0xff, 4);
	expect_refused(bench, 64, 48, -EBADMSG);
	/* More rows than there is data for. */
	memcpy(bench->data + size_at, "\x00\x40\x00\x40", 4);
	expect_refused(bench, 64, 64, -EBADMSG);
	memcpy(bench->data + size_at, "\x00\x00\x00\x40", 4);
	expect_refused(bench, 64, 48, -EBADMSG);
	video_frame_unref(frame);
}

/* Drivers pad their buffers; cameras leave out the usual Huffman tables. */
static void decodes_what_cameras_send(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(64, 48);
	struct video_frame *back;
	int tables = 0;

	encode_foreign(bench, frame, TJSAMP_422, 0);
	memset(bench->data + bench->size_bytes, 0, 100);
	bench->size_bytes += 100;
	assert_int_equal(decode(bench, 64, 48, &back), 0);
	video_frame_unref(back);

	for (; tables < 4; tables++) {
		size_t at = find_marker(bench, 0xc4);
		size_t length = 2 + bench->data[at + 2] * 256u +
				bench->data[at + 3];

		bench->size_bytes -= length;
		memmove(bench->data + at, bench->data + at + length,
				bench->size_bytes - at);
	}
	assert_int_equal(decode(bench, 64, 48, &back), 0);
	assert_true(psnr(frame, back, 48) > 30);
	video_frame_unref(back);
	video_frame_unref(frame);
}

/* As many cheap dongles send them, some only on certain screens. */
static void forgives_bytes_too_many(void **state)
{
	static const struct {
		uint8_t before; /* this marker */
		size_t bytes;
	} cases[] = {{0xc4, 1}, {0xd9, 40}, {0xd9, 4000}};
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(64, 48);
	struct video_frame *clean;
	struct video_frame *back;

	encode(bench, frame, 80, VIDEO_SUBSAMPLING_420);
	assert_int_equal(decode(bench, 64, 48, &clean), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t at;

		encode(bench, frame, 80, VIDEO_SUBSAMPLING_420);
		at = find_marker(bench, cases[i].before);
		memmove(bench->data + at + cases[i].bytes, bench->data + at,
				bench->size_bytes - at);
		memset(bench->data + at, 0x55, cases[i].bytes);
		bench->size_bytes += cases[i].bytes;
		assert_int_equal(decode(bench, 64, 48, &back), 0);
		assert_true(psnr(clean, back, 48) > 90);
		video_frame_unref(back);
	}
	video_frame_unref(clean);
	video_frame_unref(frame);
}

/* libjpeg-turbo would go on inside the header that it could not read. */
static void decodes_a_sound_picture_after_a_bad_one(void **state)
{
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(64, 48);
	struct video_frame *back;
	size_t tables_at;

	encode(bench, frame, 95, VIDEO_SUBSAMPLING_444);
	tables_at = find_marker(bench, 0xdb);
	bench->data[tables_at + 1] = 0x66;
	expect_refused(bench, 64, 48, -EBADMSG);
	bench->data[tables_at + 1] = 0xdb;
	assert_int_equal(decode(bench, 64, 48, &back), 0);
	video_frame_unref(back);
	video_frame_unref(frame);
}

/* Whatever stands in the data, the codec survives, and works afterwards. */
static void survives_spoiled_data(void **state)
{
	int rounds = getenv("RACKHAND_TEST_FULL") ? 100000 : 1500;
	struct bench *bench = *state;
	struct video_frame *frame = draw_picture(70, 50);
	struct video_frame *back;
	uint64_t random = 6;

	for (int round = 0; round < rounds; round++) {
		encode(bench, frame, 60, (enum video_subsampling)(round % 2));
		for (uint32_t n = 1 + random_below(&random, 4); n > 0; n--)
			bench->data[random_below(
					&random, (uint32_t)bench->size_bytes)] =
					(uint8_t)random_next(&random);
		if (decode(bench, 70, 50, &back) == 0)
			video_frame_unref(back);
	}
	encode(bench, frame, 95, VIDEO_SUBSAMPLING_444);
	assert_int_equal(decode(bench, 70, 50, &back), 0);
	assert_true(psnr(frame, back, 50) > 30);
	video_frame_unref(back);
	video_frame_unref(frame);
}

#define BENCHED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			BENCHED(comes_back_as_it_went_in),
			BENCHED(encodes_as_asked),
			BENCHED(keeps_room_for_any_size),
			BENCHED(encodes_nothing_out_of_range),
			BENCHED(decodes_every_subsampling),
			BENCHED(refuses_every_cut),
			BENCHED(refuses_every_cut_with_a_false_end),
			BENCHED(cuts_off_padded_rows),
			BENCHED(refuses_sizes_out_of_range),
			BENCHED(refuses_a_lying_header),
			BENCHED(decodes_what_cameras_send),
			BENCHED(forgives_bytes_too_many),
			BENCHED(decodes_a_sound_picture_after_a_bad_one),
			BENCHED(survives_spoiled_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
