/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-turn.h"

#include <errno.h>
#include <string.h>

#include "server/api-sessions.h"
#include "server/daemon.h"
#include "server/session.h"
#include "server/target-describe.h"

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
			target, viewer, server_api_call_get_caller(call));

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

/* ---- over HTTP ------------------------------------------------------------
 */

void server_api_control(struct server_api_call *call)
{
	server_api_call_reply(call,
			server_target_describe_control(
					server_api_call_get_daemon(call),
					server_api_call_get_target(call),
					server_api_call_get_caller(call)));
}

/* The caller's own viewer there, the newest; NULL: it has none. */
static const struct server_session *find_own(const struct server_api_call *call)
{
	struct server_sessions *sessions = server_daemon_get_sessions(
			server_api_call_get_daemon(call));
	const struct server_session_place *place = server_target_get_parts(
			server_api_call_get_target(call))
								   .place;
	const struct server_session *session = NULL;
	const struct server_session *own = NULL;

	while ((session = server_session_next(sessions, session)))
		if (session->place == place && session->joined &&
				server_caller_has(server_api_call_get_caller(
								  call),
						session))
			own = session;
	return own;
}

/* The one that the request names, there; NULL: it names none. */
static const struct server_session *find_named(
		const struct server_api_call *call)
{
	const struct server_session *session = NULL;
	json_int_t id;

	if (server_api_param_integer(server_api_call_get_request(call),
			    "session", 1, INT64_MAX, &id) == 0)
		session = server_session_find_id(
				server_daemon_get_sessions(
						server_api_call_get_daemon(
								call)),
				(uint64_t)id);
	return session &&
					session->place ==
							server_target_get_parts(
									server_api_call_get_target(
											call))
									.place
			? session
			: NULL;
}

static enum server_role role_of(const struct server_api_call *call)
{
	return server_caller_role(server_api_call_get_caller(call),
			server_api_call_get_target_name(call));
}

static bool operates(const struct server_api_call *call)
{
	const struct server_turn *turn = server_target_get_parts(
			server_api_call_get_target(call))
							 .turn;
	const struct server_session *own = find_own(call);

	return own && server_turn_get_operator(turn) == own->viewer;
}

/* What each does: 0 or -errno, which `failures` has words for. */

static int act_ask(struct server_api_call *call)
{
	const struct server_session *own = find_own(call);

	return own ? server_target_ask_control(server_api_call_get_target(call),
				     own->viewer)
		   : -ESRCH;
}

static int act_take(struct server_api_call *call)
{
	const struct server_session *own = find_own(call);

	if (role_of(call) != SERVER_ROLE_ADMIN)
		return -EACCES;
	return own ? server_target_give_control(
				     server_api_call_get_target(call),
				     own->viewer,
				     server_api_call_get_caller(call))
		   : -ESRCH;
}

static int act_give(struct server_api_call *call)
{
	const struct server_session *other = find_named(call);

	if (role_of(call) != SERVER_ROLE_ADMIN && !operates(call))
		return -EACCES;
	return other ? server_target_give_control(
				       server_api_call_get_target(call),
				       other->viewer,
				       server_api_call_get_caller(call))
		     : -ENOENT;
}

static int act_release(struct server_api_call *call)
{
	if (role_of(call) != SERVER_ROLE_ADMIN && !operates(call))
		return -EACCES;
	return server_target_give_control(server_api_call_get_target(call), 0,
			server_api_call_get_caller(call));
}

static void fail(struct server_api_call *call, int rc)
{
	static const struct {
		int rc;
		unsigned status;
		const char *words;
	} failures[] = {
			{-ESRCH, 409, "open a console on this target first: its keyboard goes to who looks at it"},
			{-EACCES, 403, "only who operates this target, or an admin, may do that"},
			{-ENOENT, 404, "\"session\" is the number of a session on this target; \"sessions\" lists them"},
			{-EPERM, 409, "its role is not that of an operator"},
			{-ENODEV, 409, "that target has no keyboard"},
	};

	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].rc == rc) {
			server_api_call_fail(call, failures[i].status, NULL,
					"%s", failures[i].words);
			return;
		}
	server_api_call_reply(call, NULL);
}

void server_api_control_act(struct server_api_call *call)
{
	static const struct {
		const char *name;
		int (*act)(struct server_api_call *call);
	} actions[] = {
			{"ask", act_ask},
			{"take", act_take},
			{"give", act_give},
			{"release", act_release},
	};
	const char *name = json_string_value(json_object_get(
			server_api_call_get_request(call), "action"));
	int rc;

	for (size_t i = 0; name && i < sizeof(actions) / sizeof(actions[0]);
			i++) {
		if (strcmp(actions[i].name, name) != 0)
			continue;
		rc = actions[i].act(call);
		if (rc < 0)
			fail(call, rc);
		else
			server_api_control(call);
		return;
	}
	server_api_call_fail(call, 422, NULL,
			"\"action\" is \"ask\", \"take\", \"give\" or \"release\"");
}
