/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/deflate.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/min-max.h"
#include "vnc/deflate-block.h"

#define HASH_BITS 12

/* So many of the places that a match covers are remembered. */
#define REMEMBERED_MAX 16

/* Beyond, the distance to three bytes takes about as much as they do. */
#define FAR 1024

/* After so many failures one more byte is passed over at a time, up to 16. */
#define MISSES 64
#define SKIPPED_MAX 16

/* When positions have come so far, they begin anew. */
#define BASE_MAX (1U << 24)

struct vnc_deflate {
	/*
	 * Where three bytes were last seen, counted over all streams: what is
	 * before `base` was in an earlier one, so that nothing has to be
	 * cleared.
	 */
	uint32_t seen[1 << HASH_BITS];
	uint32_t base;
	uint32_t misses; /* since the last repeat, about */
	struct vnc_deflate_block block;
};

int vnc_deflate_create(struct vnc_deflate **out)
{
	struct vnc_deflate *deflater = calloc(1, sizeof(*deflater));

	*out = deflater;
	if (!deflater)
		return -ENOMEM;
	deflater->base = 1;
	vnc_deflate_block_init(&deflater->block);
	return 0;
}

void vnc_deflate_destroy(struct vnc_deflate *deflater)
{
	free(deflater);
}

size_t vnc_deflate_bound(size_t size)
{
	/*
	 * Five bytes for each block that is stored and its part of 64 KiB, and
	 * what stands before and behind.
	 */
	return size + (size / VNC_DEFLATE_TOKENS_MAX + 2) * 5 + 32;
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
	const uint32_t max =
			core_min_u32(span->size - at, VNC_DEFLATE_REPEAT_MAX);
	const uint32_t back = at + deflater->base - *seen;
	uint32_t length = 0;

	*seen = at + deflater->base;
	if (back <= at && back <= VNC_DEFLATE_DISTANCE_MAX &&
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

/*
 * Where nothing has been found for long, as in noise, ever more bytes are not
 * looked for; returns how many.
 */
static uint32_t put_literals(struct vnc_deflate *deflater,
		const struct span *span, uint32_t at)
{
	uint32_t n = 1 + core_min_u32(deflater->misses++ / MISSES, SKIPPED_MAX);

	n = core_min_u32(n, span->size - at);
	n = core_min_u32(n, VNC_DEFLATE_TOKENS_MAX - deflater->block.tokens_n);
	for (uint32_t i = 0; i < n; i++)
		vnc_deflate_block_add_literal(
				&deflater->block, span->start[at + i]);
	return n;
}

/* The next tokens; returns how many bytes they stand for. */
static uint32_t put_next(struct vnc_deflate *deflater, const struct span *span,
		uint32_t at, uint32_t loads_end)
{
	uint32_t distance = 0;
	uint32_t length = 0;

	if (at < loads_end)
		length = find_repeat(deflater, span, at, &distance);
	if (length < VNC_DEFLATE_REPEAT_MIN ||
			(length == VNC_DEFLATE_REPEAT_MIN && distance > FAR))
		return put_literals(deflater, span, at);
	deflater->misses /= 2;
	vnc_deflate_block_add_repeat(&deflater->block, length, distance);
	remember(deflater, span, at + 1,
			core_min_u32(at + core_min_u32(length, REMEMBERED_MAX),
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
		if (deflater->block.tokens_n == VNC_DEFLATE_TOKENS_MAX ||
				at == span->size) {
			vnc_deflate_block_end(&deflater->block,
					span->start + block, at - block);
			block = at;
		}
	}
}

size_t vnc_deflate_run(struct vnc_deflate *deflater, const uint8_t *from,
		size_t size, size_t row_bytes, uint8_t *to)
{
	const struct span span = {from, (uint32_t)size, (uint32_t)row_bytes};

	assert(size > 0 && size <= VNC_DEFLATE_BYTES_MAX);
	assert(row_bytes > 0 && row_bytes <= VNC_DEFLATE_DISTANCE_MAX);
	if (deflater->base > BASE_MAX) {
		memset(deflater->seen, 0, sizeof(deflater->seen));
		deflater->base = 1;
	}
	deflater->misses = 0;
	vnc_deflate_block_begin(&deflater->block, to);
	put_span(deflater, &span);
	deflater->base += (uint32_t)size;
	return (size_t)(vnc_deflate_block_flush(&deflater->block) - to);
}
