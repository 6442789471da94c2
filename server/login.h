/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "net/doorkeeper.h"
#include "server/passwords.h"
#include "server/session.h"

/*
 * Who may come in to one target, or by HTTP: what a viewer has shown or said is
 * looked at, the ledger of failures asked and told, the outcome audited.
 * Whatever was wrong, the viewer is told the same; the audit says which it was.
 *
 * Threads: loop thread only.
 * Errors:  -ENOMEM at creation; a login that cannot be looked at is refused.
 */
struct server_login;

/* What the logins of all targets share; borrowed. */
struct server_login_parts {
	struct net_doorkeeper *doorkeeper;
	const struct server_users *users;
	struct server_passwords *passwords;
	struct server_audit *audit;
	struct server_sessions *sessions;
	uint64_t (*now_us)(void); /* clock_now_us; tests bring their own */
};

enum server_login_refusal_kind {
	SERVER_LOGIN_WRONG,   /* it was looked at */
	SERVER_LOGIN_WAITING, /* its source has failed too often: see wait_s */
	SERVER_LOGIN_BUSY,    /* too many at once */
};

struct server_login_refusal {
	enum server_login_refusal_kind kind;
	const char *words; /* for whoever logs in; borrowed */
	unsigned wait_s;
};

struct server_login_options {
	const struct server_session_place *place; /* borrowed */
	enum server_role password_role;           /* of the target's password */
	bool has_password;
	/* NULL: it is logged in, and `place` has a session of it. */
	void (*answer)(void *context, vnc_viewer_id viewer,
			const struct server_login_refusal *refusal);
	void *context;
};

int server_login_create(struct server_login **out,
		const struct server_login_parts *parts,
		const struct server_login_options *options);

/* What is being looked at is forgotten unanswered. NULL is allowed. */
void server_login_destroy(struct server_login *login);

/* Answers now or later. */
void server_login_ask(struct server_login *login, vnc_viewer_id viewer,
		const struct vnc_login *proof);

/* It is gone, and wants no answer any more. Any viewer of the target may be. */
void server_login_leave(struct server_login *login, vnc_viewer_id viewer);
