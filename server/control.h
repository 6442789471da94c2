/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "server/role.h"

/*
 * The control socket: a Unix stream socket on which the operator's programs
 * ask the daemon. A request is one line of JSON, {"verb":"status"}, and so is
 * its reply: {"ok":true,"result":...} or {"ok":false,"error":"text"}. Any
 * number of requests may follow each other on a connection.
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
#define SERVER_CONTROL_LINE_MAX_BYTES 4096

#define SERVER_CONTROL_CONNECTIONS_MAX 8
#define SERVER_CONTROL_IDLE_US UINT64_C(10000000)

#define SERVER_CONTROL_WHY_BYTES 1024

struct server_control_verb {
	const char *name;
	/*
	 * A new reference, given away; NULL: `why` says what is wrong with the
	 * request, or is empty as it was: memory is short.
	 */
	json_t *(*answer)(void *context, const json_t *request,
			char why[SERVER_CONTROL_WHY_BYTES]);
	/*
	 * In the place of `answer`, for what takes time: `call` ends with
	 * server_control_reply, now or later.
	 */
	void (*begin)(void *context, const json_t *request,
			struct server_control_call *call);
};

/*
 * Listen at `path`, in the place of a socket that nobody listens on any more.
 * The verbs must outlive the control. `needed` is the least role for a verb;
 * SERVER_ROLE_NONE: nobody may ask for it.
 */
int server_control_create(struct server_control **out, sd_event *event,
		const char *path, const struct server_control_verb *verbs,
		size_t verbs_n, enum server_role (*needed)(const char *verb),
		void *context);

/* Whose request it is; from within `answer` and `begin` only. */
uid_t server_control_get_caller(const struct server_control *control);

/* Closes all connections and removes the socket's file. NULL is allowed. */
void server_control_destroy(struct server_control *control);

/*
 * Takes `result`, and the call is over. NULL: `why` says what is wrong; both
 * NULL: memory is short.
 */
void server_control_reply(struct server_control_call *call, json_t *result,
		const char *why);
