/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/bytes.h"
#include "server/api-routes.h"
#include "server/caller.h"

/*
 * What an operation of the table (server/api-routes.h, which says how to add
 * one) works with. A call is one operation under way: its request is one JSON
 * object, of the path's parts, the query and the body's members, or of a line
 * of the control socket. Before a handler hears of it, whether it is allowed
 * has been decided: the caller has the role that the route needs, and a route
 * for a target has that target.
 *
 * Each call ends with one of the functions below that say so, now or later, and
 * is gone then. It lives until that, even if the asker has gone.
 *
 * What comes from a path or a query is a string; use server_api_param_integer.
 *
 * Threads: loop thread only.
 * Errors:  what cannot be answered for want of memory ends without an answer.
 */
struct server_api;
struct server_api_call;
struct server_daemon;
struct server_loop;
struct server_target;

struct server_api_handler {
	const char *verb; /* of the route */
	void (*handle)(struct server_api_call *call);
};

/* All of them, in server/api-handlers.c. */
extern const struct server_api_handler server_api_handlers[];
extern const size_t server_api_handlers_n;

/*
 * -ENOSYS: a route has no handler; logged. All is borrowed.
 */
int server_api_create(struct server_api **out, struct server_daemon *daemon,
		const struct server_loop *loop,
		const struct server_api_handler *handlers, size_t handlers_n);

/*
 * All askers and streams have gone, and so has the daemon: calls that are still
 * there end. NULL is allowed.
 */
void server_api_destroy(struct server_api *api);

/* ---- what is asked ------------------------------------------------------- */

const json_t *server_api_call_get_request(const struct server_api_call *call);
const struct server_caller *server_api_call_get_caller(
		const struct server_api_call *call);

/* As the route's scope says; never NULL, unless the route is for unserved ones.
 * Borrowed, and valid until the loop goes on: find it anew by its name. */
struct server_target *server_api_call_get_target(
		const struct server_api_call *call);
/* The same once the loop has gone on. NULL: it is not served any more, or the
 * caller has lost its session or token since, and the call has failed. */
struct server_target *server_api_call_find_target(struct server_api_call *call);
const char *server_api_call_get_target_name(const struct server_api_call *call);

struct server_daemon *server_api_call_get_daemon(
		const struct server_api_call *call);
const struct server_loop *server_api_call_get_loop(
		const struct server_api_call *call);

/* A member that must be there. NULL: it is none, and the call has failed. */
const char *server_api_call_take_text(
		struct server_api_call *call, const char *member);

/*
 * A number of that range, in JSON or as text. 0; -ENOENT: it is not there, and
 * *value as it was; -EINVAL: it is none.
 */
int server_api_param_integer(const json_t *request, const char *member,
		json_int_t min, json_int_t max, json_int_t *value);

/* ---- how it ends --------------------------------------------------------- */

/* 200; takes `result`; NULL: memory is short. */
void server_api_call_reply(struct server_api_call *call, json_t *result);

/* 204, and nothing to tell. */
void server_api_call_reply_done(struct server_api_call *call);

/* As server_api_call_reply, with another 2xx. */
void server_api_call_reply_status(
		struct server_api_call *call, unsigned status, json_t *result);

/*
 * 200, and these bytes over HTTP; over the control socket {"type":"image/png",
 * "base64":"..."}. Takes a reference of its own. `type` is static.
 */
void server_api_call_reply_bytes(struct server_api_call *call, const char *type,
		struct core_bytes *bytes);

/*
 * {"error":"words that name the cure"}, with the members of `details`, which is
 * taken and may be NULL. `status` is that of HTTP: 400, 403, 404, 409, 422 ...
 */
__attribute__((format(printf, 4, 5))) void server_api_call_fail(
		struct server_api_call *call, unsigned status, json_t *details,
		const char *format, ...);

/* 503: a change is in force, but not in its file; as server/json-file.h says.
 */
void server_api_call_fail_unsaved(struct server_api_call *call, int rc);

/* What a browser is to show from now on; "": nothing any more. Goes with the
 * answer; nobody but HTTP cares. */
#define SERVER_API_COOKIE_BYTES 65
void server_api_call_set_cookie(
		struct server_api_call *call, const char *cookie);

/* Nobody waits for the answer any more. */
bool server_api_call_is_abandoned(const struct server_api_call *call);

/*
 * A line of the audit (server/audit.h) of what the caller does: `details`,
 * which is taken and may be NULL, gets who it is, from where, and the target.
 */
void server_api_call_audit(struct server_api_call *call, const char *event,
		json_t *details);

/*
 * The connection becomes a WebSocket: the call is over, and `done` comes once,
 * with a stream that is the handler's, or NULL. -EOPNOTSUPP, -EPROTO: it does
 * not ask for that; the call has not ended then.
 */
struct net_stream;
int server_api_call_upgrade(struct server_api_call *call,
		void (*done)(void *context, struct net_stream *stream,
				const struct core_address *peer),
		void *context);

/* ---- what goes on -------------------------------------------------------- */

/*
 * An answer without end, for server-sent events: the call is over, and the
 * stream the handler's. `closed` is called once, when nobody listens any more,
 * whether or not it was ended here, or the caller's session is; the stream is
 * gone then. -EOPNOTSUPP over the control socket: the call has not ended.
 */
struct server_api_stream;
int server_api_call_stream(struct server_api_call *call, const char *type,
		void (*closed)(void *context), void *context,
		struct server_api_stream **out);

/* A reference is taken. -ENOBUFS: it does not read, and will be closed. */
int server_api_stream_write(
		struct server_api_stream *stream, struct core_bytes *bytes);
void server_api_stream_end(struct server_api_stream *stream);
const struct server_caller *server_api_stream_get_caller(
		const struct server_api_stream *stream);
