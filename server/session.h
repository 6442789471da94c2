/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/audit.h"
#include "server/role.h"
#include "server/users.h"
#include "vnc/server.h"

/*
 * Who is logged in: where, since when, and in which role. What a viewer may do
 * is asked here. Who has lost the right to be here (the user was removed, the
 * password or the role is another one) can do nothing from that moment on, and
 * is sent away. Logins and their ends are audited here.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno.
 */
struct server_sessions;

/* Where one is logged in: a target, or HTTP. It outlives its sessions. */
struct server_session_place {
	const char *target; /* its name; NULL: HTTP */
	/* Send it away; server_session_end follows, from the loop. */
	void (*close)(void *context, vnc_viewer_id viewer, const char *why);
	void *context;
};

/* The target's name, or "web". */
const char *server_session_place_text(const struct server_session_place *place);

enum server_session_kind {
	SERVER_SESSION_LOCAL,    /* nobody asked who it is */
	SERVER_SESSION_PASSWORD, /* it knows the target's password */
	SERVER_SESSION_USER,     /* of the users file */
};

#define SERVER_SESSION_HOW_BYTES 16
#define SERVER_SESSION_PEER_BYTES 64

/* For everybody but server/session to read only. */
struct server_session {
	uint64_t id;     /* in this process; never 0, never used again */
	uint64_t parent; /* the id of the one that brought it; 0: none */
	const struct server_session_place *place;
	vnc_viewer_id viewer; /* in that place; of HTTP just a number */
	enum server_session_kind kind;
	/* A name of the users file, or "(local)", "(password)". */
	char user[SERVER_USER_NAME_MAX_BYTES + 1];
	uint64_t generation;   /* of the user at login; 0: it is none */
	enum server_role role; /* none once it is being sent away */
	char peer[SERVER_SESSION_PEER_BYTES];
	char how[SERVER_SESSION_HOW_BYTES]; /* "x509plain" */
	bool joined;                        /* it is shown the screen */
	uint64_t login_us;
	uint64_t input_us; /* when it typed or pointed last, or logged in */
};

/*
 * `users` and `audit` are borrowed. `now_us`: clock_now_us; tests bring their
 * own.
 */
int server_sessions_create(struct server_sessions **out,
		const struct server_users *users, struct server_audit *audit,
		uint64_t (*now_us)(void));

/* Called when one has begun, and before one that is gone is freed. */
typedef void server_sessions_changed(
		void *context, const struct server_session *session, bool here);
void server_sessions_set_changed(struct server_sessions *sessions,
		server_sessions_changed *changed, void *context);

/* All sessions have ended. NULL is allowed. */
void server_sessions_destroy(struct server_sessions *sessions);

/* What begins a session; copied, `peer` and `how` cut. */
struct server_session_login {
	enum server_session_kind kind;
	const char *user; /* SERVER_SESSION_USER, else NULL */
	uint64_t generation;
	enum server_role role;
	const char *peer;
	const char *how;
	uint64_t parent; /* it ends with that session; 0: with none */
};

int server_session_begin(struct server_sessions *sessions,
		const struct server_session_place *place, vnc_viewer_id viewer,
		const struct server_session_login *login);

/* What others know it by: the user, or where it comes from. */
const char *server_session_get_name(const struct server_session *session);

/* NULL: there is none. */
struct server_session *server_session_find(struct server_sessions *sessions,
		const struct server_session_place *place, vnc_viewer_id viewer);
struct server_session *server_session_find_id(
		struct server_sessions *sessions, uint64_t id);

/* The one after it, in order of login; NULL: the first; then NULL: no more. */
struct server_session *server_session_next(struct server_sessions *sessions,
		const struct server_session *session);

/*
 * May it do what this message asks? NULL may nothing. Notes when somebody sits
 * there, too.
 */
bool server_session_may(
		struct server_session *session, enum vnc_message_kind kind);

void server_session_join(struct server_session *session);

/* Take its role and send it away, with those that it brought. */
void server_session_close(struct server_session *session, const char *why);

/* It is gone; frees it. Those that it brought are closed. NULL is allowed. */
void server_session_end(struct server_session *session, const char *why);

/* That place is no more: its sessions end, nobody is told to close. */
void server_session_end_place(struct server_sessions *sessions,
		const struct server_session_place *place, const char *why);

/* The users are others than before: who may no longer be here is closed. */
void server_sessions_review(struct server_sessions *sessions);

/* The target's password is another one: who came in by it is closed. */
void server_session_close_password(struct server_sessions *sessions,
		const struct server_session_place *place);
