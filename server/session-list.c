/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/session-list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "server/session.h"

#define REASON_MAX_BYTES 80

static json_int_t seconds_since(uint64_t then_us)
{
	return (json_int_t)((clock_now_us() - then_us) / CLOCK_US_PER_S);
}

static bool asks(const struct server_turn *turn, vnc_viewer_id viewer)
{
	vnc_viewer_id askers[SERVER_TURN_ASKERS_MAX];
	size_t askers_n = server_turn_get_askers(turn, askers);

	for (size_t i = 0; i < askers_n; i++)
		if (askers[i] == viewer)
			return true;
	return false;
}

static json_t *describe(const struct server_daemon *daemon,
		const struct server_session *session)
{
	const struct server_turn *turn = server_target_get_parts(
			server_daemon_find_target(
					daemon, session->place->target))
							 .turn;

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:b}",
			"id", (json_int_t)session->id, "target",
			session->place->target, "user", session->user, "role",
			server_role_text(session->role), "peer", session->peer,
			"how", session->how, "since_s",
			seconds_since(session->login_us), "idle_s",
			seconds_since(session->input_us), "operator",
			server_turn_get_operator(turn) == session->viewer,
			"asks", asks(turn, session->viewer));
}

json_t *server_session_list_create(const struct server_daemon *daemon)
{
	struct server_sessions *sessions = server_daemon_get_sessions(daemon);
	struct server_session *session = server_session_next(sessions, NULL);
	json_t *list = json_array();

	for (; session; session = server_session_next(sessions, session))
		json_array_append_new(list, describe(daemon, session));
	return json_pack("{s:o}", "sessions", list);
}

/* "12"; 0 for anything else. */
static uint64_t parse_id(const char *text)
{
	char *end;
	uint64_t id;

	if (!text || text[strspn(text, "0123456789")] != '\0')
		return 0;
	errno = 0;
	id = strtoull(text, &end, 10);
	return errno == 0 ? id : 0;
}

struct server_session *server_session_list_find(
		const struct server_daemon *daemon, const json_t *request,
		char why[SERVER_CONTROL_WHY_BYTES])
{
	uint64_t id = parse_id(
			json_string_value(json_object_get(request, "id")));
	struct server_session *session = server_session_find_id(
			server_daemon_get_sessions(daemon), id);

	if (!session)
		snprintf(why, SERVER_CONTROL_WHY_BYTES,
				"there is no session of that number; \"sessions\" lists them");
	return session;
}

/* For the log and the audit; nothing in it that could confuse either. */
static void format_reason(
		char *reason, size_t size, uid_t uid, const char *given)
{
	snprintf(reason, size, "uid %u disconnected it%s%.*s", (unsigned)uid,
			given ? ": " : "", REASON_MAX_BYTES,
			given ? given : "");
	for (char *c = reason; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

json_t *server_session_disconnect(struct server_daemon *daemon, uid_t uid,
		const json_t *request, char why[SERVER_CONTROL_WHY_BYTES])
{
	struct server_session *session =
			server_session_list_find(daemon, request, why);
	char reason[REASON_MAX_BYTES + 40];
	json_t *result;

	if (!session)
		return NULL;
	format_reason(reason, sizeof(reason), uid,
			json_string_value(json_object_get(request, "reason")));
	result = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)session->id,
			"user", session->user, "target",
			session->place->target);
	server_session_close(session, reason);
	return result;
}
