/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "config/config.h"
#include "server/session.h"

/*
 * Who may be at a target together. A viewer can ask to be alone (RFC 6143,
 * 7.3.1); what becomes of that, the configuration says.
 *
 * Threads: loop thread only.
 * Errors:  none.
 */

/* Why one who has just logged in may not join the others; NULL: it may. */
const char *server_sharing_refuse(struct server_sessions *sessions,
		const struct server_session *newcomer,
		enum config_shared shared);

/* It has joined: send away whom it must not be with. `alone`: it asked to be.
 */
void server_sharing_apply(struct server_sessions *sessions,
		struct server_session *newcomer, enum config_shared shared,
		bool alone);
