/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/bytes.h"
#include "net/tls.h"
#include "net/transport.h"

/*
 * One connection as a stream of bytes, over any transport. What comes in waits
 * in a buffer of fixed size: when it is full, nothing more is read. What goes
 * out is queued, by reference or copied, and leaves gathered.
 *
 * Threads: loop thread only. The handler is called from the loop, never from
 *          within a call to the stream.
 * Errors:  0 or -errno at creation. Whatever fails later (out of memory
 *          included) ends the stream: `closed` is called once, and writing is
 *          without effect from then on.
 */
struct net_stream;

struct net_stream_handler {
	/* More to read than before. */
	void (*readable)(void *context);
	/* The stream has become clear: see net_stream_is_clear. */
	void (*drained)(void *context);
	/*
	 * No more bytes either way. rc 0: the peer ended it; -ETIMEDOUT: the
	 * queue did not move for too long.
	 */
	void (*closed)(void *context, int rc);
};

#define NET_STREAM_INPUT_BYTES 8192
#define NET_STREAM_STALL_US UINT64_C(20000000)

/*
 * `transport` is taken on success. `stall_us`: how long a queue may stand
 * still; 0 means NET_STREAM_STALL_US. A `handler` of NULL is set before the
 * loop goes on.
 */
int net_stream_create(struct net_stream **out, sd_event *event,
		struct net_transport *transport, uint64_t stall_us,
		const struct net_stream_handler *handler, void *context);

/* Closes at once, the queue is dropped, and the handler hears no more. */
void net_stream_destroy(struct net_stream *stream);

/*
 * Speak TLS from the next byte on. What was written before goes out first, in
 * the clear: write the word that tells the peer to begin, call this, and flush;
 * then what was sent ahead of that word is seen even where it lies unread.
 * -EPROTO: there is such, which no honest client does; end the stream. -ENOKEY:
 * there is no certificate to show.
 */
int net_stream_start_tls(struct net_stream *stream, struct net_tls *tls,
		enum net_tls_kind kind);

/*
 * Speak WebSocket from the next byte on, as net_stream_start_tls speaks TLS:
 * write the answer that says so, call this, and flush.
 */
int net_stream_start_websocket(struct net_stream *stream);

/*
 * Somebody else has the stream from now on. What came and was not consumed is
 * told anew, and so is an end that the one before has not heard of.
 */
void net_stream_set_handler(struct net_stream *stream,
		const struct net_stream_handler *handler, void *context);

/* For people, from `closed` on, why it ended; NULL: the rc says it all. */
const char *net_stream_get_why(const struct net_stream *stream);

/* All bytes that have come and were not consumed yet; borrowed. */
const uint8_t *net_stream_peek(const struct net_stream *stream, size_t *size);

/* The first `size` bytes of what peek showed are done with. */
void net_stream_consume(struct net_stream *stream, size_t size);

/*
 * Queue a copy: for the small parts. What is queued leaves with the next
 * flush, so that the parts of a message travel together.
 */
void net_stream_write(
		struct net_stream *stream, const void *bytes, size_t size);

/* Queue a reference to bytes that others may have queued too. */
void net_stream_queue(struct net_stream *stream, struct core_bytes *bytes);

/* Send what can be sent now; the loop sends the rest. */
void net_stream_flush(struct net_stream *stream);

/* Bytes that are still in the queue. */
size_t net_stream_queued(const struct net_stream *stream);

/*
 * How many bytes the kernel may take before the network is ready for them. What
 * it took cannot be replaced any more.
 */
void net_stream_set_ahead(struct net_stream *stream, size_t bytes);

/*
 * Send no faster than so many bytes a second; 0: as ever. Packets that queue up
 * before a thin link make its round trip look long, and then what is lost is
 * missed late.
 */
void net_stream_set_pace(struct net_stream *stream, uint64_t rate);

/* The queue is empty, and of what the kernel took it has sent nearly all. */
bool net_stream_is_clear(const struct net_stream *stream);

/* Bytes that the transport has taken since creation. */
uint64_t net_stream_sent(const struct net_stream *stream);
