/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/pixel-format.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void possible_formats_come_back(void **state)
{
	static const struct {
		uint8_t bytes[VNC_PIXEL_FORMAT_BYTES];
		bool is_888;
	} cases[] = {
			{{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
					true},
			{{32, 24, 1, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
					true},
			{{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16},
					true},
			{{32, 32, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16},
					false}, /* Tight: four bytes a pixel */
			{{32, 24, 1, 1, 0, 255, 0, 255, 0, 255, 24, 16, 8},
					true},
			{{32, 30, 0, 1, 3, 255, 3, 255, 3, 255, 20, 10, 0},
					false},
			{{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 17, 8, 0},
					false},
			{{16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0}, false},
			{{16, 15, 1, 1, 0, 31, 0, 31, 0, 31, 10, 5, 0}, false},
			{{8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6}, false},
			{{8, 6, 0, 1, 0, 3, 0, 3, 0, 3, 4, 2, 0}, false},
			{{8, 3, 0, 1, 0, 1, 0, 1, 0, 1, 2, 1, 0}, false},
			{{8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t written[VNC_PIXEL_FORMAT_BYTES];
		struct vnc_pixel_format format;

		assert_int_equal(
				vnc_pixel_format_parse(&format, cases[i].bytes),
				0);
		vnc_pixel_format_write(&format, written);
		assert_memory_equal(written, cases[i].bytes, sizeof(written));
		assert_int_equal(vnc_pixel_format_is_888(&format),
				cases[i].is_888);
	}
}

static void impossible_formats_are_refused(void **state)
{
	static const uint8_t cases[][VNC_PIXEL_FORMAT_BYTES] = {
			{0, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{7, 7, 0, 1, 0, 1, 0, 1, 0, 1, 2, 1, 0},
			{24, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{33, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{255, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{32, 0, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{16, 32, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0},
			{32, 24, 0, 1, 0, 0, 0, 255, 0, 255, 16, 8,
					0}, /* no red */
			{32, 24, 0, 1, 0, 254, 0, 255, 0, 255, 16, 8, 0},
			{32, 24, 0, 1, 255, 255, 255, 255, 255, 255, 16, 8, 0},
			{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 255, 8, 0},
			{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 25, 8,
					0}, /* sticks out */
			{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 32, 8, 0},
			{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 16,
					0}, /* overlap */
			{16, 16, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{16, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					0}, /* colours of 16 bit */
			{32, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vnc_pixel_format format = vnc_pixel_format_native;

		assert_int_equal(vnc_pixel_format_parse(&format, cases[i]),
				-EINVAL);
		assert_memory_equal(&format, &vnc_pixel_format_native,
				sizeof(format));
	}
}

/* Every corner of every field: refused or kept, never undefined. */
static void corners_are_survived(void **state)
{
	static const uint8_t bits[] = {0, 1, 7, 8, 16, 24, 32, 33, 255};
	static const uint8_t shifts[] = {0, 7, 8, 31, 32, 63, 64, 255};
	static const uint8_t maxima[] = {0, 1, 0x7f, 0xff};

	(void)state;
	for (size_t i = 0; i < 9 * 9 * 8 * 8 * 4 * 4; i++) {
		uint8_t bytes[VNC_PIXEL_FORMAT_BYTES] = {bits[i % 9],
				bits[i / 9 % 9], 0, 1, maxima[i / 81 % 4],
				maxima[i / 324 % 4], 0, 255, 0, 255,
				shifts[i / 1296 % 8], shifts[i / 10368], 0};
		struct vnc_pixel_format format;
		int rc = vnc_pixel_format_parse(&format, bytes);

		assert_true(rc == 0 || rc == -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(possible_formats_come_back),
			cmocka_unit_test(impossible_formats_are_refused),
			cmocka_unit_test(corners_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
