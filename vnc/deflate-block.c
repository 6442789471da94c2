/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/deflate-block.h"

#include <endian.h>
#include <string.h>

/* What is stored comes in pieces of so many bytes. */
#define STORED_MAX 65535

#define LITERALS VNC_DEFLATE_LITERALS
#define DISTANCES VNC_DEFLATE_DISTANCES
#define END_OF_BLOCK 256
#define FIRST_LENGTH VNC_DEFLATE_FIRST_LENGTH

/* Of the code in which the lengths of those two are written. */
#define LENGTHS 19
#define REPEAT_LAST 16
#define REPEAT_ZERO 17
#define REPEAT_ZERO_LONG 18

enum block_type { BLOCK_STORED, BLOCK_FIXED, BLOCK_DYNAMIC };

struct range {
	uint16_t first;
	uint8_t extra_bits;
};

static const struct range length_ranges[] = {{3, 0}, {4, 0}, {5, 0}, {6, 0},
		{7, 0}, {8, 0}, {9, 0}, {10, 0}, {11, 1}, {13, 1}, {15, 1},
		{17, 1}, {19, 2}, {23, 2}, {27, 2}, {31, 2}, {35, 3}, {43, 3},
		{51, 3}, {59, 3}, {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5},
		{163, 5}, {195, 5}, {227, 5}, {258, 0}};

static const struct range distance_ranges[DISTANCES] = {{1, 0}, {2, 0}, {3, 0},
		{4, 0}, {5, 1}, {7, 1}, {9, 2}, {13, 2}, {17, 3}, {25, 3},
		{33, 4}, {49, 4}, {65, 5}, {97, 5}, {129, 6}, {193, 6},
		{257, 7}, {385, 7}, {513, 8}, {769, 8}, {1025, 9}, {1537, 9},
		{2049, 10}, {3073, 10}, {4097, 11}, {6145, 11}, {8193, 12},
		{12289, 12}, {16385, 13}, {24577, 13}};

/* The codes that a decoder knows without being told. */
static void make_fixed_codes(struct vnc_deflate_block *block)
{
	struct vnc_huffman_code *codes = block->fixed_literals.codes;

	for (unsigned i = 0; i < 288; i++)
		codes[i].bits = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	vnc_huffman_assign(&block->fixed_literals, 288);
	for (unsigned i = 0; i < 32; i++)
		block->fixed_distances.codes[i].bits = 5;
	vnc_huffman_assign(&block->fixed_distances, 32);
}

static void make_symbols(struct vnc_deflate_block *block)
{
	const size_t lengths_n =
			sizeof(length_ranges) / sizeof(length_ranges[0]);

	for (uint8_t i = 0; i < lengths_n; i++)
		for (unsigned j = length_ranges[i].first;
				j <= VNC_DEFLATE_REPEAT_MAX; j++)
			block->length_symbols[j] = i;
	for (uint8_t i = 0; i < DISTANCES; i++) {
		const unsigned first = distance_ranges[i].first;

		for (unsigned j = first; j <= 256; j++)
			block->near_symbols[j] = i;
		for (unsigned j = (first - 1) >> 7; j <= 255; j++)
			block->far_symbols[j] = i;
	}
}

void vnc_deflate_block_init(struct vnc_deflate_block *block)
{
	make_fixed_codes(block);
	make_symbols(block);
}

/* ---- bits ---- */

/*
 * Up to 32 of them. Inlined, so that a sink that is a copy stays in registers:
 * a store of bytes could otherwise be to anything.
 */
static inline __attribute__((always_inline)) void put_bits(
		struct vnc_deflate_sink *sink, uint32_t bits, unsigned n)
{
	sink->bits |= (uint64_t)bits << sink->bits_n;
	sink->bits_n += n;
	if (sink->bits_n >= 32) {
		const uint32_t whole = htole32((uint32_t)sink->bits);

		memcpy(sink->to, &whole, sizeof(whole));
		sink->to += sizeof(whole);
		sink->bits >>= 32;
		sink->bits_n -= 32;
	}
}

static inline __attribute__((always_inline)) void put_symbol(
		struct vnc_deflate_sink *sink,
		const struct vnc_huffman *huffman, unsigned symbol)
{
	put_bits(sink, huffman->codes[symbol].code,
			huffman->codes[symbol].bits);
}

/* Fill up the last byte with zeros. */
static void align(struct vnc_deflate_sink *sink)
{
	while (sink->bits_n > 0) {
		*sink->to++ = (uint8_t)sink->bits;
		sink->bits >>= 8;
		sink->bits_n -= sink->bits_n < 8 ? sink->bits_n : 8;
	}
}

static void put_stored(
		struct vnc_deflate_sink *sink, const uint8_t *bytes, size_t n)
{
	do {
		const size_t part = n < STORED_MAX ? n : STORED_MAX;

		put_bits(sink, BLOCK_STORED << 1, 3);
		align(sink);
		put_bits(sink, (uint32_t)part | ~(uint32_t)part << 16, 32);
		if (part > 0) { /* NULL has none */
			memcpy(sink->to, bytes, part);
			bytes += part;
		}
		sink->to += part;
		n -= part;
	} while (n > 0);
}

/* ---- a block ---- */

static void put_tokens(struct vnc_deflate_block *block,
		const struct vnc_huffman *literals,
		const struct vnc_huffman *distances)
{
	struct vnc_deflate_sink sink = block->sink;

	for (uint32_t i = 0; i < block->tokens_n; i++) {
		const uint32_t token = block->tokens[i];
		const uint32_t length = (token & 0xffff) - 256;
		const uint32_t distance = token >> 16;
		unsigned symbol;

		if (token < 256) {
			put_symbol(&sink, literals, token);
			continue;
		}
		symbol = block->length_symbols[length];
		put_symbol(&sink, literals, FIRST_LENGTH + symbol);
		put_bits(&sink, length - length_ranges[symbol].first,
				length_ranges[symbol].extra_bits);
		symbol = vnc_deflate_block_distance_symbol(block, distance);
		put_symbol(&sink, distances, symbol);
		put_bits(&sink, distance - distance_ranges[symbol].first,
				distance_ranges[symbol].extra_bits);
	}
	put_symbol(&sink, literals, END_OF_BLOCK);
	block->sink = sink;
}

/* How many symbols there are without the zeros behind the last. */
static unsigned trim(
		const struct vnc_huffman *huffman, unsigned n, unsigned min)
{
	while (n > min && huffman->codes[n - 1].bits == 0)
		n--;
	return n;
}

/* How often the value at `i` stands there in a row, at most `max` times. */
static unsigned run_at(
		const uint8_t *values, unsigned n, unsigned i, unsigned max)
{
	unsigned run = 1;

	while (run < max && i + run < n && values[i + run] == values[i])
		run++;
	return run;
}

/* The lengths of both codes as symbols for lengths and runs of them. */
static unsigned find_runs(struct vnc_deflate_block *block, const uint8_t *bits,
		unsigned n, uint32_t *counts)
{
	unsigned symbols_n = 0;
	unsigned run;

	for (unsigned i = 0; i < n; i += run) {
		uint8_t symbol = bits[i];
		uint8_t extra = 0;

		run = run_at(bits, n, i, bits[i] == 0 ? 138 : 7);
		if (bits[i] == 0 && run >= 3) {
			symbol = run > 10 ? REPEAT_ZERO_LONG : REPEAT_ZERO;
			extra = (uint8_t)(run - (run > 10 ? 11 : 3));
		} else if (i > 0 && bits[i] == bits[i - 1] && run >= 3) {
			run = run < 6 ? run : 6;
			symbol = REPEAT_LAST;
			extra = (uint8_t)(run - 3);
		} else {
			run = 1;
		}
		block->run_symbols[symbols_n] = symbol;
		block->run_extras[symbols_n++] = extra;
		counts[symbol]++;
	}
	return symbols_n;
}

static const uint8_t run_extra_bits[LENGTHS] = {
		[REPEAT_LAST] = 2, [REPEAT_ZERO] = 3, [REPEAT_ZERO_LONG] = 7};

/* The order in which the lengths of the lengths' code are written. */
static const uint8_t length_order[LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5,
		11, 4, 12, 3, 13, 2, 14, 1, 15};

/* What a block says of its codes. */
struct header {
	unsigned literals_n;
	unsigned distances_n;
	unsigned lengths_n;
	unsigned runs_n;
	size_t bits;
};

static void plan_header(struct vnc_deflate_block *block, struct header *header)
{
	uint8_t bits[LITERALS + DISTANCES];
	uint32_t counts[LENGTHS] = {0};

	header->literals_n = trim(&block->literals, LITERALS, FIRST_LENGTH);
	header->distances_n = trim(&block->distances, DISTANCES, 1);
	for (unsigned i = 0; i < header->literals_n; i++)
		bits[i] = block->literals.codes[i].bits;
	for (unsigned i = 0; i < header->distances_n; i++)
		bits[header->literals_n + i] = block->distances.codes[i].bits;
	header->runs_n = find_runs(block, bits,
			header->literals_n + header->distances_n, counts);
	vnc_huffman_build(&block->lengths, counts, LENGTHS, 7);
	header->lengths_n = LENGTHS;
	while (header->lengths_n > 4 &&
			block->lengths.codes[length_order[header->lengths_n -
							     1]]
							.bits == 0)
		header->lengths_n--;
	header->bits = 14 + 3 * header->lengths_n;
	for (unsigned i = 0; i < LENGTHS; i++)
		header->bits += counts[i] *
				(block->lengths.codes[i].bits +
						run_extra_bits[i]);
}

static void put_header(
		struct vnc_deflate_block *block, const struct header *header)
{
	struct vnc_deflate_sink sink = block->sink;

	put_bits(&sink, header->literals_n - FIRST_LENGTH, 5);
	put_bits(&sink, header->distances_n - 1, 5);
	put_bits(&sink, header->lengths_n - 4, 4);
	for (unsigned i = 0; i < header->lengths_n; i++)
		put_bits(&sink, block->lengths.codes[length_order[i]].bits, 3);
	for (unsigned i = 0; i < header->runs_n; i++) {
		const unsigned symbol = block->run_symbols[i];

		put_symbol(&sink, &block->lengths, symbol);
		put_bits(&sink, block->run_extras[i], run_extra_bits[symbol]);
	}
	block->sink = sink;
}

static size_t bits_of(const struct vnc_huffman *huffman, const uint32_t *counts,
		unsigned n)
{
	size_t bits = 0;

	for (unsigned i = 0; i < n; i++)
		bits += (size_t)counts[i] * huffman->codes[i].bits;
	return bits;
}

static size_t extra_bits(const struct vnc_deflate_block *block)
{
	size_t bits = 0;

	for (unsigned i = FIRST_LENGTH; i < LITERALS; i++)
		bits += (size_t)block->literal_counts[i] *
				length_ranges[i - FIRST_LENGTH].extra_bits;
	for (unsigned i = 0; i < DISTANCES; i++)
		bits += (size_t)block->distance_counts[i] *
				distance_ranges[i].extra_bits;
	return bits;
}

/* The tokens, which stand for these bytes, in what form is smallest. */
void vnc_deflate_block_end(
		struct vnc_deflate_block *block, const uint8_t *bytes, size_t n)
{
	const uint32_t *literals = block->literal_counts;
	const uint32_t *distances = block->distance_counts;
	const size_t extra = extra_bits(block);
	struct header header;
	size_t fixed, dynamic;

	block->literal_counts[END_OF_BLOCK] = 1;
	vnc_huffman_build(&block->literals, literals, LITERALS,
			VNC_HUFFMAN_BITS_MAX);
	vnc_huffman_build(&block->distances, distances, DISTANCES,
			VNC_HUFFMAN_BITS_MAX);
	plan_header(block, &header);
	fixed = extra + bits_of(&block->fixed_literals, literals, LITERALS) +
			bits_of(&block->fixed_distances, distances, DISTANCES);
	dynamic = extra + header.bits +
			bits_of(&block->literals, literals, LITERALS) +
			bits_of(&block->distances, distances, DISTANCES);
	if (n * 8 <= fixed && n * 8 <= dynamic) {
		put_stored(&block->sink, bytes, n);
	} else if (fixed <= dynamic) {
		put_bits(&block->sink, BLOCK_FIXED << 1, 3);
		put_tokens(block, &block->fixed_literals,
				&block->fixed_distances);
	} else {
		put_bits(&block->sink, BLOCK_DYNAMIC << 1, 3);
		put_header(block, &header);
		put_tokens(block, &block->literals, &block->distances);
	}
	block->tokens_n = 0;
	memset(block->literal_counts, 0, sizeof(block->literal_counts));
	memset(block->distance_counts, 0, sizeof(block->distance_counts));
}

void vnc_deflate_block_begin(struct vnc_deflate_block *block, uint8_t *to)
{
	block->sink = (struct vnc_deflate_sink){.to = to};
	/* zlib's header: deflate, a window of 32 KiB, the fastest level. */
	put_bits(&block->sink, 0x0178, 16);
}

uint8_t *vnc_deflate_block_flush(struct vnc_deflate_block *block)
{
	put_stored(&block->sink, NULL, 0); /* the mark of a flush */
	align(&block->sink);
	return block->sink.to;
}
