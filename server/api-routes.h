/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "server/role.h"

/*
 * All that can be asked of the daemon: one table, for the control socket and
 * for HTTP, plain data. What is not in it does not exist, whoever asks.
 *
 * To add an operation:
 *   1. a row here (server/api-routes.c);
 *   2. a function `void server_api_VERB(struct server_api_call *)` in a file
 *      server/api-NAME.c, with its header (server/api.h is what it works with);
 *   3. its row in server/api-handlers.c;
 *   4. its entry in docs/openapi.json, if it has a path.
 *
 * rackhand links this file, too, and makes HTTP requests of verbs by it.
 *
 * Threads: any. Errors: none.
 */

/* Where the caller must have the role. */
enum server_api_scope {
	SERVER_API_GLOBAL, /* on any target: the handler looks further */
	SERVER_API_TARGET, /* on the one that the request's "target" names */
	SERVER_API_EVERYWHERE, /* on every target: "admin", not "admin@rack1" */
};

/* Of JSON, over HTTP and over the control socket. */
#define SERVER_API_BODY_SMALL_BYTES ((size_t)4 << 10)
#define SERVER_API_BODY_MACRO_BYTES ((size_t)32 << 10)
#define SERVER_API_BODY_MAX_BYTES ((size_t)512 << 10)

struct server_api_route {
	const char *verb;
	const char *method; /* NULL: over the control socket only */
	/*
	 * {name} is a part of any text, which becomes the member `name` of the
	 * request, as a string.
	 */
	const char *path;
	enum server_api_scope scope;
	enum server_role needed; /* the least; none: nobody may */
	bool open;               /* nobody need be logged in */
	bool http_only;          /* not over the control socket */
	bool counts;  /* asking it means that somebody is there, though a GET */
	bool upgrade; /* it becomes a WebSocket */
	/* For targets that cannot be served now as well: no get_target then. */
	bool unserved;
	size_t body_max_bytes; /* 0: no body */
};

extern const struct server_api_route server_api_routes[];
extern const size_t server_api_routes_n;

/* NULL: there is none. */
const struct server_api_route *server_api_find_verb(const char *verb);
