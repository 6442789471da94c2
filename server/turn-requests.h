/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <sys/types.h>

#include "server/control.h"
#include "server/daemon.h"

/*
 * Keyboards given and taken over the control socket, by the user `uid` of this
 * machine. Each answers with where the keyboard is now, {"target":"rack1",
 * "id":2,"user":"alice"}, or with an id of null where nobody has it.
 *
 * Threads: loop thread only.
 * Errors:  NULL, with `why` or because memory is short.
 */

/* To the session {"id":"2"}. */
json_t *server_turn_request_give(struct server_daemon *daemon, uid_t uid,
		const json_t *request, char why[SERVER_CONTROL_WHY_BYTES]);

/* From who has that of {"target":"rack1"}: to who asks, or to nobody. */
json_t *server_turn_request_release(struct server_daemon *daemon, uid_t uid,
		const json_t *request, char why[SERVER_CONTROL_WHY_BYTES]);
