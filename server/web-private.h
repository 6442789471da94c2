/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/web-logins.h"
#include "server/web.h"
#include "web/redirect.h"
#include "web/server.h"

/*
 * What the files of server/web.h share, and nobody else includes.
 */
#define SERVER_WEB_COOKIE "__Host-rackhand"

struct server_web {
	struct server_daemon *daemon;
	struct server_api *api;
	const struct server_access *access;
	struct config_web config; /* what `server` was made for */
	struct web_server *server;
	struct web_redirect *redirect; /* NULL: none is wanted, or not yet */
	sd_event_source *retry;
};

/* Of each request; the context is the server_web. */
extern const struct web_handler server_web_handler;

/* Why a request is not looked at any further. */
struct server_web_objection {
	unsigned status; /* 0: there is none */
	const char *words;
	unsigned wait_s;
};

/*
 * Who it is: nobody is a good answer, where neither a token nor a cookie that
 * is worth something was shown.
 */
struct server_web_objection server_web_identify(struct server_web *web,
		struct web_request *request, struct server_caller *caller);

/*
 * Whether whoever it was is still that: a body may come long after its headers,
 * and meanwhile a session ends, or a token is taken away.
 */
bool server_web_is_still(const struct server_web *web,
		const struct server_caller *caller);

/*
 * Whether our own page sends it: for what changes something (`unsafe`), and for
 * what a browser opens without being asked.
 */
struct server_web_objection server_web_check_page(struct server_web *web,
		struct web_request *request, const struct server_caller *caller,
		bool unsafe);
