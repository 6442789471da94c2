/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stddef.h>

/*
 * Server-sent events as they come, in pieces of any size; what server/events.c
 * formats: "event: target\ndata: {...}\n\n". Comments and members that are not
 * known are passed over.
 *
 * Threads: one at a time.
 * Errors:  -EMSGSIZE for a line that is too long, -EBADMSG for data that are no
 *          object or come twice, -ENOMEM; what `take` gave.
 */
#define SERVER_EVENT_LINE_MAX_BYTES ((size_t)256 << 10)
#define SERVER_EVENT_NAME_MAX_BYTES 32

struct server_event_reader {
	/* `data` is borrowed, and an object. -errno ends the reading. */
	int (*take)(void *context, const char *name, const json_t *data);
	void *context;
	char name[SERVER_EVENT_NAME_MAX_BYTES + 1]; /* "": none yet */
	json_t *data;                               /* NULL: none yet */
	char *line;
	size_t line_n;
	size_t line_room;
};

/* All but the first two is zero before. */
int server_event_reader_feed(struct server_event_reader *reader,
		const char *bytes, size_t size);

/* What was begun is let go. */
void server_event_reader_finish(struct server_event_reader *reader);
