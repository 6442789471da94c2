/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "vnc/huffman.h"

/*
 * The blocks of a deflate stream: literals and repeats are collected, and when
 * a block ends it is written in the form that is smallest.
 *
 * Threads: any; one object belongs to one thread at a time.
 * Errors:  none; there is room for what is written.
 */
#define VNC_DEFLATE_TOKENS_MAX 16384
#define VNC_DEFLATE_REPEAT_MIN 3
#define VNC_DEFLATE_REPEAT_MAX 258
#define VNC_DEFLATE_DISTANCE_MAX 32768

/* Symbols of the code of literals and lengths, and of that of distances. */
#define VNC_DEFLATE_LITERALS 286
#define VNC_DEFLATE_FIRST_LENGTH 257
#define VNC_DEFLATE_DISTANCES 30
#define VNC_DEFLATE_CODES (VNC_DEFLATE_LITERALS + VNC_DEFLATE_DISTANCES)

/* Where bits go: to the next byte, when there are enough. */
struct vnc_deflate_sink {
	uint8_t *to;
	uint64_t bits;
	unsigned bits_n;
};

struct vnc_deflate_block {
	struct vnc_deflate_sink sink;
	/* 0 to 255: a literal; else distance << 16 | length + 256. */
	uint32_t tokens_n;
	uint32_t tokens[VNC_DEFLATE_TOKENS_MAX];
	uint32_t literal_counts[VNC_DEFLATE_LITERALS];
	uint32_t distance_counts[VNC_DEFLATE_DISTANCES];
	struct vnc_huffman literals;
	struct vnc_huffman distances;
	struct vnc_huffman lengths;
	uint8_t run_symbols[VNC_DEFLATE_CODES];
	uint8_t run_extras[VNC_DEFLATE_CODES];
	/* Always the same: */
	struct vnc_huffman fixed_literals;
	struct vnc_huffman fixed_distances;
	uint8_t length_symbols[VNC_DEFLATE_REPEAT_MAX + 1];
	uint8_t near_symbols[257]; /* by distance */
	uint8_t far_symbols[257];  /* by (distance - 1) / 128 */
};

/* Once, with zeros in it. */
void vnc_deflate_block_init(struct vnc_deflate_block *block);

/* A new stream goes to `to`. */
void vnc_deflate_block_begin(struct vnc_deflate_block *block, uint8_t *to);

/* A token each; there may be VNC_DEFLATE_TOKENS_MAX. */
static inline void vnc_deflate_block_add_literal(
		struct vnc_deflate_block *block, uint8_t byte)
{
	block->tokens[block->tokens_n++] = byte;
	block->literal_counts[byte]++;
}

static inline uint8_t vnc_deflate_block_distance_symbol(
		const struct vnc_deflate_block *block, uint32_t distance)
{
	return distance <= 256 ? block->near_symbols[distance]
			       : block->far_symbols[(distance - 1) >> 7];
}

static inline void vnc_deflate_block_add_repeat(struct vnc_deflate_block *block,
		uint32_t length, uint32_t distance)
{
	const unsigned symbol =
			vnc_deflate_block_distance_symbol(block, distance);

	block->tokens[block->tokens_n++] = distance << 16 | (256 + length);
	block->literal_counts[VNC_DEFLATE_FIRST_LENGTH +
			block->length_symbols[length]]++;
	block->distance_counts[symbol]++;
}

/* Write the tokens, which stand for these bytes. */
void vnc_deflate_block_end(struct vnc_deflate_block *block,
		const uint8_t *bytes, size_t n);

/* Flush the stream; returns its end. */
uint8_t *vnc_deflate_block_flush(struct vnc_deflate_block *block);
