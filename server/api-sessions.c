/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-sessions.h"

#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "server/daemon.h"
#include "server/session.h"

#define REASON_MAX_BYTES 80

static bool asks(const struct server_turn *turn, vnc_viewer_id viewer)
{
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX];
	size_t askers_n = server_turn_get_askers(turn, askers);

	for (size_t i = 0; i < askers_n; i++)
		if (askers[i] == viewer)
			return true;
	return false;
}

/* NULL: it is one of HTTP, which has no keyboard. */
static const struct server_turn *find_turn(const struct server_daemon *daemon,
		const struct server_session *session)
{
	const char *name = session->place->target;

	return name ? server_target_get_parts(
				      server_daemon_find_target(daemon, name))
					.turn
		    : NULL;
}

static json_t *describe(const struct server_daemon *daemon,
		const struct server_session *session)
{
	const struct server_turn *turn = find_turn(daemon, session);

	return json_pack("{s:I, s:s?, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:b}",
			"id", (json_int_t)session->id, "target",
			session->place->target, "user", session->user, "role",
			server_role_text(session->role), "peer", session->peer,
			"how", session->how, "since_s",
			(json_int_t)clock_seconds_since(session->login_us),
			"idle_s",
			(json_int_t)clock_seconds_since(session->input_us),
			"operator",
			turn &&
					server_turn_get_operator(turn) ==
							session->viewer,
			"asks", turn && asks(turn, session->viewer));
}

/* Of others only an admin of where they are; of HTTP, one of everything. */
static bool may_see(const struct server_caller *caller,
		const struct server_session *session)
{
	const char *target = session->place->target;

	if (server_caller_role(caller, target ? target : "") ==
			SERVER_ROLE_ADMIN)
		return true;
	return caller->kind == SERVER_CALLER_SESSION &&
			session->kind == SERVER_SESSION_USER &&
			strcmp(session->user, caller->name) == 0;
}

void server_api_sessions(struct server_api_call *call)
{
	const struct server_daemon *daemon = server_api_call_get_daemon(call);
	const struct server_caller *caller = server_api_call_get_caller(call);
	struct server_sessions *sessions = server_daemon_get_sessions(daemon);
	struct server_session *session = server_session_next(sessions, NULL);
	json_t *list = json_array();

	for (; session; session = server_session_next(sessions, session))
		if (may_see(caller, session))
			json_array_append_new(list, describe(daemon, session));
	server_api_call_reply(call, json_pack("{s:o}", "sessions", list));
}

struct server_session *server_api_take_session(struct server_api_call *call)
{
	struct server_session *session = NULL;
	json_int_t id;

	if (server_api_param_integer(server_api_call_get_request(call), "id", 1,
			    INT64_MAX, &id) == 0)
		session = server_session_find_id(
				server_daemon_get_sessions(
						server_api_call_get_daemon(
								call)),
				(uint64_t)id);
	if (session && may_see(server_api_call_get_caller(call), session))
		return session;
	server_api_call_fail(call, 404, NULL,
			"there is no session of that number; \"sessions\" lists them");
	return NULL;
}

/* For the log and the audit; nothing in it that could confuse either. */
static void format_reason(
		char *reason, size_t size, const char *who, const char *given)
{
	snprintf(reason, size, "%s disconnected it%s%.*s", who,
			given ? ": " : "", REASON_MAX_BYTES,
			given ? given : "");
	for (char *c = reason; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

void server_api_disconnect(struct server_api_call *call)
{
	const json_t *given = json_object_get(
			server_api_call_get_request(call), "reason");
	struct server_session *session = server_api_take_session(call);
	char reason[REASON_MAX_BYTES + SERVER_CALLER_NAME_BYTES + 32];
	json_t *result;

	if (!session)
		return;
	format_reason(reason, sizeof(reason),
			server_api_call_get_caller(call)->name,
			json_string_value(given));
	result = json_pack("{s:I, s:s, s:s?}", "id", (json_int_t)session->id,
			"user", session->user, "target",
			session->place->target);
	server_session_close(session, reason);
	server_api_call_reply(call, result);
}
