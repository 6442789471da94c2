/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "vnc/huffman.h"

/* What is made here is read by zlib. */

static int set_up(void **state)
{
	struct vnc_deflate *deflater;

	assert_int_equal(vnc_deflate_create(&deflater), 0);
	*state = deflater;
	return 0;
}

static int tear_down(void **state)
{
	vnc_deflate_destroy(*state);
	return 0;
}

/* Everything comes out of the stream, nothing more, and nothing is left. */
static void assert_inflates(const uint8_t *stream, size_t stream_bytes,
		const uint8_t *expected, size_t size)
{
	uint8_t *bytes = malloc(size);
	uint8_t more;
	z_stream z = {0};

	assert_non_null(bytes);
	assert_int_equal(inflateInit(&z), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)stream;
	z.avail_in = (uInt)stream_bytes;
	z.next_out = bytes;
	z.avail_out = (uInt)size;
	assert_int_equal(inflate(&z, Z_SYNC_FLUSH), Z_OK);
	assert_int_equal(z.avail_out, 0);
	assert_memory_equal(bytes, expected, size);
	z.next_out = &more;
	z.avail_out = 1;
	inflate(&z, Z_SYNC_FLUSH);
	assert_int_equal(z.avail_out, 1);
	assert_int_equal(z.avail_in, 0);
	inflateEnd(&z);
	free(bytes);
}

/* Input and output stand in blocks of exactly their sizes. */
static size_t round_trip(struct vnc_deflate *deflater, const uint8_t *bytes,
		size_t size, size_t row_bytes)
{
	const size_t bound = vnc_deflate_bound(size);
	uint8_t *from = malloc(size);
	uint8_t *to = malloc(bound);
	size_t made;

	assert_non_null(from);
	assert_non_null(to);
	memcpy(from, bytes, size);
	made = vnc_deflate_run(deflater, from, size, row_bytes, to);
	assert_true(made <= bound);
	assert_inflates(to, made, bytes, size);
	free(from);
	free(to);
	return made;
}

/* Of so many values; runs of up to `run`. */
static void fill(uint8_t *bytes, size_t size, uint32_t values, uint32_t run,
		uint32_t *random)
{
	for (size_t i = 0; i < size;) {
		const uint8_t value =
				(uint8_t)(picture_random(random) % values);
		uint32_t left = 1 + picture_random(random) % run;

		for (; left > 0 && i < size; left--)
			bytes[i++] = value;
	}
}

static void all_bytes_come_back(void **state)
{
	static const uint32_t values[] = {1, 2, 3, 17, 256};
	static const uint32_t runs[] = {1, 2, 9, 300, 70000};
	static const size_t sizes[] = {1, 2, 3, 4, 5, 11, 12, 13, 257, 258, 259,
			260, 1000, 7680, 16384, 65536, 196608};
	uint8_t *bytes = malloc(196608);
	uint32_t random = 5;

	assert_non_null(bytes);
	for (unsigned i = 0; i < 5 * 5 * 17; i++) {
		const size_t size = sizes[i % 17];

		fill(bytes, size, values[i % 5], runs[i / 5 % 5], &random);
		round_trip(*state, bytes, size,
				1 + picture_random(&random) % 300);
	}
	free(bytes);
}

static void any_small_size_comes_back(void **state)
{
	uint8_t bytes[600];
	uint32_t random = 6;

	for (size_t size = 1; size <= sizeof(bytes); size++) {
		fill(bytes, size, 3, 4, &random);
		round_trip(*state, bytes, size, 1 + size % 40);
	}
}

/* The largest, and rows as far apart as repeats may be. */
static void the_largest_comes_back(void **state)
{
	uint8_t *bytes = malloc(VNC_DEFLATE_BYTES_MAX);
	uint32_t random = 7;

	assert_non_null(bytes);
	fill(bytes, VNC_DEFLATE_BYTES_MAX, 256, 1, &random);
	round_trip(*state, bytes, VNC_DEFLATE_BYTES_MAX, 32768);
	for (size_t i = 32768; i < VNC_DEFLATE_BYTES_MAX; i++)
		bytes[i] = bytes[i - 32768];
	assert_true(round_trip(*state, bytes, VNC_DEFLATE_BYTES_MAX, 32768) <
			VNC_DEFLATE_BYTES_MAX / 20);
	free(bytes);
}

/* Positions are counted on from one stream to the next, and begin anew. */
static void streams_do_not_know_each_other(void **state)
{
	uint8_t *bytes = malloc(VNC_DEFLATE_BYTES_MAX);
	uint8_t small[64];
	uint32_t random = 8;
	size_t first;

	assert_non_null(bytes);
	memset(bytes, 1, VNC_DEFLATE_BYTES_MAX);
	fill(small, sizeof(small), 256, 1, &random);
	first = round_trip(*state, small, sizeof(small), 8);
	for (unsigned i = 0; i < 40; i++) {
		round_trip(*state, bytes, VNC_DEFLATE_BYTES_MAX - i, 2048);
		assert_int_equal(round_trip(*state, small, sizeof(small), 8),
				first);
	}
	free(bytes);
}

/* Within a tenth of zlib's fastest level on what it is made for. */
static void text_becomes_small(void **state)
{
	enum { ROW = 128, SIZE = ROW * 64 };
	uint8_t bytes[SIZE];
	uint8_t glyphs[40][16];
	uint8_t reference[SIZE + 64];
	uLongf reference_bytes = sizeof(reference);
	uint32_t random = 9;

	fill(glyphs[0], sizeof(glyphs), 256, 2, &random);
	for (unsigned i = 0; i < SIZE; i++) {
		const unsigned text = i / ROW / 16 * ROW + i % ROW;

		bytes[i] = text % 3 == 0 ? 0
					 : glyphs[text * 7 % 40][i / ROW % 16];
	}
	assert_int_equal(compress2(reference, &reference_bytes, bytes, SIZE, 1),
			Z_OK);
	assert_true(round_trip(*state, bytes, SIZE, ROW) <=
			reference_bytes + reference_bytes / 10);
}

/* The sum of 2^-bits over all codes, in units of 2^-15. */
static uint32_t sum_of(const struct vnc_huffman *huffman, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		if (huffman->codes[i].bits > 0)
			sum += 1U << (VNC_HUFFMAN_BITS_MAX -
					       huffman->codes[i].bits);
	return sum;
}

static void assert_code(const uint32_t *counts, size_t n, unsigned bits_max)
{
	struct vnc_huffman huffman;

	vnc_huffman_build(&huffman, counts, n, bits_max);
	assert_int_equal(sum_of(&huffman, n), 1 << VNC_HUFFMAN_BITS_MAX);
	for (size_t i = 0; i < n; i++) {
		assert_true(huffman.codes[i].bits <= bits_max);
		assert_true(counts[i] == 0 || huffman.codes[i].bits > 0);
		for (size_t j = 0; j < n; j++)
			assert_true(counts[i] <= counts[j] ||
					huffman.codes[i].bits <=
							huffman.codes[j].bits ||
					huffman.codes[j].bits == 0);
	}
}

static void codes_are_complete_and_short(void **state)
{
	uint32_t counts[VNC_HUFFMAN_SYMBOLS_MAX] = {0};
	uint32_t random = 10;

	(void)state;
	assert_code(counts, 30, 15);
	counts[7] = 5;
	assert_code(counts, 30, 15);
	for (unsigned i = 0; i < 300; i++) {
		const size_t n = 2 + picture_random(&random) % 285;

		for (size_t j = 0; j < n; j++)
			counts[j] = picture_random(&random) % 4 == 0
					? 0
					: 1u << picture_random(&random) % 14;
		assert_code(counts, n, n <= 100 ? 7 : 9 + i % 7);
	}
}

/* Counts that grow as fast as they can make the deepest of codes. */
static void deep_codes_are_limited(void **state)
{
	uint32_t counts[30] = {1, 1};

	(void)state;
	for (size_t i = 2; i < 30; i++)
		counts[i] = counts[i - 1] + counts[i - 2];
	for (size_t n = 2; n <= 30; n++) {
		assert_code(counts, n, 15);
		assert_code(counts, n, 7);
	}
}

static void destroys_nothing(void **state)
{
	(void)state;
	vnc_deflate_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(all_bytes_come_back),
			TEST(any_small_size_comes_back),
			TEST(the_largest_comes_back),
			TEST(streams_do_not_know_each_other),
			TEST(text_becomes_small),
			cmocka_unit_test(codes_are_complete_and_short),
			cmocka_unit_test(deep_codes_are_limited),
			cmocka_unit_test(destroys_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
