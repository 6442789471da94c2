/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/login.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/clock.h"
#include "core/log.h"
#include "vnc/viewer.h"

/* One hint that nobody can come in, and one line for refusals unlooked at, in
 * that time: strangers do not fill disks. */
#define HINT_US (60 * CLOCK_US_PER_S)
#define UNSEEN_US (10 * CLOCK_US_PER_S)

static const struct server_login_refusal wrong = {
		SERVER_LOGIN_WRONG, .words = "Wrong user name or password"};
static const struct server_login_refusal logged_out = {SERVER_LOGIN_WRONG,
		.words = "You are logged out: log in again"};
static const struct server_login_refusal not_here = {SERVER_LOGIN_WRONG,
		.words = "You have no role on this machine"};
static const struct server_login_refusal busy = {SERVER_LOGIN_BUSY,
		.words = "Too many logins at once: try again"};

struct attempt {
	struct server_login *login;
	vnc_viewer_id viewer;
	struct core_address peer;
	char how[SERVER_SESSION_HOW_BYTES];
	char user[VNC_USER_MAX_BYTES + 1];
	uint64_t generation; /* of whose password is looked at; 0: nobody's */
	struct server_password_check *check;
	TAILQ_ENTRY(attempt) in_login;
};

struct server_login {
	struct server_login_parts parts;
	struct server_login_options options;
	uint64_t hinted_us;  /* 0: never */
	uint64_t unseen_us;  /* when one was recorded; 0: never */
	json_int_t unseen_n; /* refused unlooked at since then */
	TAILQ_HEAD(, attempt) attempts;
};

int server_login_create(struct server_login **out,
		const struct server_login_parts *parts,
		const struct server_login_options *options)
{
	struct server_login *login = calloc(1, sizeof(*login));

	*out = login;
	if (!login)
		return -ENOMEM;
	login->parts = *parts;
	login->options = *options;
	TAILQ_INIT(&login->attempts);
	return 0;
}

static void attempt_destroy(struct attempt *attempt)
{
	TAILQ_REMOVE(&attempt->login->attempts, attempt, in_login);
	server_password_check_cancel(attempt->check);
	free(attempt);
}

void server_login_destroy(struct server_login *login)
{
	struct attempt *attempt;

	if (!login)
		return;
	while ((attempt = TAILQ_FIRST(&login->attempts)))
		attempt_destroy(attempt);
	free(login);
}

/* ---- what the log is told ---------------------------------------------------
 */

static bool is_due(uint64_t *last_us, uint64_t now_us, uint64_t every_us)
{
	if (*last_us && now_us - *last_us < every_us)
		return false;
	*last_us = now_us;
	return true;
}

/*
 * A name that is nobody's is kept to ourselves: it may be a password that
 * somebody typed into the wrong field. `user` NULL: none was said.
 */
static json_t *describe(const struct server_login *login,
		const struct core_address *peer, const char *how,
		const char *user, const char *reason)
{
	char from[VNC_PEER_TEXT_BYTES];

	vnc_viewer_describe_peer(peer, from);
	if (user && !server_users_find(login->parts.users, user))
		user = "(unknown)";
	return json_pack("{s:s*, s:s*, s:s, s:s, s:s}", "target",
			login->options.place->target, "user", user, "peer",
			from, "how", how, "reason", reason);
}

static void hint(struct server_login *login, const char *what)
{
	if (is_due(&login->hinted_us, login->parts.now_us(), HINT_US))
		log_warning("%s: nobody can log in so: %s",
				server_session_place_text(login->options.place),
				what);
}

/* ---- the verdict ------------------------------------------------------------
 */

static void answer(struct server_login *login, vnc_viewer_id viewer,
		const struct server_login_refusal *refusal)
{
	login->options.answer(login->options.context, viewer, refusal);
}

/* It was looked at, and was wrong: that is held against its source. */
static void fail(struct server_login *login, vnc_viewer_id viewer,
		const struct core_address *peer, json_t *details)
{
	net_doorkeeper_count_failure(login->parts.doorkeeper, peer);
	server_audit_write(login->parts.audit, "login-failed", details);
	answer(login, viewer, &wrong);
}

/*
 * Of what was not looked at, which anybody can have as often as they like: the
 * first of some time, and how many there were.
 */
static void audit_unseen(struct server_login *login, json_t *details)
{
	if (!is_due(&login->unseen_us, login->parts.now_us(), UNSEEN_US)) {
		login->unseen_n++;
		json_decref(details);
		return;
	}
	if (details && login->unseen_n)
		json_object_set_new(details, "count",
				json_integer(login->unseen_n + 1));
	login->unseen_n = 0;
	server_audit_write(login->parts.audit, "login-failed", details);
}

static void refuse(struct server_login *login, vnc_viewer_id viewer,
		json_t *details, const struct server_login_refusal *refusal)
{
	audit_unseen(login, details);
	answer(login, viewer, refusal);
}

/* Whether it was, because its source has failed too often. */
static bool refuse_waiting(struct server_login *login, vnc_viewer_id viewer,
		const struct core_address *peer, const char *how,
		const char *user)
{
	uint64_t wait_us = net_doorkeeper_get_wait_us(
			login->parts.doorkeeper, peer);
	struct server_login_refusal refusal = {.kind = SERVER_LOGIN_WAITING};
	char words[80];

	if (wait_us == 0)
		return false;
	refusal.wait_s = (unsigned)((wait_us + CLOCK_US_PER_S - 1) /
			CLOCK_US_PER_S);
	snprintf(words, sizeof(words),
			"Too many failed logins from your address: wait %u s",
			refusal.wait_s);
	refusal.words = words;
	refuse(login, viewer, describe(login, peer, how, user, "waiting"),
			&refusal);
	return true;
}

static void admit(struct server_login *login, vnc_viewer_id viewer,
		const struct core_address *peer,
		const struct server_session_login *who)
{
	struct server_session_login from = *who;
	char text[VNC_PEER_TEXT_BYTES];

	vnc_viewer_describe_peer(peer, text);
	from.peer = text;
	if (server_session_begin(login->parts.sessions, login->options.place,
			    viewer, &from) < 0)
		answer(login, viewer, &busy);
	else
		answer(login, viewer, NULL);
}

/* ---- the target's password --------------------------------------------------
 */

static void judge_password(struct server_login *login, vnc_viewer_id viewer,
		const struct vnc_login *proof)
{
	const struct server_session_login who = {
			.kind = SERVER_SESSION_PASSWORD,
			.role = login->options.password_role,
			.how = proof->security,
	};
	bool has_password = login->options.has_password;

	if (refuse_waiting(login, viewer, proof->peer, proof->security, NULL))
		return;
	if (has_password && proof->proved) {
		admit(login, viewer, proof->peer, &who);
		return;
	}
	if (!has_password)
		hint(login, "the target has no password_file");
	fail(login, viewer, proof->peer,
			describe(login, proof->peer, proof->security, NULL,
					has_password ? "not-proved"
						     : "no-password"));
}

/* ---- users ------------------------------------------------------------------
 */

/* Why that user, whose password is right or not, stays out; NULL: it need not.
 */
static const char *objection(const struct attempt *attempt,
		const struct server_user *user, bool right)
{
	const struct server_login *login = attempt->login;

	if (server_users_count(login->parts.users) == 0)
		return "no-users";
	if (!right)
		return "wrong";
	if (!user || server_user_generation(user) != attempt->generation)
		return "changed-meanwhile";
	if (server_user_role(user, login->options.place->target) ==
			SERVER_ROLE_NONE)
		return "no-role-here";
	return NULL;
}

static void judge_user(struct attempt *attempt, bool right)
{
	struct server_login *login = attempt->login;
	const struct server_user *user =
			server_users_find(login->parts.users, attempt->user);
	const char *reason = objection(attempt, user, right);
	struct server_session_login who = {
			.kind = SERVER_SESSION_USER,
			.user = attempt->user,
			.generation = attempt->generation,
			.how = attempt->how,
	};

	if (!reason) {
		who.role = server_user_role(user, login->options.place->target);
		admit(login, attempt->viewer, &attempt->peer, &who);
		return;
	}
	if (strcmp(reason, "no-users") == 0)
		hint(login, "there are no users; \"rackhand user add NAME\" makes one");
	fail(login, attempt->viewer, &attempt->peer,
			describe(login, &attempt->peer, attempt->how,
					attempt->user, reason));
}

/*
 * Others from there may have failed while this one was looked at. Then nothing
 * is said of it: many guesses at once are worth no more than one.
 */
static void on_checked(void *context, bool right)
{
	struct attempt *attempt = context;

	attempt->check = NULL;
	if (!refuse_waiting(attempt->login, attempt->viewer, &attempt->peer,
			    attempt->how, attempt->user))
		judge_user(attempt, right);
	attempt_destroy(attempt);
}

static struct attempt *attempt_create(struct server_login *login,
		vnc_viewer_id viewer, const struct vnc_login *proof)
{
	struct attempt *attempt = calloc(1, sizeof(*attempt));
	const struct server_user *user;

	if (!attempt)
		return NULL;
	attempt->login = login;
	attempt->viewer = viewer;
	attempt->peer = *proof->peer;
	snprintf(attempt->how, sizeof(attempt->how), "%s", proof->security);
	snprintf(attempt->user, sizeof(attempt->user), "%s", proof->user);
	user = server_users_find(login->parts.users, attempt->user);
	if (user)
		attempt->generation = server_user_generation(user);
	TAILQ_INSERT_TAIL(&login->attempts, attempt, in_login);
	return attempt;
}

static void check_user(struct server_login *login, vnc_viewer_id viewer,
		const struct vnc_login *proof)
{
	struct attempt *attempt;
	int rc = -ENOMEM;

	if (refuse_waiting(login, viewer, proof->peer, proof->security,
			    proof->user))
		return;
	attempt = attempt_create(login, viewer, proof);
	if (attempt)
		rc = server_passwords_check(&attempt->check,
				login->parts.passwords, proof->peer,
				proof->user, proof->secret, on_checked,
				attempt);
	if (rc == 0)
		return;
	if (attempt)
		attempt_destroy(attempt);
	refuse(login, viewer,
			describe(login, proof->peer, proof->security,
					proof->user, "busy"),
			&busy);
}

/* ---- who is logged in elsewhere, and brings a ticket ------------------------
 */

/* Why it stays out; NULL: it need not. */
static const char *ticket_objection(const struct server_login *login,
		const struct server_session *parent)
{
	const struct server_user *user;

	if (!parent || parent->kind != SERVER_SESSION_USER ||
			parent->role == SERVER_ROLE_NONE)
		return "logged-out";
	user = server_users_find(login->parts.users, parent->user);
	if (!user || server_user_generation(user) != parent->generation)
		return "logged-out";
	if (server_user_role(user, login->options.place->target) ==
			SERVER_ROLE_NONE)
		return "no-role-here";
	return NULL;
}

/* Nobody guesses here: nothing is held against a source. */
static void judge_ticket(struct server_login *login, vnc_viewer_id viewer,
		const struct vnc_login *proof)
{
	const struct server_session *parent = server_session_find_id(
			login->parts.sessions, proof->ticket);
	const char *reason = ticket_objection(login, parent);
	struct server_session_login who = {
			.kind = SERVER_SESSION_USER,
			.how = proof->security,
	};

	if (reason) {
		refuse(login, viewer,
				describe(login, proof->peer, proof->security,
						parent ? parent->user : NULL,
						reason),
				strcmp(reason, "logged-out") == 0 ? &logged_out
								  : &not_here);
		return;
	}
	who.user = parent->user;
	who.generation = parent->generation;
	who.parent = parent->id;
	who.role = server_user_role(
			server_users_find(login->parts.users, parent->user),
			login->options.place->target);
	admit(login, viewer, proof->peer, &who);
}

/* ---- a viewer asks, and may not wait for the answer -------------------------
 */

void server_login_ask(struct server_login *login, vnc_viewer_id viewer,
		const struct vnc_login *proof)
{
	const struct server_session_login local = {
			.kind = SERVER_SESSION_LOCAL,
			.role = SERVER_ROLE_ADMIN,
			.how = proof->security,
	};

	switch (proof->proof) {
	case VNC_PROOF_NONE: /* loopback and Unix sockets only */
		admit(login, viewer, proof->peer, &local);
		return;
	case VNC_PROOF_PASSWORD:
		judge_password(login, viewer, proof);
		return;
	case VNC_PROOF_USER:
		check_user(login, viewer, proof);
		return;
	case VNC_PROOF_TICKET:
		judge_ticket(login, viewer, proof);
		return;
	}
}

/*
 * Not held against its source: it has learned nothing, and may have waited too
 * long because of others.
 */
void server_login_leave(struct server_login *login, vnc_viewer_id viewer)
{
	struct attempt *attempt;

	TAILQ_FOREACH(attempt, &login->attempts, in_login)
	{
		if (attempt->viewer != viewer)
			continue;
		audit_unseen(login,
				describe(login, &attempt->peer, attempt->how,
						attempt->user, "left"));
		attempt_destroy(attempt);
		return;
	}
}
