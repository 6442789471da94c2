/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where requests begin and end in what a client sends, read strictly. It stands
 * before libmicrohttpd, which (0.9.75 above all) takes for right what other
 * programs read otherwise: blanks before a colon, headers that go on in a next
 * line, lines that end in a line feed only, NULs. Where two readers disagree, a
 * body can be made a request of its own for one of them.
 *
 * A line ends in CR LF; a header has a name; a body has a length that is a
 * number, or comes in chunks without extensions and trailers; and all of a head
 * has WEB_HEADER_MAX_BYTES (web/server.h). What the words mean is for others.
 *
 * Threads: any. Errors: as below. Plain data, the caller's memory.
 */
#define WEB_FRAMING_WORD_BYTES 20

/* Of a header that says something about the body. */
struct web_framing_word {
	char text[WEB_FRAMING_WORD_BYTES];
	size_t length; /* beyond what fits: it is too long to be right */
};

struct web_framing {
	int state;
	size_t head_bytes;
	size_t at; /* within a fixed word, or a method */
	struct web_framing_word name;
	struct web_framing_word value;
	bool has_length;
	bool has_chunks;
	uint64_t left_bytes; /* of a body or a chunk */
};

struct web_framing_fault {
	unsigned status;   /* of HTTP */
	const char *words; /* what is wrong; without quotes */
};

void web_framing_init(struct web_framing *framing);

/*
 * Read on. NULL: nothing is wrong so far. After a fault nothing more may be
 * read, and nothing of these bytes be believed.
 */
const struct web_framing_fault *web_framing_read(
		struct web_framing *framing, const uint8_t *bytes, size_t size);
