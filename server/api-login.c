/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/stream.h"
#include "server/daemon.h"
#include "server/setup.h"
#include "server/web-logins.h"
#include "vnc/server.h"

static const struct server_access *access_of(const struct server_api_call *call)
{
	return server_daemon_get_shared(server_api_call_get_daemon(call))
			->access;
}

static json_t *describe(const struct server_web_logins *logins,
		const struct server_web_login *login,
		const struct server_caller *caller)
{
	return json_pack("{s:s, s:b, s:s, s:s, s:s, s:I}", "version",
			RACKHAND_VERSION, "logged_in", 1, "user", caller->name,
			"role",
			server_role_text(server_caller_role(caller, NULL)),
			"csrf", login->csrf, "expires_s",
			(json_int_t)(server_web_login_left_us(logins, login) /
					CLOCK_US_PER_S));
}

void server_api_session(struct server_api_call *call)
{
	const struct server_caller *caller = server_api_call_get_caller(call);
	const struct server_access *access = access_of(call);
	const struct server_web_login *login = NULL;

	if (caller->kind == SERVER_CALLER_SESSION)
		login = server_web_login_find_session(
				access->web_logins, caller->session);
	if (login)
		server_api_call_reply(call,
				describe(access->web_logins, login, caller));
	else if (caller->kind == SERVER_CALLER_TOKEN)
		server_api_call_reply(call,
				json_pack("{s:s, s:b, s:s, s:s}", "version",
						RACKHAND_VERSION, "logged_in",
						1, "user", caller->name, "role",
						server_role_text(server_caller_role(
								caller,
								NULL))));
	else
		server_api_call_reply(call,
				json_pack("{s:b, s:b}", "logged_in", 0, "setup",
						server_setup_is_open(
								access->setup)));
}

/* ---- logging in -----------------------------------------------------------
 */

static void refuse(struct server_api_call *call,
		const struct server_login_refusal *refusal)
{
	static const unsigned statuses[] = {
			[SERVER_LOGIN_WRONG] = 401,
			[SERVER_LOGIN_WAITING] = 429,
			[SERVER_LOGIN_BUSY] = 503,
	};
	json_t *details = NULL;

	if (refusal->kind == SERVER_LOGIN_WAITING)
		details = json_pack("{s:I}", "retry_s",
				(json_int_t)refusal->wait_s);
	server_api_call_fail(call, statuses[refusal->kind], details, "%s",
			refusal->words);
}

static void on_login(void *context, struct server_web_login *login,
		const char *cookie, const struct server_login_refusal *refusal)
{
	struct server_api_call *call = context;
	const struct server_caller *before = server_api_call_get_caller(call);
	struct server_web_logins *logins = access_of(call)->web_logins;
	struct server_web_login *old = NULL;
	struct server_caller caller;

	if (refusal) {
		refuse(call, refusal);
		return;
	}
	if (before->kind == SERVER_CALLER_SESSION)
		old = server_web_login_find_session(logins, before->session);
	if (old)
		server_web_login_end(logins, old, "logged in anew");
	if (server_api_call_is_abandoned(call) ||
			!server_web_login_get_caller(logins, login,
					&before->address, &caller)) {
		server_web_login_end(logins, login, "left before the answer");
		server_api_call_fail(call, 401, NULL, "log in again");
		return;
	}
	server_api_call_set_cookie(call, cookie);
	server_api_call_reply(call, describe(logins, login, &caller));
}

void server_api_login(struct server_api_call *call)
{
	const char *user = server_api_call_take_text(call, "user");
	const char *password = user
			? server_api_call_take_text(call, "password")
			: NULL;

	if (!password)
		return;
	if (strlen(user) > VNC_USER_MAX_BYTES ||
			strlen(password) > VNC_SECRET_MAX_BYTES) {
		server_api_call_fail(call, 422, NULL,
				"a user's name has at most %d bytes, a password %d",
				VNC_USER_MAX_BYTES, VNC_SECRET_MAX_BYTES);
		return;
	}
	server_web_login_ask(access_of(call)->web_logins,
			&server_api_call_get_caller(call)->address, user,
			password, on_login, call);
}

void server_api_logout(struct server_api_call *call)
{
	const struct server_caller *caller = server_api_call_get_caller(call);
	struct server_web_logins *logins = access_of(call)->web_logins;
	struct server_web_login *login = NULL;

	/* Tokens have numbers of their own. */
	if (caller->kind == SERVER_CALLER_SESSION)
		login = server_web_login_find_session(logins, caller->session);
	if (login)
		server_web_login_end(logins, login, "logged out");
	server_api_call_set_cookie(call, "");
	server_api_call_reply_done(call);
}

/* ---- watching -------------------------------------------------------------
 */

/* The target is looked for again then: it may be another one, or none. */
struct watcher {
	struct server_daemon *daemon;
	uint64_t session;
	char target[CONFIG_NAME_MAX + 1];
};

static void on_upgraded(void *context, struct net_stream *stream,
		const struct core_address *peer)
{
	struct watcher *watcher = context;
	struct server_target *target = server_daemon_find_target(
			watcher->daemon, watcher->target);
	int rc;

	if (stream && !target) {
		net_stream_destroy(stream);
	} else if (stream) {
		rc = server_target_adopt(
				target, stream, peer, watcher->session);
		if (rc < 0)
			log_warning_errno(rc, "%s: a browser is turned away",
					watcher->target);
	}
	free(watcher);
}

void server_api_watch(struct server_api_call *call)
{
	const struct server_caller *caller = server_api_call_get_caller(call);
	struct watcher *watcher = calloc(1, sizeof(*watcher));
	int rc;

	if (!watcher) {
		server_api_call_reply(call, NULL);
		return;
	}
	watcher->daemon = server_api_call_get_daemon(call);
	watcher->session = caller->session;
	strcpy(watcher->target, server_api_call_get_target_name(call));
	rc = caller->kind == SERVER_CALLER_SESSION
			? server_api_call_upgrade(call, on_upgraded, watcher)
			: -EPERM;
	if (rc == 0)
		return;
	free(watcher);
	if (rc == -EPERM)
		server_api_call_fail(call, 403, NULL,
				"a token watches nothing; log in");
	else
		server_api_call_fail(call, 400, NULL,
				"this is no WebSocket of version 13");
}
