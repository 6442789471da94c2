/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

/*
 * The control socket: a Unix stream socket on which the operator's programs
 * ask the daemon. A request is one line of JSON, {"verb":"status"}, and so is
 * its reply: {"ok":true,"result":...} or {"ok":false,"error":"text"}. Any
 * number of requests may follow each other on a connection.
 *
 * What the requests mean is for others: see server/control-api.h.
 *
 * The socket's file has mode 0660, so that the kernel lets in its owner and
 * its group; who else gets through (the mode was changed) is turned away by
 * the credentials of the connection. Whoever is let in is an admin.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno, logged; -EADDRINUSE when a daemon listens there, or
 *          when something else than a socket is there.
 */
struct server_control;

/* A request that is being seen to. It may outlive its connection. */
struct server_control_call;

/* Of a request, newline included. */
#define SERVER_CONTROL_LINE_MAX_BYTES ((size_t)512 << 10)

#define SERVER_CONTROL_CONNECTIONS_MAX 8
#define SERVER_CONTROL_STREAMS_MAX 4                      /* of these */
#define SERVER_CONTROL_STREAM_MAX_BYTES ((size_t)1 << 20) /* that wait */
#define SERVER_CONTROL_IDLE_US UINT64_C(10000000)

/*
 * A request, which is an object and borrowed, of the user `uid` of this
 * machine. `call` ends with server_control_reply, now or later.
 */
typedef void server_control_asked(void *context, uid_t uid, json_t *request,
		struct server_control_call *call);

/* Listen at `path`, in the place of a socket that nobody listens on any more.
 */
int server_control_create(struct server_control **out, sd_event *event,
		const char *path, server_control_asked *asked, void *context);

/* Closes all connections and removes the socket's file. NULL is allowed. */
void server_control_destroy(struct server_control *control);

/*
 * Takes `reply`, the whole object, and the call is over. NULL: memory is short,
 * so the connection ends. The socket itself may have ended before.
 */
void server_control_reply(struct server_control_call *call, json_t *reply);

/*
 * A reply after which bytes follow without end; the call is over. Takes `head`.
 * `closed` is called once, from the loop, whether the peer hung up, reads too
 * little, or it was ended here; the stream is gone then. -EPIPE: the connection
 * has ended; -EUSERS: there are too many. The call goes on then.
 */
struct server_control_stream;
int server_control_stream_begin(struct server_control_call *call, json_t *head,
		void (*closed)(void *context), void *context,
		struct server_control_stream **out);

/* -ENOBUFS: too much waits, and it will be closed. */
int server_control_stream_write(struct server_control_stream *stream,
		const void *bytes, size_t size);
void server_control_stream_end(struct server_control_stream *stream);
