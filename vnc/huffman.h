/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Prefix codes as deflate has them: canonical, of limited length, the first
 * bit lowest.
 *
 * Threads: any. Errors: none.
 */
#define VNC_HUFFMAN_SYMBOLS_MAX 288
#define VNC_HUFFMAN_BITS_MAX 15

/*
 * Side by side: of two arrays, gcc 12 for AArch64 takes vnc_huffman_assign for
 * a function that writes nothing, and leaves calls of it out.
 */
struct vnc_huffman_code {
	uint16_t code;
	uint8_t bits; /* 0: the symbol has none */
};

struct vnc_huffman {
	struct vnc_huffman_code codes[VNC_HUFFMAN_SYMBOLS_MAX];
};

/*
 * Lengths for symbols that occur so often, none longer than `bits_max` (up to
 * VNC_HUFFMAN_BITS_MAX), then codes. At least two symbols get one, as some
 * decoders want a complete code.
 */
void vnc_huffman_build(struct vnc_huffman *huffman, const uint32_t *counts,
		size_t symbols_n, unsigned bits_max);

/* Codes for the lengths that stand there. */
void vnc_huffman_assign(struct vnc_huffman *huffman, size_t symbols_n);
