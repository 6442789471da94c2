/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table that give and take keyboards; server/api.h. Each
 * answers with where the keyboard is now, {"target":"rack1","id":2,
 * "user":"alice"}, or with an id of null where nobody has it.
 *
 * Threads: loop thread only.
 */

/* To the session {"id":"2"}. */
void server_api_control_give(struct server_api_call *call);

/* Who has that of {"target":"rack1"}, and who asks for it. */
void server_api_control(struct server_api_call *call);

/*
 * {"target":"rack1","action":"ask"} of who has a viewer there, "take" of an
 * admin who has; "give" with a "session", or "release", of an admin or who
 * operates. The answer is that of server_api_control.
 */
void server_api_control_act(struct server_api_call *call);

/* From who has that of {"target":"rack1"}: to who asks, or to nobody. */
void server_api_control_release(struct server_api_call *call);
