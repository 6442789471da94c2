/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "vnc/library.h"
#include "vnc/raw.h"

/*
 * A pixel format and a list of encodings, as a viewer may send them. What is
 * taken can be written back as it was read, and a small picture can be encoded
 * for it: by ourselves or by the library that is left with the odd ones.
 */
#define WIDTH_PX 80
#define HEIGHT_PX 70
#define ENCODINGS_MAX 8

static struct video_frame *make_picture(void)
{
	struct video_frame *frame;
	uint32_t random = 1;

	FUZZ_CHECK(video_frame_create(&frame, WIDTH_PX, HEIGHT_PX) == 0);
	for (uint32_t y = 0; y < HEIGHT_PX; y++) {
		uint8_t *row = video_frame_pixels(frame) +
				(size_t)y * frame->layout.stride_bytes[0];

		for (uint32_t x = 0; x < WIDTH_PX; x++) {
			random = random * 1664525 + 1013904223;
			row[4 * x] = x < 40 ? (uint8_t)(random >> 24) : 7;
			row[4 * x + 1] = (uint8_t)(y & 0xf0);
		}
	}
	return frame;
}

static void encode_raw(struct video_frame *frame,
		const struct vnc_pixel_format *format)
{
	static const struct video_rect all = {0, 0, WIDTH_PX, HEIGHT_PX};
	struct vnc_encoded encoded;

	FUZZ_CHECK(vnc_raw_encode(frame, &all, format, &encoded) == 0);
	fuzz_touch(encoded.bytes->data, encoded.bytes->size);
	core_bytes_unref(encoded.bytes);
}

static void encode_block(struct vnc_library *library,
		const struct video_frame *frame, const struct video_rect *block)
{
	struct core_bytes *bytes;
	uint32_t rects;

	FUZZ_CHECK(vnc_library_encode(library, frame, block, &bytes, &rects) ==
			0);
	FUZZ_CHECK(rects > 0);
	core_bytes_unref(bytes);
}

static void encode_by_library(struct fuzz_input *input,
		struct video_frame *frame,
		const struct vnc_pixel_format *format)
{
	static const struct video_rect all = {0, 0, WIDTH_PX, HEIGHT_PX};
	struct vnc_blocks blocks =
			vnc_library_cut(&all, format->bits_per_pixel);
	struct vnc_library *library;
	struct core_bytes *messages;
	int32_t encodings[ENCODINGS_MAX];
	size_t count = 0;

	while (count < ENCODINGS_MAX && input->size > 0)
		encodings[count++] = (int8_t)fuzz_take_u8(input);
	FUZZ_CHECK(vnc_library_create(&library, "fuzz") == 0);
	FUZZ_CHECK(vnc_library_configure(library, format, encodings, count) ==
			0);
	FUZZ_CHECK(vnc_library_take_messages(library, &messages) == 0);
	core_bytes_unref(messages);
	for (size_t i = 0; i < (size_t)blocks.columns * blocks.rows; i++) {
		struct video_rect block = vnc_blocks_get(&blocks, i);

		encode_block(library, frame, &block);
	}
	vnc_library_destroy(library);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint8_t wire[VNC_PIXEL_FORMAT_BYTES] = {0};
	uint8_t again[VNC_PIXEL_FORMAT_BYTES];
	struct vnc_pixel_format format, copy;
	struct video_frame *frame;

	fuzz_take_over(&input, wire, sizeof(wire));
	if (vnc_pixel_format_parse(&format, wire) < 0)
		return 0;
	vnc_pixel_format_write(&format, again);
	FUZZ_CHECK(vnc_pixel_format_parse(&copy, again) == 0);
	FUZZ_CHECK(memcmp(wire, again, 2) == 0);
	FUZZ_CHECK(memcmp(wire + 4, again + 4, 9) == 0);
	frame = make_picture();
	if (vnc_pixel_format_is_888(&format))
		encode_raw(frame, &format);
	FUZZ_CHECK(vnc_library_check_pixel_format(&format) == 0);
	encode_by_library(&input, frame, &format);
	video_frame_unref(frame);
	return 0;
}
