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

static bool operates(const struct server_daemon *daemon,
		const struct server_session *session)
{
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);

	for (size_t i = 0; i < targets_n; i++) {
		const struct server_target *target =
				server_daemon_get_target(daemon, i);
		struct server_target_parts parts;

		if (!target)
			continue;
		parts = server_target_get_parts(target);
		if (parts.place == session->place)
			return server_turn_get_operator(parts.turn) ==
					session->viewer;
	}
	return false;
}

static json_t *describe(const struct server_daemon *daemon,
		const struct server_session *session)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b}", "id",
			(json_int_t)session->id, "target",
			session->place->target, "user", session->user, "role",
			server_role_text(session->role), "peer", session->peer,
			"how", session->how, "since_s",
			seconds_since(session->login_us), "idle_s",
			seconds_since(session->input_us), "operator",
			operates(daemon, session));
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
	uint64_t id = parse_id(
			json_string_value(json_object_get(request, "id")));
	struct server_session *session = server_session_find_id(
			server_daemon_get_sessions(daemon), id);
	char reason[REASON_MAX_BYTES + 40];
	json_t *result;

	if (!session) {
		snprintf(why, SERVER_CONTROL_WHY_BYTES,
				"there is no session of that number; \"sessions\" lists them");
		return NULL;
	}
	format_reason(reason, sizeof(reason), uid,
			json_string_value(json_object_get(request, "reason")));
	result = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)session->id,
			"user", session->user, "target",
			session->place->target);
	server_session_close(session, reason);
	return result;
}
