/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/clock.h"
#include "server/permissions.h"

struct entry {
	struct server_session session; /* first: one is the other */
	struct server_sessions *sessions;
	TAILQ_ENTRY(entry) in_sessions;
};

struct server_sessions {
	const struct server_users *users;
	struct server_audit *audit;
	uint64_t (*now_us)(void);
	server_sessions_changed *changed; /* NULL: nobody needs to know */
	void *changed_context;
	uint64_t last_id;
	TAILQ_HEAD(, entry) entries;
};

static struct entry *entry_of(struct server_session *session)
{
	return (struct entry *)session;
}

int server_sessions_create(struct server_sessions **out,
		const struct server_users *users, struct server_audit *audit,
		uint64_t (*now_us)(void))
{
	struct server_sessions *sessions = calloc(1, sizeof(*sessions));

	*out = sessions;
	if (!sessions)
		return -ENOMEM;
	sessions->users = users;
	sessions->audit = audit;
	sessions->now_us = now_us;
	TAILQ_INIT(&sessions->entries);
	return 0;
}

void server_sessions_set_changed(struct server_sessions *sessions,
		server_sessions_changed *changed, void *context)
{
	sessions->changed = changed;
	sessions->changed_context = context;
}

static void say_changed(const struct server_session *session, bool here)
{
	const struct server_sessions *sessions =
			((const struct entry *)session)->sessions;

	if (sessions->changed)
		sessions->changed(sessions->changed_context, session, here);
}

void server_sessions_destroy(struct server_sessions *sessions)
{
	free(sessions);
}

const char *server_session_place_text(const struct server_session_place *place)
{
	return place->target ? place->target : "web";
}

/* ---- one session ----------------------------------------------------------
 */

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)size - 1, from);
}

static const char *name_of(const struct server_session_login *login)
{
	switch (login->kind) {
	case SERVER_SESSION_LOCAL:
		return "(local)";
	case SERVER_SESSION_PASSWORD:
		return "(password)";
	case SERVER_SESSION_USER:
		break;
	}
	return login->user;
}

static void audit_begin(struct server_sessions *sessions,
		const struct server_session *session)
{
	server_audit_write(sessions->audit, "login",
			json_pack("{s:I, s:s*, s:s, s:s, s:s, s:s}", "session",
					(json_int_t)session->id, "target",
					session->place->target, "user",
					session->user, "role",
					server_role_text(session->role), "peer",
					session->peer, "how", session->how));
}

int server_session_begin(struct server_sessions *sessions,
		const struct server_session_place *place, vnc_viewer_id viewer,
		const struct server_session_login *login)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct server_session *session = &entry->session;

	if (!entry)
		return -ENOMEM;
	entry->sessions = sessions;
	*session = (struct server_session){
			.id = ++sessions->last_id,
			.place = place,
			.parent = login->parent,
			.viewer = viewer,
			.kind = login->kind,
			.generation = login->generation,
			.role = login->role,
			.login_us = sessions->now_us(),
	};
	session->input_us = session->login_us;
	copy(session->user, sizeof(session->user), name_of(login));
	copy(session->peer, sizeof(session->peer), login->peer);
	copy(session->how, sizeof(session->how), login->how);
	TAILQ_INSERT_TAIL(&sessions->entries, entry, in_sessions);
	audit_begin(sessions, session);
	say_changed(session, true);
	return 0;
}

const char *server_session_get_name(const struct server_session *session)
{
	return session->kind == SERVER_SESSION_USER ? session->user
						    : session->peer;
}

/* Who types into a console sits before its page, too. */
static void note_input(struct server_sessions *sessions,
		struct server_session *session)
{
	struct server_session *parent = NULL;

	session->input_us = sessions->now_us();
	if (session->parent)
		parent = server_session_find_id(sessions, session->parent);
	if (parent)
		parent->input_us = session->input_us;
}

bool server_session_may(
		struct server_session *session, enum vnc_message_kind kind)
{
	if (!session)
		return false;
	if (kind == VNC_MESSAGE_KEY || kind == VNC_MESSAGE_POINTER)
		note_input(entry_of(session)->sessions, session);
	return server_permissions_suffice(
			session->role, server_permissions_for_message(kind));
}

void server_session_join(struct server_session *session)
{
	session->joined = true;
}

static void close_brought(const struct server_session *parent, const char *why)
{
	struct server_sessions *sessions =
			((const struct entry *)parent)->sessions;
	struct entry *entry;

	TAILQ_FOREACH(entry, &sessions->entries, in_sessions)
	if (entry->session.parent == parent->id)
		server_session_close(&entry->session, why);
}

void server_session_close(struct server_session *session, const char *why)
{
	if (session->role == SERVER_ROLE_NONE)
		return; /* on its way already */
	session->role = SERVER_ROLE_NONE;
	close_brought(session, why);
	session->place->close(session->place->context, session->viewer, why);
}

void server_session_end(struct server_session *session, const char *why)
{
	struct server_sessions *sessions;
	uint64_t stayed_us;

	if (!session)
		return;
	close_brought(session, why);
	sessions = entry_of(session)->sessions;
	stayed_us = sessions->now_us() - session->login_us;
	server_audit_write(sessions->audit, "disconnect",
			json_pack("{s:I, s:s*, s:s, s:s, s:s, s:I}", "session",
					(json_int_t)session->id, "target",
					session->place->target, "user",
					session->user, "peer", session->peer,
					"reason", why, "duration_s",
					(json_int_t)(stayed_us /
							CLOCK_US_PER_S)));
	TAILQ_REMOVE(&sessions->entries, entry_of(session), in_sessions);
	say_changed(session, false);
	free(session);
}

/* ---- all of them ----------------------------------------------------------
 */

struct server_session *server_session_next(struct server_sessions *sessions,
		const struct server_session *session)
{
	const struct entry *entry = (const struct entry *)session;
	struct entry *next = entry ? TAILQ_NEXT(entry, in_sessions)
				   : TAILQ_FIRST(&sessions->entries);

	return next ? &next->session : NULL;
}

struct server_session *server_session_find(struct server_sessions *sessions,
		const struct server_session_place *place, vnc_viewer_id viewer)
{
	struct entry *entry;

	TAILQ_FOREACH(entry, &sessions->entries, in_sessions)
	if (entry->session.place == place && entry->session.viewer == viewer)
		return &entry->session;
	return NULL;
}

struct server_session *server_session_find_id(
		struct server_sessions *sessions, uint64_t id)
{
	struct entry *entry;

	TAILQ_FOREACH(entry, &sessions->entries, in_sessions)
	if (entry->session.id == id)
		return &entry->session;
	return NULL;
}

void server_session_end_place(struct server_sessions *sessions,
		const struct server_session_place *place, const char *why)
{
	struct server_session *session = server_session_next(sessions, NULL);

	while (session) {
		struct server_session *next =
				server_session_next(sessions, session);

		if (session->place == place)
			server_session_end(session, why);
		session = next;
	}
}

/* Why a user may not stay as it is; NULL: it may. */
static const char *objection(const struct server_sessions *sessions,
		const struct server_session *session)
{
	const struct server_user *user =
			server_users_find(sessions->users, session->user);

	if (!user)
		return "this user was removed";
	if (server_user_generation(user) != session->generation)
		return "this user's password was changed";
	if (server_user_role(user, session->place->target) != session->role)
		return "this user's role was changed";
	return NULL;
}

void server_sessions_review(struct server_sessions *sessions)
{
	struct entry *entry;

	TAILQ_FOREACH(entry, &sessions->entries, in_sessions)
	{
		const char *why = NULL;

		if (entry->session.kind == SERVER_SESSION_USER)
			why = objection(sessions, &entry->session);
		if (why)
			server_session_close(&entry->session, why);
	}
}

void server_session_close_password(struct server_sessions *sessions,
		const struct server_session_place *place)
{
	struct entry *entry;

	TAILQ_FOREACH(entry, &sessions->entries, in_sessions)
	if (entry->session.kind == SERVER_SESSION_PASSWORD &&
			entry->session.place == place)
		server_session_close(&entry->session,
				"the target's password was changed");
}
