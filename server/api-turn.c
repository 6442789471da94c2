/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-turn.h"

#include <errno.h>

#include "server/api-sessions.h"
#include "server/daemon.h"
#include "server/session.h"

static json_t *describe(struct server_daemon *daemon,
		const struct server_target *target)
{
	const struct server_target_parts parts =
			server_target_get_parts(target);
	const struct server_session *session = server_session_find(
			server_daemon_get_sessions(daemon), parts.place,
			server_turn_get_operator(parts.turn));

	if (!session)
		return json_pack("{s:s, s:n}", "target", parts.place->target,
				"id");
	return json_pack("{s:s, s:I, s:s}", "target", session->place->target,
			"id", (json_int_t)session->id, "user", session->user);
}

static void give(struct server_api_call *call, struct server_target *target,
		vnc_viewer_id viewer)
{
	int rc = server_target_give_control(
			target, viewer, server_api_call_get_caller(call)->uid);

	if (rc == 0)
		server_api_call_reply(call,
				describe(server_api_call_get_daemon(call),
						target));
	else
		server_api_call_fail(call, 409, NULL, "%s",
				rc == -EPERM ? "its role is not that of an operator"
					     : "that target has no keyboard");
}

void server_api_control_give(struct server_api_call *call)
{
	const struct server_session *session = server_api_take_session(call);

	if (session && !session->place->target)
		server_api_call_fail(call, 409, NULL,
				"that session looks at no target");
	else if (session)
		give(call,
				server_daemon_find_target(
						server_api_call_get_daemon(
								call),
						session->place->target),
				session->viewer);
}

void server_api_control_release(struct server_api_call *call)
{
	give(call, server_api_call_get_target(call), 0);
}
