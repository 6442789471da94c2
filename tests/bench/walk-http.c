/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "tests/bench/walk.h"

/*
 * The same for a stream of JPEGs over HTTP, as ustreamer sends it: parts with
 * a header each. Of a header nothing matters but its end and the length.
 */
static enum walk_event take_header(
		struct walk *, const uint8_t *, size_t, size_t *);

static enum walk_event end_picture(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	(void)data;
	(void)bytes;
	(void)used;
	walk->step = take_header;
	return WALK_END;
}

static enum walk_event take_header(struct walk *walk, const uint8_t *data,
		size_t bytes, size_t *used)
{
	static const char end[] = "\r\n\r\n", length[] = "Content-Length:";
	static const char latency[] = "X-UStreamer-Latency:";
	const uint8_t *found = memmem(data, bytes, end, strlen(end));
	const char *number;

	if (!found)
		return bytes < 2 * WALK_PIECE_BYTES ? WALK_MORE : WALK_ERROR;
	*used = (size_t)(found - data) + strlen(end);
	number = memmem(data, *used, length, strlen(length));
	if (!number)
		return WALK_MORE; /* of the answer as a whole */
	walk->skip_bytes = strtoull(number + strlen(length), NULL, 10);
	number = memmem(data, *used, latency, strlen(latency));
	walk->told_us = number
			? (uint64_t)(1e6 *
					  strtod(number + strlen(latency),
							  NULL))
			: 0;
	walk->counts.rects++;
	walk->counts.jpegs++;
	walk->counts.jpeg_bytes += walk->skip_bytes;
	walk->has_picture = true;
	walk->step = end_picture;
	return WALK_BEGIN;
}

void walk_init_http(struct walk *walk)
{
	*walk = (struct walk){.step = take_header};
}
