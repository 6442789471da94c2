/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/event-read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int end_event(struct server_event_reader *reader)
{
	int rc = 0;

	if (reader->name[0] && reader->data)
		rc = reader->take(reader->context, reader->name, reader->data);
	reader->name[0] = '\0';
	json_decref(reader->data);
	reader->data = NULL;
	return rc;
}

static int take_name(struct server_event_reader *reader, const char *name,
		size_t size)
{
	if (size > SERVER_EVENT_NAME_MAX_BYTES || memchr(name, '\0', size))
		return -EBADMSG;
	memcpy(reader->name, name, size);
	reader->name[size] = '\0';
	return 0;
}

static int take_data(struct server_event_reader *reader, const char *text,
		size_t size)
{
	if (reader->data)
		return -EBADMSG;
	reader->data = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	return json_is_object(reader->data) ? 0 : -EBADMSG;
}

static int end_line(struct server_event_reader *reader)
{
	static const struct {
		const char *name;
		int (*take)(struct server_event_reader *reader,
				const char *value, size_t size);
	} members[] = {{"event: ", take_name}, {"data: ", take_data}};
	const char *line = reader->line;
	size_t size = reader->line_n;

	reader->line_n = 0;
	if (size == 0)
		return end_event(reader);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		size_t length = strlen(members[i].name);

		if (size >= length &&
				memcmp(line, members[i].name, length) == 0)
			return members[i].take(
					reader, line + length, size - length);
	}
	return 0;
}

static int keep(struct server_event_reader *reader, const char *bytes,
		size_t size)
{
	size_t needed = reader->line_n + size;
	char *larger;

	if (size > SERVER_EVENT_LINE_MAX_BYTES - reader->line_n)
		return -EMSGSIZE;
	if (needed > reader->line_room) {
		larger = realloc(reader->line, needed);
		if (!larger)
			return -ENOMEM;
		reader->line = larger;
		reader->line_room = needed;
	}
	if (size > 0)
		memcpy(reader->line + reader->line_n, bytes, size);
	reader->line_n = needed;
	return 0;
}

int server_event_reader_feed(struct server_event_reader *reader,
		const char *bytes, size_t size)
{
	int rc = 0;

	while (size > 0 && rc == 0) {
		const char *end = memchr(bytes, '\n', size);
		size_t length = end ? (size_t)(end - bytes) : size;

		rc = keep(reader, bytes, length);
		if (rc == 0 && end)
			rc = end_line(reader);
		if (end)
			length++;
		bytes += length;
		size -= length;
	}
	return rc;
}

void server_event_reader_finish(struct server_event_reader *reader)
{
	json_decref(reader->data);
	reader->data = NULL;
	free(reader->line);
	reader->line = NULL;
}
