/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "tests/fuzz/fuzz.h"
#include "video/jpeg.h"

/*
 * A JPEG as a capture device may hand it in, decoded both ways. What comes out
 * has the size that was promised, whole; what is refused leaves nothing, and
 * the next sound picture is decoded all the same. The first byte: how many
 * rows fewer are promised than the JPEG has; the second: memory runs out at
 * that allocation.
 */
#define AREA_MAX_PX (256 << 10) /* so that one run stays short */

/* What its first frame header says, or a size that it does not have. */
static void find_size(const struct fuzz_input *input, uint32_t *width_px,
		uint32_t *height_px)
{
	const uint8_t *bytes = input->bytes;

	*width_px = 64;
	*height_px = 48;
	for (size_t i = 0; i + 9 <= input->size; i++) {
		if (bytes[i] != 0xff || bytes[i + 1] < 0xc0 ||
				bytes[i + 1] > 0xc2)
			continue;
		*height_px = (uint32_t)bytes[i + 5] << 8 | bytes[i + 6];
		*width_px = (uint32_t)bytes[i + 7] << 8 | bytes[i + 8];
		return;
	}
}

static void touch(const struct video_frame *frame)
{
	for (uint32_t i = 0; i < video_layout_planes(frame->layout.pixel); i++)
		fuzz_touch(frame->plane[i],
				video_layout_plane_bytes(&frame->layout, i));
}

static void check(struct video_frame *frame, int rc, uint32_t width_px,
		uint32_t height_px)
{
	if (rc < 0) {
		FUZZ_CHECK(!frame);
		FUZZ_CHECK(rc != -ENOMEM || fuzz_memory_failed());
		return;
	}
	FUZZ_CHECK(video_layout_check(&frame->layout) == 0);
	FUZZ_CHECK(frame->layout.width_px == width_px);
	FUZZ_CHECK(frame->layout.height_px == height_px);
	touch(frame);
	video_frame_unref(frame);
}

/* A grey picture of our own making is still decoded. */
static void expect_sound(struct video_jpeg *jpeg)
{
	static const uint8_t pixels[16 * 16 * 3];
	uint8_t sound[4096];
	struct video_frame *frame;
	size_t size;

	FUZZ_CHECK(sizeof(sound) >=
			video_jpeg_bound(16, 16, VIDEO_SUBSAMPLING_420));
	FUZZ_CHECK(video_jpeg_encode(jpeg, VIDEO_PIXEL_RGB24, pixels, 48, 16,
				   16, 50, VIDEO_SUBSAMPLING_420, sound,
				   &size) == 0);
	FUZZ_CHECK(video_jpeg_decode_planes(
				   jpeg, sound, size, 16, 16, &frame) == 0);
	video_frame_unref(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint32_t fewer = fuzz_take_u8(&input) % 20;
	uint8_t nth = fuzz_take_u8(&input);
	struct video_frame *frame = NULL;
	struct video_jpeg *jpeg;
	uint32_t width_px, height_px;
	int rc;

	find_size(&input, &width_px, &height_px);
	if ((uint64_t)width_px * height_px > AREA_MAX_PX)
		return -1;
	height_px -= fewer < height_px ? fewer : 0;
	fuzz_memory_fail(nth, false);
	if (video_jpeg_create(&jpeg) < 0) {
		fuzz_memory_fail(0, false);
		return 0;
	}
	rc = video_jpeg_decode_planes(jpeg, input.bytes, input.size, width_px,
			height_px, &frame);
	check(frame, rc, width_px, height_px);
	rc = video_jpeg_decode(jpeg, input.bytes, input.size, width_px,
			height_px, &frame);
	check(frame, rc, width_px, height_px);
	fuzz_memory_fail(0, false);
	expect_sound(jpeg);
	video_jpeg_destroy(jpeg);
	return 0;
}
