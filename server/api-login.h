/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table by which a browser logs in, watches, and logs out;
 * server/api.h.
 *
 * Threads: loop thread only.
 */

/* Who the caller is, {"logged_in":true,"user":"alice","csrf":"...", ...}. */
void server_api_session(struct server_api_call *call);

/*
 * {"user":"alice","password":"..."}, with the code behind the password where
 * the user has one. A login that there was before ends.
 */
void server_api_login(struct server_api_call *call);

void server_api_logout(struct server_api_call *call);

/* A target's screen as a WebSocket, with RFB in it. */
void server_api_watch(struct server_api_call *call);
