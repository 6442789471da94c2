/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <sys/types.h>

#include "server/control.h"
#include "server/daemon.h"

/*
 * The sessions over the control socket.
 *
 * Threads: loop thread only.
 * Errors:  NULL, with `why` or because memory is short.
 */

/* {"sessions":[{"id":1,"target":"rack1","user":"alice", ...}]} */
json_t *server_session_list_create(const struct server_daemon *daemon);

/* Whom the request names: {"id":"1"}; else NULL, with `why`. */
struct server_session *server_session_list_find(
		const struct server_daemon *daemon, const json_t *request,
		char why[SERVER_CONTROL_WHY_BYTES]);

/*
 * Send away whom the request names: {"id":"1","reason":"maintenance"}, since
 * the user `uid` of this machine wants it. A new reference, of who it was.
 */
json_t *server_session_disconnect(struct server_daemon *daemon, uid_t uid,
		const json_t *request, char why[SERVER_CONTROL_WHY_BYTES]);
