/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/rfb-read.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"

/* Memory of exactly that size, so that reading beyond it is seen. */
static uint8_t *exactly(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	if (size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

/*
 * Read a message of which every shorter beginning is too short, and one byte
 * more is left alone.
 */
static void read_whole(struct vnc_reader *reader, const uint8_t *bytes,
		size_t size, struct vnc_message *message)
{
	uint8_t more[64] = {0};
	bool whole;

	assert_true(size < sizeof(more));
	for (size_t part = 0; part < size; part++) {
		uint8_t *beginning = exactly(bytes, part);

		assert_int_equal(vnc_message_read(reader, beginning, part,
						 message, &whole),
				0);
		assert_false(whole);
		free(beginning);
	}
	memcpy(more, bytes, size);
	assert_int_equal(vnc_message_read(reader, more, size + 1, message,
					 &whole),
			size);
	assert_true(whole);
	/* What it says may point to the bytes: let it be the caller's. */
	assert_int_equal(vnc_message_read(reader, bytes, size, message, &whole),
			size);
}

static void reads_pixel_formats(void **state)
{
	static const uint8_t bytes[20] = {0, 9, 9, 9, 16, 16, 1, 1, 0, 31, 0,
			63, 0, 31, 11, 5, 0, 9, 9, 9};
	struct vnc_reader reader = {0};
	struct vnc_message message;

	(void)state;
	read_whole(&reader, bytes, sizeof(bytes), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_SET_PIXEL_FORMAT);
	assert_int_equal(message.pixel_format.bits_per_pixel, 16);
	assert_true(message.pixel_format.big_endian);
	assert_int_equal(message.pixel_format.green_max, 63);
	assert_int_equal(message.pixel_format.red_shift, 11);
}

static void reads_encodings(void **state)
{
	static const uint8_t bytes[] = {2, 9, 0, 3, 0, 0, 0, 7, 255, 255, 255,
			33, 0x57, 0x4d, 0x56, 0x68};
	struct vnc_reader reader = {0};
	struct vnc_message message;

	(void)state;
	read_whole(&reader, bytes, sizeof(bytes), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_SET_ENCODINGS);
	assert_int_equal(message.encodings.count, 3);
	assert_int_equal(vnc_message_encoding(&message, 0), 7);
	assert_int_equal(vnc_message_encoding(&message, 1), -223);
	assert_int_equal(vnc_message_encoding(&message, 2), 0x574d5668);
}

static void reads_requests(void **state)
{
	static const uint8_t bytes[] = {3, 1, 1, 2, 3, 4, 5, 6, 7, 8};
	struct vnc_reader reader = {0};
	struct vnc_message message;

	(void)state;
	read_whole(&reader, bytes, sizeof(bytes), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_UPDATE_REQUEST);
	assert_true(message.update_request.incremental);
	assert_int_equal(message.update_request.area.x_px, 0x102);
	assert_int_equal(message.update_request.area.y_px, 0x304);
	assert_int_equal(message.update_request.area.width_px, 0x506);
	assert_int_equal(message.update_request.area.height_px, 0x708);
}

static void reads_keys(void **state)
{
	static const uint8_t plain[] = {4, 1, 9, 9, 0, 0, 0xff, 0x0d};
	static const uint8_t qemu[] = {
			255, 0, 0, 1, 0, 0, 0xff, 0x61, 0, 0, 0, 0xb7};
	struct vnc_reader reader = {0};
	struct vnc_message message;

	(void)state;
	read_whole(&reader, plain, sizeof(plain), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_KEY);
	assert_true(message.key.down);
	assert_int_equal(message.key.keysym, 0xff0d);
	assert_int_equal(message.key.xt_code, 0);

	read_whole(&reader, qemu, sizeof(qemu), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_KEY);
	assert_true(message.key.down);
	assert_int_equal(message.key.keysym, 0xff61);
	assert_int_equal(message.key.xt_code, 0xb7);
}

/* Bit 7 lengthens the message only for who was told that it may. */
static void reads_pointers(void **state)
{
	static const uint8_t bytes[] = {5, 0x81, 1, 2, 3, 4, 0x02};
	struct vnc_reader reader = {0};
	struct vnc_message message;

	(void)state;
	read_whole(&reader, bytes, 6, &message);
	assert_int_equal(message.kind, VNC_MESSAGE_POINTER);
	assert_int_equal(message.pointer.mask, 0x81);
	assert_false(message.pointer.extended);
	assert_int_equal(message.pointer.x_px, 0x102);
	assert_int_equal(message.pointer.y_px, 0x304);

	reader.extended_buttons = true;
	read_whole(&reader, bytes, 7, &message);
	assert_int_equal(message.pointer.mask, 0x281);
	assert_true(message.pointer.extended);

	read_whole(&reader, (const uint8_t[]){5, 1, 0, 0, 0, 0}, 6, &message);
	assert_int_equal(message.pointer.mask, 1);
	assert_false(message.pointer.extended);
}

static void reads_the_extensions(void **state)
{
	static const uint8_t continuous[] = {150, 1, 0, 1, 0, 2, 0, 3, 0, 4};
	static const uint8_t fence[] = {
			248, 9, 9, 9, 0x80, 0, 0, 1, 3, 'a', 'b', 'c'};
	static const uint8_t size[8 + 32] = {251, 9, 4, 0, 3, 0, 2, 9};
	struct vnc_reader reader = {0};
	struct vnc_message message;

	(void)state;
	read_whole(&reader, continuous, sizeof(continuous), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_CONTINUOUS_UPDATES);
	assert_true(message.continuous_updates.enable);
	assert_int_equal(message.continuous_updates.area.height_px, 4);

	read_whole(&reader, fence, sizeof(fence), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_FENCE);
	assert_int_equal(message.fence.flags, 0x80000001);
	assert_int_equal(message.fence.payload_bytes, 3);

	read_whole(&reader, size, sizeof(size), &message);
	assert_int_equal(message.kind, VNC_MESSAGE_SET_DESKTOP_SIZE);
}

/* The text goes by in any pieces; what follows is a message again. */
static void skips_cut_text(void **state)
{
	static const uint8_t lengths[][4] = {
			{0, 0, 0, 10}, {255, 255, 255, 246}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint8_t head[8] = {6};
		struct vnc_reader reader = {0};
		struct vnc_message message;
		bool whole;

		memcpy(head + 4, lengths[i], 4);
		assert_int_equal(vnc_message_read(&reader, head, 8, &message,
						 &whole),
				8);
		assert_int_equal(message.kind, VNC_MESSAGE_CUT_TEXT);
		assert_int_equal(vnc_message_read(&reader,
						 (const uint8_t *)"\377abc", 4,
						 &message, &whole),
				4);
		assert_false(whole);
		assert_int_equal(vnc_message_read(&reader,
						 (const uint8_t *)"defghi\4", 7,
						 &message, &whole),
				6);
		assert_false(whole);
		assert_int_equal(
				vnc_message_read(&reader,
						(const uint8_t *)"\4\0\0\0\0\0\0a",
						8, &message, &whole),
				8);
		assert_true(whole);
		assert_int_equal(message.key.keysym, 'a');
	}
}

static void refuses_what_is_too_long(void **state)
{
	static const struct {
		uint8_t bytes[12];
		size_t size;
	} cases[] = {
			{{2, 0, 4, 1}, 4}, /* 1025 encodings */
			{{2, 0, 255, 255}, 4},
			{{6, 0, 0, 0, 0, 4, 0, 1}, 8}, /* 256 KiB and one */
			{{6, 0, 0, 0, 0x7f, 255, 255, 255}, 8},
			{{6, 0, 0, 0, 255, 251, 255, 255},
					8}, /* the same, negative */
			{{6, 0, 0, 0, 0x80, 0, 0, 0}, 8},
			{{248, 0, 0, 0, 0, 0, 0, 0, 65}, 9},
			{{248, 0, 0, 0, 0, 0, 0, 0, 255}, 9},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vnc_reader reader = {0};
		struct vnc_message message;
		bool whole;

		assert_int_equal(vnc_message_read(&reader, cases[i].bytes,
						 cases[i].size, &message,
						 &whole),
				-EMSGSIZE);
		assert_false(whole);
	}
}

static void takes_the_maxima(void **state)
{
	static uint8_t encodings[VNC_MESSAGE_MAX_BYTES] = {2, 0, 4, 0};
	static const uint8_t text[] = {6, 0, 0, 0, 0, 4, 0, 0};
	struct vnc_reader reader = {0};
	struct vnc_message message;
	bool whole;

	(void)state;
	assert_int_equal(vnc_message_read(&reader, encodings, sizeof(encodings),
					 &message, &whole),
			sizeof(encodings));
	assert_int_equal(message.encodings.count, VNC_ENCODINGS_MAX);
	assert_int_equal(vnc_message_read(&reader, text, sizeof(text), &message,
					 &whole),
			8);
	assert_int_equal(reader.skip_bytes, VNC_CUT_TEXT_MAX_BYTES);
	assert_int_equal(message.cut_text.bytes, 0); /* too long to keep */
}

/* xvp, audio, file transfer and whatever else was never announced. */
static void refuses_what_is_unknown(void **state)
{
	static const uint8_t known[] = {0, 2, 3, 4, 5, 6, 150, 248, 251, 255};

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		const uint8_t bytes[16] = {(uint8_t)type, 1};
		struct vnc_reader reader = {0};
		struct vnc_message message;
		bool whole;

		if (type != 255 && memchr(known, (int)type, sizeof(known)))
			continue;
		assert_int_equal(vnc_message_read(&reader, bytes, sizeof(bytes),
						 &message, &whole),
				-EPROTO);
	}
}

/* Any bytes at all: no reading beyond them, no endless loop, no overrun. */
static void survives_noise(void **state)
{
	unsigned rounds = getenv("RACKHAND_TEST_FULL") ? 2000000 : 20000;
	static const uint8_t types[] = {0, 2, 3, 4, 5, 6, 150, 248, 251, 255};
	uint32_t random = 7;

	(void)state;
	for (unsigned i = 0; i < rounds; i++) {
		struct vnc_reader reader = {
				.extended_buttons = picture_random(&random) &
						1};
		size_t size = picture_random(&random) % 64;
		uint8_t *bytes = malloc(size + 1);
		struct vnc_message message;
		size_t at = 0;
		ssize_t used;
		bool whole;

		for (size_t j = 0; j < size; j++)
			bytes[j] = (uint8_t)picture_random(&random);
		if (size > 0)
			bytes[0] = types[picture_random(&random) %
					sizeof(types)];
		if (size > 2)
			bytes[2] = 0;
		bytes = realloc(bytes, size ? size : 1);
		do {
			used = vnc_message_read(&reader, bytes + at, size - at,
					&message, &whole);
			assert_true(used <= (ssize_t)(size - at));
			if (used > 0 && whole &&
					message.kind == VNC_MESSAGE_SET_ENCODINGS)
				for (size_t j = 0; j < message.encodings.count;
						j++)
					vnc_message_encoding(&message, j);
			if (used > 0)
				at += (size_t)used;
		} while (used > 0);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(reads_pixel_formats),
			cmocka_unit_test(reads_encodings),
			cmocka_unit_test(reads_requests),
			cmocka_unit_test(reads_keys),
			cmocka_unit_test(reads_pointers),
			cmocka_unit_test(reads_the_extensions),
			cmocka_unit_test(skips_cut_text),
			cmocka_unit_test(refuses_what_is_too_long),
			cmocka_unit_test(takes_the_maxima),
			cmocka_unit_test(refuses_what_is_unknown),
			cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
