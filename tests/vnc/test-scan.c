/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/scan.h"

#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"

/* Every level against plain C, which is first compared with the obvious. */

static const uint32_t widths[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47,
		48, 63, 64, 65, 100, 128};
#define WIDTHS (sizeof(widths) / sizeof(widths[0]))
#define HEIGHT_MAX 9
#define WIDTH_MAX 128

struct block {
	uint8_t *memory; /* ends where the last row does */
	uint8_t *start;
	size_t stride_bytes;
	uint32_t width; /* of units of unit_bytes */
	uint32_t height;
	size_t unit_bytes;
};

/* At an odd address, with odd strides; what lies between rows is noise. */
static void block_make(struct block *block, size_t unit_bytes, uint32_t width,
		uint32_t height, uint32_t *random)
{
	const size_t before = 1 + picture_random(random) % 7;
	size_t size;

	block->unit_bytes = unit_bytes;
	block->width = width;
	block->height = height;
	block->stride_bytes = width * unit_bytes + picture_random(random) % 9;
	size = before + block->stride_bytes * (height - 1) + width * unit_bytes;
	block->memory = malloc(size);
	assert_non_null(block->memory);
	for (size_t i = 0; i < size; i++)
		block->memory[i] = (uint8_t)picture_random(random);
	block->start = block->memory + before;
}

static uint8_t *unit_at(const struct block *block, uint32_t x, uint32_t y)
{
	return block->start + block->stride_bytes * y + block->unit_bytes * x;
}

/* Fill with one to four values; a pixel's fourth byte stays noise. */
static void block_fill(
		const struct block *block, uint32_t values, uint32_t *random)
{
	const size_t bytes = block->unit_bytes == 4 ? 3 : 1;
	uint8_t value[4][4];

	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < 4; j++)
			value[i][j] = (uint8_t)picture_random(random);
	for (uint32_t y = 0; y < block->height; y++)
		for (uint32_t x = 0; x < block->width; x++)
			memcpy(unit_at(block, x, y), value[0], bytes);
	/* The others stand in few places, often in the corners. */
	for (uint32_t i = 1; i < values; i++) {
		const uint32_t x = picture_random(random) % 3 == 0
				? block->width - 1
				: picture_random(random) % block->width;
		const uint32_t y = picture_random(random) % 3 == 0
				? block->height - 1
				: picture_random(random) % block->height;

		memcpy(unit_at(block, x, y), value[i], bytes);
	}
}

static uint32_t unit_value(const struct block *block, uint32_t x, uint32_t y)
{
	uint32_t value = *unit_at(block, x, y);

	if (block->unit_bytes == 4) {
		memcpy(&value, unit_at(block, x, y), 4);
		value &= htole32(0x00ffffff);
	}
	return value;
}

/* As the header says it. */
static unsigned count_values(const struct block *block, uint32_t values[2])
{
	unsigned n = 1;

	values[0] = values[1] = unit_value(block, 0, 0);
	for (uint32_t y = 0; y < block->height; y++) {
		for (uint32_t x = 0; x < block->width; x++) {
			const uint32_t value = unit_value(block, x, y);

			if (value == values[0] || value == values[1])
				continue;
			if (n == 2)
				return VNC_SCAN_MORE;
			values[1] = value;
			n = 2;
		}
	}
	return n;
}

static void check_bytes(const struct vnc_scan *scan, const struct block *block)
{
	uint32_t expected[2];
	uint8_t values[2];
	const unsigned n = count_values(block, expected);

	assert_int_equal(scan->bytes(block->start, block->stride_bytes,
					 block->width, block->height, values),
			n);
	if (n != VNC_SCAN_MORE) {
		assert_int_equal(values[0], expected[0]);
		assert_int_equal(values[1], expected[1]);
	}
	assert_int_equal(scan->same(block->start, block->stride_bytes,
					 block->width, block->height),
			n == 1);
}

static void check_pixels(const struct vnc_scan *scan, const struct block *block)
{
	uint32_t expected[2], values[2];
	const unsigned n = count_values(block, expected);

	assert_int_equal(scan->pixels(block->start, block->stride_bytes,
					 block->width, block->height, values),
			n);
	if (n != VNC_SCAN_MORE)
		assert_memory_equal(values, expected, sizeof(values));
}

static void check_flags(const struct vnc_scan *scan, const struct block *block)
{
	const uint32_t value = unit_value(block, 0, 0);
	uint8_t *flags = malloc(block->width);

	assert_non_null(flags);
	scan->flags(block->start, value, flags, block->width);
	for (uint32_t x = 0; x < block->width; x++)
		assert_int_equal(flags[x], unit_value(block, x, 0) != value);
	free(flags);
}

static void check_pack(const struct vnc_scan *scan, const struct block *block)
{
	const size_t size = (block->width + 7) / 8;
	uint8_t *bits = malloc(size);

	assert_non_null(bits);
	scan->pack(block->start, *block->start, bits, block->width);
	for (uint32_t x = 0; x < size * 8; x++)
		assert_int_equal(bits[x / 8] >> (7 - x % 8) & 1,
				x < block->width &&
						block->start[x] !=
								*block->start);
	free(bits);
}

static void check_level(const struct vnc_scan *scan, uint32_t *random)
{
	for (unsigned i = 0; i < WIDTHS * HEIGHT_MAX * 12; i++) {
		const uint32_t width = widths[i % WIDTHS];
		const uint32_t height = 1 + i / WIDTHS % HEIGHT_MAX;
		struct block block;

		block_make(&block, 1, width, height, random);
		block_fill(&block, 1 + i % 4, random);
		check_bytes(scan, &block);
		check_pack(scan, &block);
		free(block.memory);
		block_make(&block, 4, width, height, random);
		block_fill(&block, 1 + i % 4, random);
		check_pixels(scan, &block);
		check_flags(scan, &block);
		free(block.memory);
	}
}

static void every_level_sees_the_same(void **state)
{
	(void)state;
	for (enum core_simd level = 0; level < CORE_SIMDS; level++) {
		uint32_t random = 11;

		if (core_simd_runs(level))
			check_level(vnc_scan_get(level), &random);
	}
}

/* Noise has every pattern of bits. */
static void every_level_packs_the_same(void **state)
{
	(void)state;
	for (enum core_simd level = 0; level < CORE_SIMDS; level++) {
		uint32_t random = 12;

		for (uint32_t width = 1;
				width <= WIDTH_MAX && core_simd_runs(level);
				width++) {
			struct block block;

			block_make(&block, 1, width, 1, &random);
			for (uint32_t x = 0; x < width; x++)
				block.start[x] &= 1;
			check_pack(vnc_scan_get(level), &block);
			free(block.memory);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_level_sees_the_same),
			cmocka_unit_test(every_level_packs_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
