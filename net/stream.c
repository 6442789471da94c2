/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/stream.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "core/clock.h"
#include "core/min-max.h"
#include "net/websocket.h"

/* As many parts as one sendmsg takes from us. */
#define PARTS_MAX 160

/*
 * What one turn of the loop may send for one stream. Copying a whole frame to
 * the kernel takes long enough for a key of somebody else to wait.
 */
#define TURN_BYTES ((size_t)64 << 10)

struct net_stream {
	struct net_transport *transport; /* owned */
	struct net_transport *below; /* borrowed; carries `in_clear` bytes */
	size_t in_clear; /* of the queue: written before what is above began */
	const struct net_stream_handler *handler;
	void *context;
	sd_event_source *io;
	sd_event_source *stall; /* on at least while the queue is not empty */
	sd_event_source *soon;  /* on when rc is to be told, or to receive */
	uint64_t stall_us;
	uint64_t moved_us; /* when the queue was last empty or got shorter */
	uint64_t sent;
	uint32_t polled; /* EPOLL flags that io has now */
	size_t ahead;
	uint64_t pace;
	bool behind;   /* the kernel has yet to send what it took */
	bool untold;   /* of what came, the handler has not heard */
	bool dead;     /* nothing goes in or out any more */
	int rc;        /* why */
	unsigned refs; /* its owner's, and those of calls under way */

	/* A ring of owned references; the oldest may be partly sent. */
	struct core_bytes **ring;
	size_t ring_size; /* a power of two, or 0 */
	size_t first;
	size_t count;
	size_t offset; /* into the oldest */
	size_t queued;

	size_t input_used;
	uint8_t input[NET_STREAM_INPUT_BYTES];
};

/* What comes before the other end knows of it is for nobody to read. */
static bool may_receive(const struct net_stream *stream)
{
	return stream->input_used < sizeof(stream->input) &&
			stream->in_clear == 0;
}

/*
 * Edges, not levels: the loop deals with one source a turn, and with levels
 * the kernel would look at all that are ready again and again, which with many
 * viewers is most of the work. Where no edge will come, a new call makes one.
 */
static void poll_for_what_is_wanted(struct net_stream *stream)
{
	uint32_t wanted = EPOLLET | EPOLLRDHUP;
	unsigned needs;

	if (stream->dead)
		return;
	needs = stream->in_clear > 0
			? 0
			: net_transport_get_needs(stream->transport);
	if (may_receive(stream))
		wanted |= EPOLLIN;
	if (may_receive(stream) && needs & NET_NEED_RECEIVE)
		sd_event_source_set_enabled(stream->soon, SD_EVENT_ONESHOT);
	if (needs & NET_NEED_OUTPUT || stream->behind ||
			(stream->queued > 0 && !(needs & NET_NEED_INPUT)))
		wanted |= EPOLLOUT;
	if (wanted == stream->polled)
		return;
	stream->polled = wanted;
	sd_event_source_set_io_events(stream->io, wanted);
}

/* `closed` is called by the loop, so that no caller is surprised by it. */
static void end(struct net_stream *stream, int rc)
{
	if (stream->dead)
		return;
	stream->dead = true;
	stream->rc = rc;
	sd_event_source_set_enabled(stream->io, SD_EVENT_OFF);
	sd_event_source_set_enabled(stream->stall, SD_EVENT_OFF);
	sd_event_source_set_enabled(stream->soon, SD_EVENT_ONESHOT);
}

static void drop_first(struct net_stream *stream)
{
	core_bytes_unref(stream->ring[stream->first]);
	stream->first = (stream->first + 1) & (stream->ring_size - 1);
	stream->count--;
	stream->offset = 0;
}

static void drop_sent(struct net_stream *stream, size_t sent)
{
	stream->queued -= sent;
	stream->in_clear -= core_min_size(stream->in_clear, sent);
	stream->sent += sent;
	while (sent > 0) {
		size_t left = stream->ring[stream->first]->size -
				stream->offset;

		if (sent < left) {
			stream->offset += sent;
			return;
		}
		sent -= left;
		drop_first(stream);
	}
}

/* At most `room` bytes. */
static ssize_t send_some(struct net_stream *stream, size_t room)
{
	struct net_transport *transport = stream->transport;
	struct iovec parts[PARTS_MAX];
	size_t parts_n = 0;

	if (stream->in_clear > 0) {
		transport = stream->below;
		room = core_min_size(room, stream->in_clear);
	}
	while (parts_n < stream->count && parts_n < PARTS_MAX && room > 0) {
		size_t at = (stream->first + parts_n) & (stream->ring_size - 1);
		struct core_bytes *bytes = stream->ring[at];
		size_t skip = parts_n == 0 ? stream->offset : 0;

		parts[parts_n].iov_base = bytes->data + skip;
		parts[parts_n].iov_len =
				core_min_size(bytes->size - skip, room);
		room -= parts[parts_n++].iov_len;
	}
	return transport->kind->send(transport, parts, parts_n);
}

void net_stream_flush(struct net_stream *stream)
{
	size_t turn = 0;

	while (!stream->dead && stream->queued > 0 && turn < TURN_BYTES) {
		ssize_t sent = send_some(stream, TURN_BYTES - turn);

		if (sent == -EAGAIN)
			break;
		if (sent < 0) {
			end(stream, (int)sent);
			return;
		}
		drop_sent(stream, (size_t)sent);
		stream->moved_us = clock_now_us();
		turn += (size_t)sent;
	}
	if (turn > 0 && stream->queued == 0)
		stream->behind = net_transport_get_unsent(stream->transport) >
				stream->ahead / 2;
	stream->polled &= ~(uint32_t)EPOLLOUT; /* room makes no edge twice */
	poll_for_what_is_wanted(stream);
}

/* One read a turn: a viewer that floods us shares the loop with the others. */
static void receive(struct net_stream *stream)
{
	ssize_t got;

	if (!may_receive(stream))
		return;
	got = stream->transport->kind->receive(stream->transport,
			stream->input + stream->input_used,
			sizeof(stream->input) - stream->input_used);
	if (got <= 0 && got != -EAGAIN) {
		end(stream, (int)got);
		return;
	}
	if (got > 0)
		stream->input_used += (size_t)got;
	poll_for_what_is_wanted(stream);
	if (got > 0)
		stream->handler->readable(stream->context);
}

static void unref(struct net_stream *stream)
{
	if (--stream->refs == 0)
		free(stream);
}

/* Whoever has the stream now, what came before that. */
static void tell(struct net_stream *stream)
{
	stream->untold = false;
	stream->handler->readable(stream->context);
	poll_for_what_is_wanted(stream);
}

static int on_soon(sd_event_source *source, void *userdata)
{
	struct net_stream *stream = userdata;

	(void)source;
	stream->refs++;
	if (stream->dead)
		stream->handler->closed(stream->context, stream->rc);
	else if (stream->untold)
		tell(stream);
	else
		receive(stream);
	unref(stream);
	return 0;
}

/* There is room to write. */
static void on_room(struct net_stream *stream)
{
	if (net_transport_get_needs(stream->transport) & NET_NEED_OUTPUT) {
		stream->polled &= ~(uint32_t)EPOLLOUT;
		receive(stream);
		return;
	}
	if (net_stream_is_clear(stream))
		return;
	stream->behind = false; /* half of `ahead` is free */
	net_stream_flush(stream);
	if (!stream->dead && net_stream_is_clear(stream))
		stream->handler->drained(stream->context);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents,
		void *userdata)
{
	struct net_stream *stream = userdata;

	(void)source;
	(void)fd;
	stream->refs++;
	if (revents & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		stream->polled = 0; /* the end makes no edge after the rest */
	if (revents & EPOLLOUT)
		on_room(stream);
	if (revents & EPOLLIN && !stream->dead)
		receive(stream);
	/* Reported even when not asked for: with a full buffer it must end. */
	if (revents & (EPOLLERR | EPOLLHUP) && !(revents & EPOLLIN))
		end(stream, -ECONNRESET);
	unref(stream);
	return 0;
}

static int on_stall(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct net_stream *stream = userdata;
	uint64_t due_us = stream->moved_us + stream->stall_us;

	(void)usec;
	if (stream->queued == 0)
		return 0;
	if (clock_now_us() >= due_us) {
		end(stream, -ETIMEDOUT);
		return 0;
	}
	sd_event_source_set_time(source, due_us);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

int net_stream_create(struct net_stream **out, sd_event *event,
		struct net_transport *transport, uint64_t stall_us,
		const struct net_stream_handler *handler, void *context)
{
	struct net_stream *stream = calloc(1, sizeof(*stream));
	int rc;

	*out = NULL;
	if (!stream)
		return -ENOMEM;
	stream->refs = 1;
	stream->handler = handler;
	stream->context = context;
	stream->stall_us = stall_us ? stall_us : NET_STREAM_STALL_US;
	stream->polled = EPOLLIN | EPOLLET | EPOLLRDHUP;
	stream->ahead = NET_SOCKET_AHEAD_BYTES;
	rc = sd_event_add_io(event, &stream->io,
			transport->kind->get_fd(transport), stream->polled,
			on_io, stream);
	if (rc < 0)
		goto fail;
	rc = sd_event_add_time(event, &stream->stall, CLOCK_MONOTONIC, 0, 0,
			on_stall, stream);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(stream->stall, SD_EVENT_OFF);
	rc = sd_event_add_defer(event, &stream->soon, on_soon, stream);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(stream->soon, SD_EVENT_OFF);
	stream->transport = transport;
	*out = stream;
	return 0;

fail:
	net_stream_destroy(stream);
	return rc;
}

void net_stream_destroy(struct net_stream *stream)
{
	if (!stream)
		return;
	stream->dead = true;
	sd_event_source_disable_unref(stream->soon);
	sd_event_source_disable_unref(stream->stall);
	sd_event_source_disable_unref(stream->io);
	while (stream->count > 0)
		drop_first(stream);
	free(stream->ring);
	net_transport_destroy(stream->transport);
	explicit_bzero(stream->input, stream->input_used);
	unref(stream);
}

/*
 * While the word that begins it has not left yet, nobody can have obeyed it:
 * whatever is there was sent ahead.
 */
static bool sent_ahead(struct net_stream *stream)
{
	uint8_t byte;

	return stream->input_used > 0 ||
			(stream->queued > 0 &&
					stream->transport->kind->receive(
							stream->transport,
							&byte, 1) > 0);
}

/* What is queued leaves below it. */
static void put_above(struct net_stream *stream, struct net_transport *above)
{
	assert(stream->in_clear == 0);
	stream->below = stream->transport;
	stream->transport = above;
	stream->in_clear = stream->queued;
	poll_for_what_is_wanted(stream);
}

int net_stream_start_tls(struct net_stream *stream, struct net_tls *tls,
		enum net_tls_kind kind)
{
	struct net_transport *above;
	int rc;

	if (stream->dead)
		return 0; /* `closed` will tell */
	if (sent_ahead(stream))
		return -EPROTO;
	rc = net_tls_wrap(&above, tls, kind, stream->transport);
	if (rc == 0)
		put_above(stream, above);
	return rc;
}

int net_stream_start_websocket(struct net_stream *stream)
{
	struct net_transport *above;
	int rc;

	if (stream->dead)
		return 0;
	if (sent_ahead(stream))
		return -EPROTO;
	rc = net_websocket_wrap(&above, stream->transport);
	if (rc == 0)
		put_above(stream, above);
	return rc;
}

void net_stream_set_handler(struct net_stream *stream,
		const struct net_stream_handler *handler, void *context)
{
	stream->handler = handler;
	stream->context = context;
	stream->untold = stream->input_used > 0;
	if (stream->untold && !stream->dead)
		sd_event_source_set_enabled(stream->soon, SD_EVENT_ONESHOT);
}

const char *net_stream_get_why(const struct net_stream *stream)
{
	return net_transport_get_why(stream->transport);
}

const uint8_t *net_stream_peek(const struct net_stream *stream, size_t *size)
{
	*size = stream->input_used;
	return stream->input;
}

void net_stream_consume(struct net_stream *stream, size_t size)
{
	assert(size <= stream->input_used);
	stream->input_used -= size;
	memmove(stream->input, stream->input + size, stream->input_used);
	/* It may have been a password. */
	explicit_bzero(stream->input + stream->input_used, size);
	poll_for_what_is_wanted(stream);
}

static int ring_grow(struct net_stream *stream)
{
	size_t size = stream->ring_size ? stream->ring_size * 2 : 16;
	struct core_bytes **ring = calloc(size, sizeof(struct core_bytes *));

	if (!ring)
		return -ENOMEM;
	for (size_t i = 0; i < stream->count; i++)
		ring[i] = stream->ring[(stream->first + i) &
				(stream->ring_size - 1)];
	free(stream->ring);
	stream->ring = ring;
	stream->ring_size = size;
	stream->first = 0;
	return 0;
}

/* The timer runs on when the queue is empty: most queues are short-lived. */
static void watch_for_stall(struct net_stream *stream)
{
	int enabled = SD_EVENT_OFF;

	stream->moved_us = clock_now_us();
	sd_event_source_get_enabled(stream->stall, &enabled);
	if (enabled != SD_EVENT_OFF)
		return;
	sd_event_source_set_time(
			stream->stall, stream->moved_us + stream->stall_us);
	sd_event_source_set_enabled(stream->stall, SD_EVENT_ONESHOT);
}

/* Takes the reference, also when it fails. */
static void append(struct net_stream *stream, struct core_bytes *bytes)
{
	if (stream->dead || bytes->size == 0) {
		core_bytes_unref(bytes);
		return;
	}
	if (stream->count == stream->ring_size && ring_grow(stream) < 0) {
		core_bytes_unref(bytes);
		end(stream, -ENOMEM);
		return;
	}
	if (stream->queued == 0)
		watch_for_stall(stream);
	stream->ring[(stream->first + stream->count) &
			(stream->ring_size - 1)] = bytes;
	stream->count++;
	stream->queued += bytes->size;
}

void net_stream_write(struct net_stream *stream, const void *bytes, size_t size)
{
	struct core_bytes *copy;
	int rc = core_bytes_copy(&copy, bytes, size);

	if (rc < 0) {
		end(stream, rc);
		return;
	}
	append(stream, copy);
}

void net_stream_queue(struct net_stream *stream, struct core_bytes *bytes)
{
	append(stream, core_bytes_ref(bytes));
}

size_t net_stream_queued(const struct net_stream *stream)
{
	return stream->queued;
}

void net_stream_set_ahead(struct net_stream *stream, size_t bytes)
{
	if (bytes == stream->ahead)
		return;
	stream->ahead = bytes;
	net_transport_set_ahead(stream->transport, bytes);
}

void net_stream_set_pace(struct net_stream *stream, uint64_t rate)
{
	if (rate == stream->pace)
		return;
	stream->pace = rate;
	net_transport_set_pace(stream->transport, rate);
}

bool net_stream_is_clear(const struct net_stream *stream)
{
	return stream->queued == 0 && !stream->behind;
}

uint64_t net_stream_sent(const struct net_stream *stream)
{
	return stream->sent;
}
