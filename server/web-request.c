/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/web-private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api-asker.h"
#include "web/assets.h"
#include "web/json.h"
#include "web/route.h"

#define HEADERS_MAX 3
#define COOKIE_HEADER_BYTES 192

/* One request that has begun, and is not answered yet. */
struct exchange {
	struct server_web *web;
	struct web_request *request;
	const struct server_api_route *route;
	struct server_caller caller;
	struct web_match match;
	struct server_api_call *call; /* NULL: not yet, or not any more */
};

/* ---- answers --------------------------------------------------------------
 */

static void refuse(struct web_request *request,
		const struct server_web_objection *objection)
{
	const struct web_header bearer = {
			"WWW-Authenticate", "Bearer realm=\"rackhand\""};
	char wait[16];
	const struct web_header retry = {"Retry-After", wait};
	json_t *body = json_pack("{s:s}", "error", objection->words);

	snprintf(wait, sizeof(wait), "%u", objection->wait_s);
	if (objection->wait_s)
		json_object_set_new(body, "retry_s",
				json_integer(objection->wait_s));
	if (objection->status == 401)
		web_request_reply_json(request, 401, &bearer, 1, body);
	else
		web_request_reply_json(request, objection->status, &retry,
				objection->wait_s ? 1 : 0, body);
	json_decref(body);
}

static void refuse_with(
		struct web_request *request, unsigned status, const char *words)
{
	refuse(request, &(struct server_web_objection){status, words, 0});
}

/* Our own lives as long as the browser runs; the daemon forgets it sooner. */
static void format_cookie(char header[COOKIE_HEADER_BYTES], const char *cookie)
{
	snprintf(header, COOKIE_HEADER_BYTES,
			SERVER_WEB_COOKIE
			"=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s",
			cookie, cookie[0] ? "" : "; Max-Age=0");
}

static void answer(struct web_request *request,
		const struct server_api_answer *answer)
{
	struct web_header headers[HEADERS_MAX];
	char cookie[COOKIE_HEADER_BYTES];
	char wait[24];
	json_int_t retry_s = json_integer_value(
			json_object_get(answer->json, "retry_s"));
	size_t headers_n = 0;

	if (answer->cookie) {
		format_cookie(cookie, answer->cookie);
		headers[headers_n++] =
				(struct web_header){"Set-Cookie", cookie};
	}
	if (answer->status == 401)
		headers[headers_n++] = (struct web_header){"WWW-Authenticate",
				"Bearer realm=\"rackhand\""};
	if (retry_s > 0) {
		snprintf(wait, sizeof(wait), "%lld", (long long)retry_s);
		headers[headers_n++] = (struct web_header){"Retry-After", wait};
	}
	if (answer->bytes)
		web_request_reply(request, answer->status, headers, headers_n,
				answer->type, answer->bytes);
	else
		web_request_reply_json(request, answer->status, headers,
				headers_n, answer->json);
	explicit_bzero(cookie, sizeof(cookie));
}

static void on_answer(void *context, const struct server_api_answer *with)
{
	struct exchange *exchange = context;
	struct web_request *request = exchange->request;

	free(exchange);
	if (with)
		answer(request, with);
	else
		refuse_with(request, 503, "memory is short");
}

/* ---- streams --------------------------------------------------------------
 */

/* An answer that goes on: the two ends of it, each of which may go first. */
struct flow {
	struct server_api_stream *stream;
	struct web_stream *out; /* NULL: it is gone */
	sd_event_source *ending;
};

static void close_flow(struct flow *flow)
{
	sd_event_source_disable_unref(flow->ending);
	server_api_stream_closed(flow->stream);
	free(flow);
}

static void on_reader_gone(void *context)
{
	struct flow *flow = context;

	flow->out = NULL;
	close_flow(flow);
}

static int on_ending(sd_event_source *source, void *userdata)
{
	struct flow *flow = userdata;

	(void)source;
	if (flow->out)
		web_stream_end(flow->out);
	close_flow(flow);
	return 0;
}

static int open_stream(void *context, const char *type,
		struct server_api_stream *stream, void **handle)
{
	struct exchange *exchange = context;
	struct flow *flow = calloc(1, sizeof(*flow));
	int rc = -ENOMEM;

	if (!flow)
		return rc;
	flow->stream = stream;
	rc = sd_event_add_defer(
			server_daemon_get_shared(exchange->web->daemon)->event,
			&flow->ending, on_ending, flow);
	if (rc >= 0)
		rc = sd_event_source_set_enabled(flow->ending, SD_EVENT_OFF);
	if (rc >= 0)
		rc = web_request_stream(exchange->request, type, on_reader_gone,
				flow, &flow->out);
	if (rc < 0) {
		sd_event_source_disable_unref(flow->ending);
		free(flow);
		return rc;
	}
	free(exchange);
	*handle = flow;
	return 0;
}

static int write_stream(void *handle, struct core_bytes *bytes)
{
	struct flow *flow = handle;

	return flow->out ? web_stream_write(flow->out, bytes) : -EPIPE;
}

/* Not from within: whoever ends it may be walking over the streams. */
static void end_stream(void *handle)
{
	struct flow *flow = handle;

	sd_event_source_set_enabled(flow->ending, SD_EVENT_ONESHOT);
}

static int upgrade(void *context,
		void (*done)(void *context, struct net_stream *stream,
				const struct core_address *peer),
		void *done_context)
{
	struct exchange *exchange = context;
	struct web_request *request = exchange->request;
	int rc;

	web_request_set_data(request, NULL);
	rc = web_request_upgrade(request, done, done_context);
	if (rc == 0)
		free(exchange);
	else
		web_request_set_data(request, exchange);
	return rc;
}

static const struct server_api_asker asker = {
		.upgrade = upgrade,
		.answer = on_answer,
		.stream = open_stream,
		.write = write_stream,
		.end = end_stream,
};

/* ---- the headers are here -------------------------------------------------
 */

/* Those that HTTP can ask for. */
static struct web_route get_route(const void *routes, size_t index)
{
	const struct server_api_route *route = routes;

	if (!route[index].method) /* of the control socket only */
		return (struct web_route){"", ""};
	return (struct web_route){route[index].method, route[index].path};
}

static void refuse_route(struct web_request *request, int rc,
		const struct web_match *match)
{
	const struct web_header allow = {"Allow", match->allow};
	json_t *body;

	if (rc != -EOPNOTSUPP) {
		refuse_with(request, rc == -EINVAL ? 400 : 404,
				"there is nothing here; GET /api/openapi.json describes what there is");
		return;
	}
	body = json_pack("{s:s, s:s}", "error",
			"this cannot be done with that method", "allow",
			match->allow);
	web_request_reply_json(request, 405, &allow, 1, body);
	json_decref(body);
}

static bool is_unsafe(const struct web_request *request)
{
	const char *method = web_request_get_method(request);

	return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

static bool has_body(const struct web_request *request)
{
	const char *length = web_request_get_header(request, "Content-Length");

	return web_request_get_header(request, "Transfer-Encoding") ||
			(length && strcmp(length, "0") != 0);
}

static struct server_web_objection find_objection(struct exchange *exchange)
{
	struct web_request *request = exchange->request;
	struct server_web_objection objection = server_web_identify(
			exchange->web, request, &exchange->caller);

	if (objection.status)
		return objection;
	if (exchange->caller.kind == SERVER_CALLER_NOBODY) {
		if (!exchange->route->open)
			return (struct server_web_objection){401,
					"log in first, or show a token", 0};
	} else {
		web_request_set_known(request);
	}
	if (is_unsafe(request) || exchange->route->upgrade) {
		objection = server_web_check_page(exchange->web, request,
				&exchange->caller, is_unsafe(request));
		if (objection.status)
			return objection;
	}
	if (exchange->route->upgrade && !web_request_is_upgrade(request))
		return (struct server_web_objection){
				426, "this is for WebSockets", 0};
	if (has_body(request) && !web_request_is_json(request))
		return (struct server_web_objection){415,
				"a body must be JSON, with Content-Type: application/json",
				0};
	return (struct server_web_objection){0};
}

static size_t begin(void *context, struct web_request *request)
{
	const struct web_asset *asset =
			web_assets_find(web_request_get_path(request));
	struct server_web_objection objection;
	struct exchange *exchange;
	int rc;

	if (asset) {
		web_request_reply_asset(request, asset);
		return 0;
	}
	exchange = calloc(1, sizeof(*exchange));
	if (!exchange) {
		refuse_with(request, 503, "memory is short");
		return 0;
	}
	exchange->web = context;
	exchange->request = request;
	rc = web_route_match(get_route, server_api_routes, server_api_routes_n,
			web_request_get_method(request),
			web_request_get_path(request), &exchange->match);
	if (rc < 0) {
		refuse_route(request, rc, &exchange->match);
		free(exchange);
		return 0;
	}
	exchange->route = &server_api_routes[exchange->match.index];
	objection = find_objection(exchange);
	if (objection.status) {
		refuse(request, &objection);
		free(exchange);
		return 0;
	}
	web_request_set_data(request, exchange);
	return exchange->route->body_max_bytes;
}

/* ---- all of it is here ----------------------------------------------------
 */

/* -EEXIST: it was said already. */
static int add(json_t *object, const char *name, json_t *value)
{
	if (json_object_get(object, name)) {
		json_decref(value);
		return -EEXIST;
	}
	return json_object_set_new(object, name, value) < 0 ? -EINVAL : 0;
}

static int add_words(const struct exchange *exchange, json_t *object)
{
	const struct web_match *match = &exchange->match;
	const struct web_query *query =
			web_request_get_all_query(exchange->request);
	int rc = 0;

	for (size_t i = 0; i < match->parameters_n && rc == 0; i++)
		rc = add(object, match->parameters[i].name,
				json_string(match->parameters[i].value));
	for (size_t i = 0; i < query->n && rc == 0; i++)
		rc = add(object, query->parameters[i].name,
				json_string(query->parameters[i].value));
	return rc;
}

/* One object of the path's parts, the query, and the body. */
static json_t *merge(
		const struct exchange *exchange, char why[WEB_JSON_WHY_BYTES])
{
	size_t size;
	const uint8_t *body = web_request_get_body(exchange->request, &size);
	json_t *object;
	int rc = 0;

	if (size > 0) {
		rc = web_json_read(&object, body, size, why);
	} else {
		object = json_object();
		rc = object ? 0 : -ENOMEM;
	}
	if (rc < 0)
		return NULL;
	rc = add_words(exchange, object);
	if (rc == 0)
		return object;
	snprintf(why, WEB_JSON_WHY_BYTES, "%s",
			rc == -EEXIST ? "a name stands twice: in the path, the query or the body"
				      : "the path or the query is no UTF-8");
	json_decref(object);
	return NULL;
}

/* Requests that only read are no sign of somebody being there. */
static void touch(struct exchange *exchange)
{
	struct server_web_logins *logins = exchange->web->access->web_logins;
	struct server_web_login *login = NULL;

	if (exchange->caller.kind == SERVER_CALLER_SESSION &&
			(is_unsafe(exchange->request) ||
					exchange->route->counts))
		login = server_web_login_find_session(
				logins, exchange->caller.session);
	if (login)
		server_web_login_touch(logins, login);
}

static void on_request(void *context, struct web_request *request)
{
	struct exchange *exchange = web_request_get_data(request);
	char why[WEB_JSON_WHY_BYTES] = "memory is short";
	json_t *object;

	if (!server_web_is_still(context, &exchange->caller)) {
		free(exchange);
		refuse_with(request, 401,
				"logged out, or without a token, since this request began");
		return;
	}
	object = merge(exchange, why);
	if (!object) {
		free(exchange);
		refuse_with(request, 400, why);
		return;
	}
	touch(exchange);
	server_api_begin(exchange->web->api, &exchange->call, exchange->route,
			object, &exchange->caller, &asker, exchange);
	json_decref(object);
}

static void on_gone(void *context, struct web_request *request)
{
	struct exchange *exchange = web_request_get_data(request);

	(void)context;
	if (!exchange)
		return;
	if (exchange->call)
		server_api_call_abandon(exchange->call);
	free(exchange);
}

const struct web_handler server_web_handler = {
		.begin = begin,
		.request = on_request,
		.gone = on_gone,
};
