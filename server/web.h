/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"
#include "server/daemon.h"

/*
 * The daemon over HTTPS: the page, the operations of the table, and the screens
 * of targets as WebSockets. Every request is looked at in the same order: is
 * there such a route, who asks (a bearer token, or the cookie of a login), may
 * they; does it come from our own page, if a browser sends it and it changes
 * something; then its body is read.
 *
 *   web.c           where it listens
 *   web-request.c   one request, from its headers to its answer
 *   web-caller.c    who asks
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation. Where it cannot listen now, that is tried
 *          again; the log says why and what helps.
 */
struct server_web;

/* Both are borrowed. Listens as the daemon's configuration says. */
int server_web_create(struct server_web **out, struct server_daemon *daemon,
		struct server_api *api);

/* The configuration may be another one: only what changed begins anew. */
void server_web_apply(struct server_web *web);

/* Ends all connections. NULL is allowed. */
void server_web_destroy(struct server_web *web);
