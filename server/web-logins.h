/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "server/bearer.h"
#include "server/caller.h"
#include "server/login.h"

/*
 * Who is logged in over HTTP. Each has a session (server/session.h) in a place
 * of its own, so that it is listed, audited, reviewed and sent away like a
 * viewer. A browser shows the cookie, 256 bits of chance, of which only a hash
 * is kept, and with whatever changes something a second secret, which no other
 * site can read.
 *
 * A login ends when nobody has done anything with it for half an hour, and 12
 * hours after it began. Being shown something is not doing something: requests
 * that only read count for nothing, nor does watching a target or events; those
 * that change something do, so does asking who one is (GET /api/session, which
 * the page does when somebody moves), and input to a target that was opened
 * with it.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno.
 */
struct server_web_logins;

#define SERVER_WEB_LOGINS_MAX 256
#define SERVER_WEB_LOGINS_PER_USER_MAX 32
#define SERVER_WEB_LOGIN_IDLE_US UINT64_C(1800000000)
#define SERVER_WEB_LOGIN_US UINT64_C(43200000000)

/* For everybody else to read only. */
struct server_web_login {
	struct server_session *session; /* its id is what the caller has */
	char csrf[SERVER_BEARER_BYTES];
};

int server_web_logins_create(struct server_web_logins **out, sd_event *event,
		const struct server_login_parts *parts);

/* All of them end. NULL is allowed. */
void server_web_logins_destroy(struct server_web_logins *logins);

/*
 * Who hears, within the same turn, of each that ends; NULL: nobody any more.
 */
void server_web_logins_set_ended(struct server_web_logins *logins,
		void (*ended)(void *context, uint64_t session), void *context);

/*
 * `done` is called once, now or later: with the login and its cookie, which is
 * told nobody else ever, or with why not.
 */
typedef void server_web_login_done(void *context,
		struct server_web_login *login, const char *cookie,
		const struct server_login_refusal *refusal);

void server_web_login_ask(struct server_web_logins *logins,
		const struct core_address *peer, const char *user,
		const char *password, server_web_login_done *done,
		void *context);

/* Whose cookie that is; NULL: nobody's, or it is over. */
struct server_web_login *server_web_login_find(
		struct server_web_logins *logins, const char *cookie);
struct server_web_login *server_web_login_find_session(
		struct server_web_logins *logins, uint64_t session);

/* Somebody has done something with it. */
void server_web_login_touch(struct server_web_logins *logins,
		struct server_web_login *login);

/* Until it ends if nobody does anything. */
uint64_t server_web_login_left_us(const struct server_web_logins *logins,
		const struct server_web_login *login);

/* As it may now. False: its user is gone. */
bool server_web_login_get_caller(const struct server_web_logins *logins,
		const struct server_web_login *login,
		const struct core_address *peer, struct server_caller *caller);

void server_web_login_end(struct server_web_logins *logins,
		struct server_web_login *login, const char *why);

/* The users are others than before: who may do something else is logged out. */
void server_web_logins_review(struct server_web_logins *logins);
