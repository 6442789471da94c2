/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table about who is logged in; server/api.h. Who is no admin
 * sees and ends the sessions of its own name only.
 *
 * Threads: loop thread only.
 */

/* {"sessions":[{"id":1,"target":"rack1","user":"alice", ...}]} */
void server_api_sessions(struct server_api_call *call);

/*
 * Send away {"id":"1","reason":"maintenance"}; the answer is who it was.
 */
void server_api_disconnect(struct server_api_call *call);

/*
 * Whom the request names: {"id":"1"}. NULL: there is no such, and the call has
 * failed.
 */
struct server_session *server_api_take_session(struct server_api_call *call);
