/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/turn-requests.h"

#include <errno.h>
#include <stdio.h>

#include "server/session-list.h"
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

static json_t *give(struct server_daemon *daemon, uid_t uid,
		struct server_target *target, vnc_viewer_id viewer,
		char why[SERVER_CONTROL_WHY_BYTES])
{
	int rc = server_target_give_control(target, viewer, uid);

	if (rc == 0)
		return describe(daemon, target);
	snprintf(why, SERVER_CONTROL_WHY_BYTES,
			rc == -EPERM ? "its role is not that of an operator"
				     : "that target has no keyboard");
	return NULL;
}

json_t *server_turn_request_give(struct server_daemon *daemon, uid_t uid,
		const json_t *request, char why[SERVER_CONTROL_WHY_BYTES])
{
	const struct server_session *session =
			server_session_list_find(daemon, request, why);

	if (!session)
		return NULL;
	return give(daemon, uid,
			server_daemon_find_target(
					daemon, session->place->target),
			session->viewer, why);
}

json_t *server_turn_request_release(struct server_daemon *daemon, uid_t uid,
		const json_t *request, char why[SERVER_CONTROL_WHY_BYTES])
{
	const char *name =
			json_string_value(json_object_get(request, "target"));
	struct server_target *target = NULL;

	if (name)
		target = server_daemon_find_target(daemon, name);
	if (!target) {
		snprintf(why, SERVER_CONTROL_WHY_BYTES,
				"no target of that name is served; \"status\" lists them");
		return NULL;
	}
	return give(daemon, uid, target, 0, why);
}
