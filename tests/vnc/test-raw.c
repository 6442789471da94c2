/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/raw.h"

#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"

static const struct video_rect area = {3, 5, 37, 19};

static uint32_t expected_pixel(
		const struct vnc_pixel_format *format, uint32_t bgr)
{
	return (bgr >> 16 & 0xff) << format->red_shift |
			(bgr >> 8 & 0xff) << format->green_shift |
			(bgr & 0xff) << format->blue_shift;
}

static void assert_pixels(const struct video_frame *frame,
		const struct vnc_pixel_format *format, const uint8_t *bytes)
{
	for (uint32_t y = 0; y < area.height_px; y++) {
		for (uint32_t x = 0; x < area.width_px; x++) {
			uint32_t value;

			memcpy(&value, bytes, sizeof(value));
			bytes += sizeof(value);
			value = format->big_endian ? be32toh(value)
						   : le32toh(value);
			assert_int_equal(value,
					expected_pixel(format,
							picture_pixel(frame,
									area.x_px + x,
									area.y_px + y)));
		}
	}
}

static void writes_every_order_and_endianness(void **state)
{
	static const uint8_t header[12] = {
			0, 3, 0, 5, 0, 37, 0, 19, 0, 0, 0, 0};
	struct video_frame *frame = picture_create(64, 32, PICTURE_NOISE, 2);
	unsigned formats = 0;

	(void)state;
	for (unsigned i = 0; i < 4 * 4 * 4 * 2; i++) {
		const uint8_t red = (uint8_t)(i % 4 * 8);
		const uint8_t green = (uint8_t)(i / 4 % 4 * 8);
		const uint8_t blue = (uint8_t)(i / 16 % 4 * 8);
		const struct vnc_pixel_format format = {32, 24, i >= 64, true,
				255, 255, 255, red, green, blue};
		struct vnc_encoded encoded;

		if (red == green || red == blue || green == blue)
			continue;
		assert_true(vnc_pixel_format_is_888(&format));
		assert_int_equal(
				vnc_raw_encode(frame, &area, &format, &encoded),
				0);
		assert_int_equal(encoded.rects, 1);
		assert_false(encoded.lossy);
		assert_int_equal(encoded.bytes->size, 12 + 37 * 19 * 4);
		assert_memory_equal(encoded.bytes->data, header, 12);
		assert_pixels(frame, &format, encoded.bytes->data + 12);
		core_bytes_unref(encoded.bytes);
		formats++;
	}
	assert_int_equal(formats, 48);
	video_frame_unref(frame);
	assert_int_equal(picture_alive(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(writes_every_order_and_endianness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
