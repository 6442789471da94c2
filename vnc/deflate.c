/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/deflate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

/*
 * To begin a stream is to clear its hash table, so small data gets a small
 * one. Levels above 1 cost more time than they save bytes on consoles.
 */
#define SMALL_BYTES 16384
#define LEVEL 1

enum size_class { SMALL, LARGE, SIZE_CLASSES };

static const struct {
	int window_bits;
	int memory_level;
} shapes[SIZE_CLASSES] = {
		[SMALL] = {14, 5},
		[LARGE] = {15, 8},
};

struct vnc_deflate {
	z_stream streams[SIZE_CLASSES];
	unsigned ready_n;
};

int vnc_deflate_create(struct vnc_deflate **out)
{
	struct vnc_deflate *deflater = calloc(1, sizeof(*deflater));

	*out = NULL;
	if (!deflater)
		return -ENOMEM;
	for (; deflater->ready_n < SIZE_CLASSES; deflater->ready_n++) {
		const unsigned i = deflater->ready_n;

		/* Negative: raw, without zlib's header and checksum. */
		if (deflateInit2(&deflater->streams[i], LEVEL, Z_DEFLATED,
				    -shapes[i].window_bits,
				    shapes[i].memory_level,
				    Z_DEFAULT_STRATEGY) != Z_OK)
			goto fail;
	}
	*out = deflater;
	return 0;

fail:
	vnc_deflate_destroy(deflater);
	return -ENOMEM;
}

void vnc_deflate_destroy(struct vnc_deflate *deflater)
{
	if (!deflater)
		return;
	for (unsigned i = 0; i < deflater->ready_n; i++)
		deflateEnd(&deflater->streams[i]);
	free(deflater);
}

size_t vnc_deflate_bound(size_t size)
{
	/* Stored blocks, header and flush; generous for the small class. */
	return size + size / 8 + 256;
}

int vnc_deflate_run(struct vnc_deflate *deflater, const uint8_t *from,
		size_t size, uint8_t *to, size_t room, size_t *written)
{
	/* Deflate, a window of 32 KiB, the fastest level. */
	static const uint8_t header[] = {0x78, 0x01};
	z_stream *stream =
			&deflater->streams[size <= SMALL_BYTES ? SMALL : LARGE];

	if (room < sizeof(header) || deflateReset(stream) != Z_OK)
		return -EOVERFLOW;
	memcpy(to, header, sizeof(header));
	stream->next_in = from;
	stream->avail_in = (uInt)size;
	stream->next_out = to + sizeof(header);
	stream->avail_out = (uInt)(room - sizeof(header));
	if (deflate(stream, Z_SYNC_FLUSH) != Z_OK || stream->avail_out == 0)
		return -EOVERFLOW;
	*written = (size_t)(stream->next_out - to);
	return 0;
}
