/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/sharing.h"

#include <stdio.h>

/* The next one who is in the same place; NULL: no more. */
static struct server_session *next_beside(struct server_sessions *sessions,
		const struct server_session *newcomer,
		struct server_session *other)
{
	while ((other = server_session_next(sessions, other)))
		if (other != newcomer && other->place == newcomer->place &&
				other->joined &&
				other->role != SERVER_ROLE_NONE)
			return other;
	return NULL;
}

const char *server_sharing_refuse(struct server_sessions *sessions,
		const struct server_session *newcomer,
		enum config_shared shared)
{
	if (shared != CONFIG_SHARED_NEVER ||
			!next_beside(sessions, newcomer, NULL))
		return NULL;
	return "Somebody is here, and only one may be";
}

static void send_others_away(struct server_sessions *sessions,
		const struct server_session *newcomer)
{
	struct server_session *other = NULL;
	char why[128];

	snprintf(why, sizeof(why), "%s wants to be alone here",
			server_session_get_name(newcomer));
	while ((other = next_beside(sessions, newcomer, other)))
		server_session_close(other, why);
}

/* Who only looks does not decide who else may. */
void server_sharing_apply(struct server_sessions *sessions,
		struct server_session *newcomer, enum config_shared shared,
		bool alone)
{
	const char *refusal = server_sharing_refuse(sessions, newcomer, shared);

	if (refusal)
		server_session_close(newcomer, refusal);
	else if (shared == CONFIG_SHARED_ASKED && alone &&
			newcomer->role >= SERVER_ROLE_OPERATOR)
		send_others_away(sessions, newcomer);
}
