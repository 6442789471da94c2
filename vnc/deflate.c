/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/deflate.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "vnc/huffman.h"

#define MATCH_MIN 3
#define MATCH_MAX 258
#define DISTANCE_MAX 32768

#define HASH_BITS 12

/* So many of the places that a match covers are remembered. */
#define REMEMBERED_MAX 16

/* When positions have come so far, they begin anew. */
#define BASE_MAX (1U << 24)

/* A block ends after so many tokens, and so many bytes that may be stored. */
#define TOKENS_MAX 16384
#define STORED_MAX 65535

/* Symbols of the code of literals and lengths, and of that of distances. */
#define LITERALS 286
#define END_OF_BLOCK 256
#define FIRST_LENGTH 257
#define DISTANCES 30

/* Of the code in which the lengths of those two are written. */
#define LENGTHS 19
#define REPEAT_LAST 16
#define REPEAT_ZERO 17
#define REPEAT_ZERO_LONG 18

enum block_type { BLOCK_STORED, BLOCK_FIXED, BLOCK_DYNAMIC };

/* 0 to 255: a literal; else a match: its distance, and its length + 256. */
#define MATCH(length, distance)                                                \
	((uint32_t)(distance) << 16 | (256 + (uint32_t)(length)))

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

struct vnc_deflate {
	/*
	 * Where three bytes were last seen, counted over all streams: what is
	 * before `base` was in an earlier one, so that nothing has to be
	 * cleared.
	 */
	uint32_t seen[1 << HASH_BITS];
	uint32_t base;
	/* Of the block: */
	uint32_t tokens_n;
	uint32_t tokens[TOKENS_MAX];
	uint32_t literal_counts[LITERALS];
	uint32_t distance_counts[DISTANCES];
	struct vnc_huffman literals;
	struct vnc_huffman distances;
	struct vnc_huffman lengths;
	uint8_t run_symbols[LITERALS + DISTANCES];
	uint8_t run_extras[LITERALS + DISTANCES];
	/* Of all: */
	struct vnc_huffman fixed_literals;
	struct vnc_huffman fixed_distances;
	uint8_t length_symbols[MATCH_MAX + 1]; /* less FIRST_LENGTH */
	uint8_t near_symbols[257];             /* by distance */
	uint8_t far_symbols[257];              /* by (distance - 1) / 128 */
	/* What goes out: */
	uint8_t *to;
	uint64_t bits;
	unsigned bits_n;
};

static void make_fixed_codes(struct vnc_deflate *deflater)
{
	uint8_t *bits = deflater->fixed_literals.bits;

	memset(bits, 8, 144);
	memset(bits + 144, 9, 112);
	memset(bits + 256, 7, 24);
	memset(bits + 280, 8, 8);
	vnc_huffman_assign(&deflater->fixed_literals, 288);
	memset(deflater->fixed_distances.bits, 5, 32);
	vnc_huffman_assign(&deflater->fixed_distances, 32);
}

static uint8_t distance_symbol(
		const struct vnc_deflate *deflater, uint32_t distance)
{
	return distance <= 256 ? deflater->near_symbols[distance]
			       : deflater->far_symbols[(distance - 1) >> 7];
}

static void make_symbols(struct vnc_deflate *deflater)
{
	const size_t lengths_n =
			sizeof(length_ranges) / sizeof(length_ranges[0]);

	for (uint8_t i = 0; i < lengths_n; i++)
		for (unsigned j = length_ranges[i].first; j <= MATCH_MAX; j++)
			deflater->length_symbols[j] = i;
	for (uint8_t i = 0; i < DISTANCES; i++) {
		const unsigned first = distance_ranges[i].first;

		for (unsigned j = first; j <= 256; j++)
			deflater->near_symbols[j] = i;
		for (unsigned j = (first - 1) >> 7; j <= 255; j++)
			deflater->far_symbols[j] = i;
	}
}

int vnc_deflate_create(struct vnc_deflate **out)
{
	struct vnc_deflate *deflater = calloc(1, sizeof(*deflater));

	*out = deflater;
	if (!deflater)
		return -ENOMEM;
	deflater->base = 1;
	make_fixed_codes(deflater);
	make_symbols(deflater);
	return 0;
}

void vnc_deflate_destroy(struct vnc_deflate *deflater)
{
	free(deflater);
}

size_t vnc_deflate_bound(size_t size)
{
	/* What does not shrink is stored; a store of bits writes eight bytes.
	 */
	return size + (size / TOKENS_MAX + 2) * 5 + 32;
}

/* ---- bits ---- */

/* Up to 32 of them. */
static void put_bits(struct vnc_deflate *deflater, uint32_t bits, unsigned n)
{
	deflater->bits |= (uint64_t)bits << deflater->bits_n;
	deflater->bits_n += n;
	if (deflater->bits_n >= 32) {
		const uint32_t whole = htole32((uint32_t)deflater->bits);

		memcpy(deflater->to, &whole, sizeof(whole));
		deflater->to += sizeof(whole);
		deflater->bits >>= 32;
		deflater->bits_n -= 32;
	}
}

static void put_symbol(struct vnc_deflate *deflater,
		const struct vnc_huffman *huffman, unsigned symbol)
{
	put_bits(deflater, huffman->codes[symbol], huffman->bits[symbol]);
}

/* Fill up the last byte with zeros. */
static void align(struct vnc_deflate *deflater)
{
	while (deflater->bits_n > 0) {
		*deflater->to++ = (uint8_t)deflater->bits;
		deflater->bits >>= 8;
		deflater->bits_n -= deflater->bits_n < 8 ? deflater->bits_n : 8;
	}
}

static void put_stored(
		struct vnc_deflate *deflater, const uint8_t *bytes, size_t n)
{
	do {
		const size_t part = n < STORED_MAX ? n : STORED_MAX;

		put_bits(deflater, BLOCK_STORED << 1, 3);
		align(deflater);
		put_bits(deflater, (uint32_t)part | ~(uint32_t)part << 16, 32);
		if (part > 0)
			memcpy(deflater->to, bytes, part);
		deflater->to += part;
		bytes += part;
		n -= part;
	} while (n > 0);
}

/* ---- a block ---- */

static void put_tokens(struct vnc_deflate *deflater,
		const struct vnc_huffman *literals,
		const struct vnc_huffman *distances)
{
	for (uint32_t i = 0; i < deflater->tokens_n; i++) {
		const uint32_t token = deflater->tokens[i];
		const uint32_t length = (token & 0xffff) - 256;
		const uint32_t distance = token >> 16;
		unsigned symbol;

		if (token < 256) {
			put_symbol(deflater, literals, token);
			continue;
		}
		symbol = deflater->length_symbols[length];
		put_symbol(deflater, literals, FIRST_LENGTH + symbol);
		put_bits(deflater, length - length_ranges[symbol].first,
				length_ranges[symbol].extra_bits);
		symbol = distance_symbol(deflater, distance);
		put_symbol(deflater, distances, symbol);
		put_bits(deflater, distance - distance_ranges[symbol].first,
				distance_ranges[symbol].extra_bits);
	}
	put_symbol(deflater, literals, END_OF_BLOCK);
}

/* How many symbols there are without the zeros behind the last. */
static unsigned trim(
		const struct vnc_huffman *huffman, unsigned n, unsigned min)
{
	while (n > min && huffman->bits[n - 1] == 0)
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
static unsigned find_runs(struct vnc_deflate *deflater, const uint8_t *bits,
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
		deflater->run_symbols[symbols_n] = symbol;
		deflater->run_extras[symbols_n++] = extra;
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

static void plan_header(struct vnc_deflate *deflater, struct header *header)
{
	uint8_t bits[LITERALS + DISTANCES];
	uint32_t counts[LENGTHS] = {0};

	header->literals_n = trim(&deflater->literals, LITERALS, FIRST_LENGTH);
	header->distances_n = trim(&deflater->distances, DISTANCES, 1);
	memcpy(bits, deflater->literals.bits, header->literals_n);
	memcpy(bits + header->literals_n, deflater->distances.bits,
			header->distances_n);
	header->runs_n = find_runs(deflater, bits,
			header->literals_n + header->distances_n, counts);
	vnc_huffman_build(&deflater->lengths, counts, LENGTHS, 7);
	header->lengths_n = LENGTHS;
	while (header->lengths_n > 4 &&
			deflater->lengths.bits[length_order[header->lengths_n -
					1]] == 0)
		header->lengths_n--;
	header->bits = 14 + 3 * header->lengths_n;
	for (unsigned i = 0; i < LENGTHS; i++)
		header->bits += counts[i] *
				(deflater->lengths.bits[i] + run_extra_bits[i]);
}

static void put_header(
		struct vnc_deflate *deflater, const struct header *header)
{
	put_bits(deflater, header->literals_n - FIRST_LENGTH, 5);
	put_bits(deflater, header->distances_n - 1, 5);
	put_bits(deflater, header->lengths_n - 4, 4);
	for (unsigned i = 0; i < header->lengths_n; i++)
		put_bits(deflater, deflater->lengths.bits[length_order[i]], 3);
	for (unsigned i = 0; i < header->runs_n; i++) {
		const unsigned symbol = deflater->run_symbols[i];

		put_symbol(deflater, &deflater->lengths, symbol);
		put_bits(deflater, deflater->run_extras[i],
				run_extra_bits[symbol]);
	}
}

static size_t bits_of(const struct vnc_huffman *huffman, const uint32_t *counts,
		unsigned n)
{
	size_t bits = 0;

	for (unsigned i = 0; i < n; i++)
		bits += (size_t)counts[i] * huffman->bits[i];
	return bits;
}

static size_t extra_bits(const struct vnc_deflate *deflater)
{
	size_t bits = 0;

	for (unsigned i = FIRST_LENGTH; i < LITERALS; i++)
		bits += (size_t)deflater->literal_counts[i] *
				length_ranges[i - FIRST_LENGTH].extra_bits;
	for (unsigned i = 0; i < DISTANCES; i++)
		bits += (size_t)deflater->distance_counts[i] *
				distance_ranges[i].extra_bits;
	return bits;
}

/* The tokens, which stand for these bytes, in what form is smallest. */
static void end_block(
		struct vnc_deflate *deflater, const uint8_t *bytes, size_t n)
{
	const uint32_t *literals = deflater->literal_counts;
	const uint32_t *distances = deflater->distance_counts;
	const size_t extra = extra_bits(deflater);
	struct header header;
	size_t fixed, dynamic;

	deflater->literal_counts[END_OF_BLOCK] = 1;
	vnc_huffman_build(&deflater->literals, literals, LITERALS,
			VNC_HUFFMAN_BITS_MAX);
	vnc_huffman_build(&deflater->distances, distances, DISTANCES,
			VNC_HUFFMAN_BITS_MAX);
	plan_header(deflater, &header);
	fixed = extra + bits_of(&deflater->fixed_literals, literals, LITERALS) +
			bits_of(&deflater->fixed_distances, distances,
					DISTANCES);
	dynamic = extra + header.bits +
			bits_of(&deflater->literals, literals, LITERALS) +
			bits_of(&deflater->distances, distances, DISTANCES);
	if (n * 8 <= fixed && n * 8 <= dynamic) {
		put_stored(deflater, bytes, n);
	} else if (fixed <= dynamic) {
		put_bits(deflater, BLOCK_FIXED << 1, 3);
		put_tokens(deflater, &deflater->fixed_literals,
				&deflater->fixed_distances);
	} else {
		put_bits(deflater, BLOCK_DYNAMIC << 1, 3);
		put_header(deflater, &header);
		put_tokens(deflater, &deflater->literals, &deflater->distances);
	}
	deflater->tokens_n = 0;
	memset(deflater->literal_counts, 0, sizeof(deflater->literal_counts));
	memset(deflater->distance_counts, 0, sizeof(deflater->distance_counts));
}

/* ---- repeats ---- */

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t load_u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t load_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/* How many bytes at `a` and `b` are equal, at most `max`. */
static uint32_t count_equal(const uint8_t *a, const uint8_t *b, uint32_t max)
{
	uint32_t n = 0;

	for (; n + 8 <= max; n += 8) {
		const uint64_t difference = load_u64(a + n) ^ load_u64(b + n);

		if (difference != 0)
			return n + (uint32_t)__builtin_ctzll(difference) / 8;
	}
	while (n < max && a[n] == b[n])
		n++;
	return n;
}

/* Three bytes, in the high bits. */
static uint32_t load_three(const uint8_t *at)
{
	return le32toh(load_u32(at)) << 8;
}

static void put_literal(struct vnc_deflate *deflater, uint8_t byte)
{
	deflater->tokens[deflater->tokens_n++] = byte;
	deflater->literal_counts[byte]++;
}

static void put_match(struct vnc_deflate *deflater, uint32_t length,
		uint32_t distance)
{
	deflater->tokens[deflater->tokens_n++] = MATCH(length, distance);
	deflater->literal_counts[FIRST_LENGTH +
			deflater->length_symbols[length]]++;
	deflater->distance_counts[distance_symbol(deflater, distance)]++;
}

/* Where three bytes are remembered. */
static uint32_t *seen_at(struct vnc_deflate *deflater, uint32_t three)
{
	return &deflater->seen[three * UINT32_C(2654435761) >>
			(32 - HASH_BITS)];
}

/* The span of one stream, being worked on. */
struct span {
	const uint8_t *start;
	uint32_t size;
	uint32_t row_bytes;
};

/*
 * The longer repeat of what is at `at`: of what was last seen with the same
 * three bytes, or of what stands above. 0: there is none.
 */
static uint32_t find_repeat(struct vnc_deflate *deflater,
		const struct span *span, uint32_t at, uint32_t *distance)
{
	const uint8_t *here = span->start + at;
	const uint32_t three = load_three(here);
	uint32_t *seen = seen_at(deflater, three);
	const uint32_t max = min_u32(span->size - at, MATCH_MAX);
	const uint32_t back = at + deflater->base - *seen;
	uint32_t length = 0;

	*seen = at + deflater->base;
	if (back <= at && back <= DISTANCE_MAX &&
			load_three(here - back) == three) {
		length = count_equal(here, here - back, max);
		*distance = back;
	}
	if (span->row_bytes <= at &&
			load_three(here - span->row_bytes) == three) {
		const uint32_t above =
				count_equal(here, here - span->row_bytes, max);

		if (above > length) {
			length = above;
			*distance = span->row_bytes;
		}
	}
	return length;
}

/* Loads reach as far as this, though three bytes count. */
#define LOAD_BYTES 4

static void remember(struct vnc_deflate *deflater, const struct span *span,
		uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at < to; at++)
		*seen_at(deflater, load_three(span->start + at)) =
				at + deflater->base;
}

/* The next token; returns how many bytes it stands for. */
static uint32_t put_next(struct vnc_deflate *deflater, const struct span *span,
		uint32_t at, uint32_t loads_end)
{
	uint32_t distance = 0;
	uint32_t length = 0;

	if (at < loads_end)
		length = find_repeat(deflater, span, at, &distance);
	if (length < MATCH_MIN) {
		put_literal(deflater, span->start[at]);
		return 1;
	}
	put_match(deflater, length, distance);
	remember(deflater, span, at + 1,
			min_u32(at + min_u32(length, REMEMBERED_MAX),
					loads_end));
	return length;
}

static void put_span(struct vnc_deflate *deflater, const struct span *span)
{
	const uint32_t loads_end = span->size < LOAD_BYTES
			? 0
			: span->size - LOAD_BYTES + 1;
	uint32_t block = 0; /* where it began */

	for (uint32_t at = 0; at < span->size;) {
		at += put_next(deflater, span, at, loads_end);
		if (deflater->tokens_n == TOKENS_MAX || at == span->size) {
			end_block(deflater, span->start + block, at - block);
			block = at;
		}
	}
}

size_t vnc_deflate_run(struct vnc_deflate *deflater, const uint8_t *from,
		size_t size, size_t row_bytes, uint8_t *to)
{
	const struct span span = {from, (uint32_t)size, (uint32_t)row_bytes};

	assert(size > 0 && size <= VNC_DEFLATE_BYTES_MAX);
	assert(row_bytes > 0 && row_bytes <= DISTANCE_MAX);
	if (deflater->base > BASE_MAX) {
		memset(deflater->seen, 0, sizeof(deflater->seen));
		deflater->base = 1;
	}
	deflater->to = to;
	deflater->bits = 0;
	deflater->bits_n = 0;
	/* zlib's header: deflate, a window of 32 KiB, the fastest level. */
	put_bits(deflater, 0x0178, 16);
	put_span(deflater, &span);
	put_stored(deflater, NULL, 0); /* the mark of a flush */
	align(deflater);
	deflater->base += (uint32_t)size;
	return (size_t)(deflater->to - to);
}
