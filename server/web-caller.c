/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/web-private.h"

#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/clock.h"
#include "vnc/viewer.h"

#define BEARER "Bearer "

static void be_nobody(struct server_caller *caller, struct web_request *request)
{
	*caller = (struct server_caller){
			.kind = SERVER_CALLER_NOBODY,
			.address = *web_request_get_peer(request),
			.name = "nobody",
	};
	vnc_viewer_describe_peer(&caller->address, caller->peer);
}

/* A cookie of yesterday is nobody's fault: it is as good as none. */
static void find_login(struct server_web *web, struct web_request *request,
		struct server_caller *caller)
{
	struct server_web_logins *logins = web->access->web_logins;
	char cookie[SERVER_BEARER_BYTES];
	struct server_web_login *login = NULL;

	if (web_request_read_cookie(
			    request, SERVER_WEB_COOKIE, cookie, sizeof(cookie)))
		login = server_web_login_find(logins, cookie);
	explicit_bzero(cookie, sizeof(cookie));
	if (login)
		server_web_login_get_caller(
				logins, login, &caller->address, caller);
}

static struct server_web_objection refuse_waiting(uint64_t wait_us)
{
	return (struct server_web_objection){429,
			"Too many failed logins from your address: wait for so many seconds as retry_s says",
			(unsigned)((wait_us + CLOCK_US_PER_S - 1) /
					CLOCK_US_PER_S)};
}

static void count_failure(
		struct server_web *web, const struct server_caller *caller)
{
	net_doorkeeper_count_failure(web->access->doorkeeper, &caller->address);
	server_audit_write(web->access->audit, "login-failed",
			json_pack("{s:s, s:s, s:s}", "peer", caller->peer,
					"how", "token", "reason", "wrong"));
}

/* A wrong one is a guess like any other; one that was good once is none. */
static struct server_web_objection find_token(struct server_web *web,
		const char *authorization, struct server_caller *caller)
{
	uint64_t wait_us = net_doorkeeper_get_wait_us(
			web->access->doorkeeper, &caller->address);
	const struct server_token *token = NULL;
	bool expired = false;

	if (wait_us > 0)
		return refuse_waiting(wait_us);
	if (strncasecmp(authorization, BEARER, strlen(BEARER)) == 0)
		token = server_tokens_find(web->access->tokens,
				authorization + strlen(BEARER), &expired);
	if (expired)
		return (struct server_web_objection){
				401, "this token has expired", 0};
	if (!token) {
		count_failure(web, caller);
		return (struct server_web_objection){401,
				"this is no token of ours: the header says Authorization: Bearer rh_...",
				0};
	}
	caller->kind = SERVER_CALLER_TOKEN;
	caller->session = token->id;
	caller->grants = token->grants;
	snprintf(caller->name, sizeof(caller->name), "token %s", token->name);
	return (struct server_web_objection){0};
}

struct server_web_objection server_web_identify(struct server_web *web,
		struct web_request *request, struct server_caller *caller)
{
	const char *authorization =
			web_request_get_header(request, "Authorization");

	be_nobody(caller, request);
	if (authorization)
		return find_token(web, authorization, caller);
	find_login(web, request, caller);
	return (struct server_web_objection){0};
}

bool server_web_is_still(const struct server_web *web,
		const struct server_caller *caller)
{
	switch (caller->kind) {
	case SERVER_CALLER_SESSION:
		return server_web_login_find_session(
				web->access->web_logins, caller->session);
	case SERVER_CALLER_TOKEN:
		return server_tokens_is_good(
				web->access->tokens, caller->session);
	case SERVER_CALLER_NOBODY:
	case SERVER_CALLER_LOCAL:
		break;
	}
	return true;
}

static bool has_csrf(struct server_web *web, struct web_request *request,
		const struct server_caller *caller)
{
	const char *shown = web_request_get_header(request, "X-CSRF-Token");
	const struct server_web_login *login = server_web_login_find_session(
			web->access->web_logins, caller->session);

	return shown && login && strlen(shown) == strlen(login->csrf) &&
			memeql_sec(shown, login->csrf, strlen(shown));
}

struct server_web_objection server_web_check_page(struct server_web *web,
		struct web_request *request, const struct server_caller *caller,
		bool unsafe)
{
	if (caller->kind == SERVER_CALLER_TOKEN)
		return (struct server_web_objection){0};
	if (web_request_check_origin(request) != WEB_ORIGIN_SAME)
		return (struct server_web_objection){403,
				"the header Origin must be this server's own address; programs use a token instead of a login",
				0};
	if (unsafe && caller->kind == SERVER_CALLER_SESSION &&
			!has_csrf(web, request, caller))
		return (struct server_web_objection){403,
				"the header X-CSRF-Token must be the \"csrf\" that GET /api/session tells",
				0};
	return (struct server_web_objection){0};
}
