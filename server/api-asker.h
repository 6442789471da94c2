/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * The other side of server/api.h: what brings requests, the control socket and
 * HTTP, and takes the answers back.
 *
 * Threads: loop thread only.
 * Errors:  see each.
 */

/* One of: json, bytes, or neither. All borrowed. */
struct server_api_answer {
	unsigned status;  /* of HTTP; below 300: it was done */
	json_t *json;     /* with status 300 and more: {"error":...} */
	const char *type; /* of the bytes */
	struct core_bytes *bytes;
	const char *cookie; /* for a browser; "": none any more; or NULL */
};

struct server_api_asker {
	/*
	 * Called once, maybe from within server_api_begin; NULL: memory is
	 * short. Not called any more once the call was abandoned.
	 */
	void (*answer)(void *context, const struct server_api_answer *answer);
	/* In the place of `answer`; NULL: streams are not possible here. */
	int (*stream)(void *context, const char *type,
			struct server_api_stream *stream, void **handle);
	/* As server_api_call_upgrade; NULL: not possible here. */
	int (*upgrade)(void *context,
			void (*done)(void *context, struct net_stream *stream,
					const struct core_address *peer),
			void *done_context);
	int (*write)(void *handle, struct core_bytes *bytes);
	/* server_api_stream_closed follows, from the loop. */
	void (*end)(void *handle);
};

/*
 * Answers at once where the caller may not or there is no such target. *call,
 * which may be NULL, is set before anything else, and NULL when it is over by
 * then. `request` is borrowed.
 */
void server_api_begin(struct server_api *api, struct server_api_call **call,
		const struct server_api_route *route, json_t *request,
		const struct server_caller *caller,
		const struct server_api_asker *asker, void *context);

/* Who asked has gone. The call goes on, and its answer is forgotten. */
void server_api_call_abandon(struct server_api_call *call);

/* Nobody listens to it any more: the stream's end. */
void server_api_stream_closed(struct server_api_stream *stream);

/* It has lost its session, or token: so end its streams, and what it types. */
void server_api_end_caller(struct server_api *api, enum server_caller_kind kind,
		uint64_t session);
