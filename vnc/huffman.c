/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/huffman.h"

#include <assert.h>
#include <string.h>

/* A symbol and how often it occurs, in one number to sort by. */
#define SYMBOL_BITS 9
#define SYMBOL_MASK ((1U << SYMBOL_BITS) - 1)
#define COUNT_MAX (UINT32_MAX >> SYMBOL_BITS)

static_assert(VNC_HUFFMAN_SYMBOLS_MAX <= SYMBOL_MASK, "symbols fit");

/*
 * No leaf is deeper: the weight of a node more than doubles every two levels,
 * and 288 counts of 23 bits are less than 2^32.
 */
#define DEPTH_MAX 64

static void sort(uint32_t *values, size_t n)
{
	static const size_t gaps[] = {132, 57, 23, 10, 4, 1};

	for (size_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++) {
		const size_t gap = gaps[g];

		for (size_t i = gap; i < n; i++) {
			const uint32_t value = values[i];
			size_t j = i;

			for (; j >= gap && values[j - gap] > value; j -= gap)
				values[j] = values[j - gap];
			values[j] = value;
		}
	}
}

static size_t collect(
		uint32_t *leaves, const uint32_t *counts, size_t symbols_n)
{
	size_t n = 0;

	for (uint32_t i = 0; i < symbols_n; i++) {
		assert(counts[i] <= COUNT_MAX);
		if (counts[i] > 0)
			leaves[n++] = counts[i] << SYMBOL_BITS | i;
	}
	for (uint32_t i = 0; n < 2; i++)
		if (counts[i] == 0)
			leaves[n++] = 1U << SYMBOL_BITS | i;
	sort(leaves, n);
	return n;
}

/*
 * The two lightest nodes become one, until one is left. Leaves are sorted, and
 * inner nodes come about in order of weight, so that the lightest is always
 * the first of either. Then depths, from the root down; how many leaves there
 * are of each goes to `lengths`.
 */
static void measure(const uint32_t *leaves, size_t n, unsigned *lengths)
{
	uint32_t weights[VNC_HUFFMAN_SYMBOLS_MAX];
	uint16_t leaf_parents[VNC_HUFFMAN_SYMBOLS_MAX];
	uint16_t parents[VNC_HUFFMAN_SYMBOLS_MAX];
	uint8_t depths[VNC_HUFFMAN_SYMBOLS_MAX];
	size_t leaf = 0, inner = 0;

	for (size_t node = 0; node + 1 < n; node++) {
		weights[node] = 0;
		for (unsigned i = 0; i < 2; i++) {
			const uint32_t lightest = leaf < n
					? leaves[leaf] >> SYMBOL_BITS
					: UINT32_MAX;

			if (inner < node && weights[inner] < lightest) {
				weights[node] += weights[inner];
				parents[inner++] = (uint16_t)node;
			} else {
				weights[node] += lightest;
				leaf_parents[leaf++] = (uint16_t)node;
			}
		}
	}
	depths[n - 2] = 0;
	for (size_t node = n - 2; node-- > 0;)
		depths[node] = (uint8_t)(depths[parents[node]] + 1);
	for (size_t i = 0; i < n; i++)
		lengths[depths[leaf_parents[i]] + 1]++;
}

/*
 * Leaves that are too deep move up to the limit; for the places that they take
 * there, others, as deep as can be, move down.
 */
static void limit(unsigned *lengths, unsigned bits_max)
{
	uint32_t taken = 0; /* in units of the deepest place */

	for (unsigned bits = bits_max + 1; bits <= DEPTH_MAX; bits++) {
		lengths[bits_max] += lengths[bits];
		lengths[bits] = 0;
	}
	for (unsigned bits = 1; bits <= bits_max; bits++)
		taken += lengths[bits] << (bits_max - bits);
	for (; taken > 1U << bits_max; taken--) {
		unsigned bits = bits_max - 1;

		while (lengths[bits] == 0)
			bits--;
		/* One moves down, and one from the bottom beside it. */
		lengths[bits]--;
		lengths[bits + 1] += 2;
		lengths[bits_max]--;
	}
}

void vnc_huffman_assign(struct vnc_huffman *huffman, size_t symbols_n)
{
	unsigned next[VNC_HUFFMAN_BITS_MAX + 2] = {0};
	unsigned counts[VNC_HUFFMAN_BITS_MAX + 1] = {0};

	for (size_t i = 0; i < symbols_n; i++)
		counts[huffman->codes[i].bits]++;
	counts[0] = 0;
	for (unsigned bits = 1; bits <= VNC_HUFFMAN_BITS_MAX; bits++)
		next[bits + 1] = (next[bits] + counts[bits]) << 1;
	for (size_t i = 0; i < symbols_n; i++) {
		const unsigned bits = huffman->codes[i].bits;
		unsigned code = next[bits]++;
		unsigned turned = 0;

		for (unsigned bit = 0; bit < bits; bit++, code >>= 1)
			turned = turned << 1 | (code & 1);
		huffman->codes[i].code = (uint16_t)turned;
	}
}

void vnc_huffman_build(struct vnc_huffman *huffman, const uint32_t *counts,
		size_t symbols_n, unsigned bits_max)
{
	uint32_t leaves[VNC_HUFFMAN_SYMBOLS_MAX];
	unsigned lengths[DEPTH_MAX + 1] = {0};
	const size_t n = collect(leaves, counts, symbols_n);
	size_t leaf = n;

	measure(leaves, n, lengths);
	limit(lengths, bits_max);
	memset(huffman->codes, 0, symbols_n * sizeof(huffman->codes[0]));
	for (unsigned bits = 1; bits <= bits_max; bits++)
		for (unsigned i = 0; i < lengths[bits]; i++)
			huffman->codes[leaves[--leaf] & SYMBOL_MASK].bits =
					(uint8_t)bits;
	vnc_huffman_assign(huffman, symbols_n);
}
