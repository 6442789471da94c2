/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/min-max.h"

#define BLOCK_BYTES ((size_t)4 << 10)

struct part {
	struct core_bytes *bytes;
	STAILQ_ENTRY(part) in_stream;
};

/* Of two owners: who writes it, until its end, and libmicrohttpd's response. */
struct web_stream {
	unsigned refs;
	struct web_request *request;   /* NULL: nobody reads any more */
	void (*closed)(void *context); /* NULL: nobody wants to know */
	void *context;
	bool ended;
	size_t queued;
	size_t offset; /* into the first part */
	STAILQ_HEAD(, part) parts;
};

static void drop_first(struct web_stream *stream)
{
	struct part *part = STAILQ_FIRST(&stream->parts);

	STAILQ_REMOVE_HEAD(&stream->parts, in_stream);
	core_bytes_unref(part->bytes);
	free(part);
	stream->offset = 0;
}

static void unref(void *context)
{
	struct web_stream *stream = context;

	if (--stream->refs > 0)
		return;
	while (!STAILQ_EMPTY(&stream->parts))
		drop_first(stream);
	free(stream);
}

static size_t take(struct web_stream *stream, char *out, size_t room)
{
	const struct part *part = STAILQ_FIRST(&stream->parts);
	size_t size = core_min_size(room, part->bytes->size - stream->offset);

	memcpy(out, part->bytes->data + stream->offset, size);
	stream->offset += size;
	stream->queued -= size;
	if (stream->offset == part->bytes->size)
		drop_first(stream);
	return size;
}

/* libmicrohttpd has room for more. */
static ssize_t on_room(void *context, uint64_t position, char *out, size_t room)
{
	struct web_stream *stream = context;
	size_t used = 0;

	(void)position;
	while (!STAILQ_EMPTY(&stream->parts) && used < room)
		used += take(stream, out + used, room - used);
	if (used > 0)
		return (ssize_t)used;
	if (stream->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!stream->request)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	web_exchange_suspend(stream->request);
	return 0;
}

int web_request_stream(struct web_request *request, const char *type,
		void (*closed)(void *context), void *context,
		struct web_stream **out)
{
	struct MHD_Response *response;
	struct web_stream *stream;

	*out = NULL;
	if (!request->connection || !request->connection->known)
		return -EUSERS;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return -ENOMEM;
	STAILQ_INIT(&stream->parts);
	stream->refs = 1;
	response = MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_room, stream, unref);
	if (!response) {
		unref(stream);
		return -ENOMEM;
	}
	stream->refs++;
	stream->request = request;
	stream->closed = closed;
	stream->context = context;
	request->stream = stream;
	*out = stream;
	web_reply_with(request, MHD_HTTP_OK, NULL, 0, type, response);
	return 0;
}

int web_stream_write(struct web_stream *stream, struct core_bytes *bytes)
{
	struct web_request *request = stream->request;
	struct part *part;

	if (!request || request->connection->ended)
		return -EPIPE;
	if (bytes->size == 0)
		return 0;
	part = malloc(sizeof(*part));
	if (!part || bytes->size > WEB_STREAM_MAX_BYTES - stream->queued) {
		free(part);
		web_connection_end(request->connection);
		return -EPIPE;
	}
	part->bytes = core_bytes_ref(bytes);
	STAILQ_INSERT_TAIL(&stream->parts, part, in_stream);
	stream->queued += bytes->size;
	web_exchange_resume(request);
	return 0;
}

void web_stream_end(struct web_stream *stream)
{
	stream->ended = true;
	stream->closed = NULL;
	if (stream->request)
		web_exchange_resume(stream->request);
	unref(stream);
}

void web_stream_abandon(struct web_stream *stream)
{
	void (*closed)(void *context) = stream->closed;

	stream->request = NULL;
	stream->closed = NULL;
	if (!closed)
		return;
	closed(stream->context);
	unref(stream);
}
