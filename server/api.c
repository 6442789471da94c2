/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/log.h"
#include "server/api-asker.h"
#include "server/daemon.h"
#include "server/json-file.h"
#include "server/permissions.h"

#define WORDS_BYTES 1024

struct server_api {
	struct server_daemon *daemon;
	const struct server_loop *loop;
	/* As the routes are. */
	void (**handle)(struct server_api_call *call);
	LIST_HEAD(, server_api_call) calls;
	LIST_HEAD(, server_api_stream) streams;
};

struct server_api_call {
	struct server_api *api;
	const struct server_api_route *route;
	json_t *request;
	struct server_caller caller;
	const struct server_api_asker *asker; /* NULL: it is gone */
	void *context;
	char cookie[SERVER_API_COOKIE_BYTES];
	bool has_cookie;
	bool ended; /* its caller has lost its session, or token */
	struct server_api_call **handle; /* of who asked; or NULL */
	LIST_ENTRY(server_api_call) in_api;
};

struct server_api_stream {
	struct server_caller caller;
	const struct server_api_asker *asker;
	void *handle;
	void (*closed)(void *context);
	void *context;
	LIST_ENTRY(server_api_stream) in_api;
};

/* ---- how a call ends ----------------------------------------------------- */

/* NULL: memory is short. */
static void answer(struct server_api_call *call, struct server_api_answer *with)
{
	if (call->handle)
		*call->handle = NULL;
	if (with && call->has_cookie)
		with->cookie = call->cookie;
	if (call->asker)
		call->asker->answer(call->context, with);
	LIST_REMOVE(call, in_api);
	json_decref(call->request);
	explicit_bzero(call, sizeof(*call));
	free(call);
}

void server_api_call_reply_status(
		struct server_api_call *call, unsigned status, json_t *result)
{
	answer(call,
			result ? &(struct server_api_answer){.status = status,
						 .json = result}
			       : NULL);
	json_decref(result);
}

void server_api_call_reply(struct server_api_call *call, json_t *result)
{
	server_api_call_reply_status(call, 200, result);
}

void server_api_call_reply_done(struct server_api_call *call)
{
	answer(call, &(struct server_api_answer){.status = 204});
}

void server_api_call_reply_bytes(struct server_api_call *call, const char *type,
		struct core_bytes *bytes)
{
	answer(call,
			&(struct server_api_answer){.status = 200,
					.type = type,
					.bytes = bytes});
}

void server_api_call_fail(struct server_api_call *call, unsigned status,
		json_t *details, const char *format, ...)
{
	json_t *error = details ? details : json_object();
	char words[WORDS_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (json_object_set_new(error, "error", json_string(words)) < 0) {
		json_decref(error);
		error = NULL;
	}
	server_api_call_reply_status(call, status, error);
}

void server_api_call_fail_unsaved(struct server_api_call *call, int rc)
{
	server_api_call_fail(call, 503, NULL,
			"it counts until rackhandd ends, but could not be saved: %s",
			server_json_file_why(rc));
}

void server_api_call_set_cookie(
		struct server_api_call *call, const char *cookie)
{
	snprintf(call->cookie, sizeof(call->cookie), "%s", cookie);
	call->has_cookie = true;
}

bool server_api_call_is_abandoned(const struct server_api_call *call)
{
	return !call->asker;
}

void server_api_call_abandon(struct server_api_call *call)
{
	call->asker = NULL;
	call->handle = NULL;
}

/* ---- life ---------------------------------------------------------------- */

static int bind_handlers(struct server_api *api,
		const struct server_api_handler *handlers, size_t handlers_n)
{
	for (size_t i = 0; i < server_api_routes_n; i++) {
		const char *verb = server_api_routes[i].verb;

		for (size_t j = 0; j < handlers_n; j++)
			if (strcmp(handlers[j].verb, verb) == 0)
				api->handle[i] = handlers[j].handle;
		if (!api->handle[i]) {
			log_error("built wrongly: nothing handles \"%s\"",
					verb);
			return -ENOSYS;
		}
	}
	return 0;
}

int server_api_create(struct server_api **out, struct server_daemon *daemon,
		const struct server_loop *loop,
		const struct server_api_handler *handlers, size_t handlers_n)
{
	struct server_api *api = calloc(1, sizeof(*api));
	int rc = -ENOMEM;

	*out = NULL;
	if (!api)
		return rc;
	api->daemon = daemon;
	api->loop = loop;
	api->handle = calloc(server_api_routes_n, sizeof(*api->handle));
	if (!api->handle)
		goto fail;
	rc = bind_handlers(api, handlers, handlers_n);
	if (rc < 0)
		goto fail;
	*out = api;
	return 0;

fail:
	server_api_destroy(api);
	return rc;
}

void server_api_destroy(struct server_api *api)
{
	struct server_api_call *call;

	if (!api)
		return;
	assert(LIST_EMPTY(&api->streams));
	while ((call = LIST_FIRST(&api->calls)))
		answer(call, NULL);
	free(api->handle);
	free(api);
}

/* ---- what is asked ------------------------------------------------------- */

const json_t *server_api_call_get_request(const struct server_api_call *call)
{
	return call->request;
}

const struct server_caller *server_api_call_get_caller(
		const struct server_api_call *call)
{
	return &call->caller;
}

struct server_daemon *server_api_call_get_daemon(
		const struct server_api_call *call)
{
	return call->api->daemon;
}

const struct server_loop *server_api_call_get_loop(
		const struct server_api_call *call)
{
	return call->api->loop;
}

const char *server_api_call_get_target_name(const struct server_api_call *call)
{
	return json_string_value(json_object_get(call->request, "target"));
}

struct server_target *server_api_call_get_target(
		const struct server_api_call *call)
{
	return server_daemon_find_target(call->api->daemon,
			server_api_call_get_target_name(call));
}

struct server_target *server_api_call_find_target(struct server_api_call *call)
{
	struct server_target *target = server_api_call_get_target(call);

	if (call->ended)
		server_api_call_fail(call, 401, NULL,
				"logged out, or without a token, since this request began");
	else if (!target)
		server_api_call_fail(call, 503, NULL,
				"the target is not served any more; ask again later");
	else
		return target;
	return NULL;
}

const char *server_api_call_take_text(
		struct server_api_call *call, const char *member)
{
	const char *text = json_string_value(
			json_object_get(call->request, member));

	if (!text)
		server_api_call_fail(call, 422, NULL,
				"\"%s\" is missing, a string", member);
	return text;
}

int server_api_param_integer(const json_t *request, const char *member,
		json_int_t min, json_int_t max, json_int_t *value)
{
	const json_t *given = json_object_get(request, member);
	const char *text = json_string_value(given);
	json_int_t number = json_integer_value(given);
	char *end;

	if (!given)
		return -ENOENT;
	if (text) {
		errno = 0;
		number = strtoll(text, &end, 10);
		if (errno != 0 || end == text || *end != '\0' ||
				strspn(text, "-0123456789") != strlen(text))
			return -EINVAL;
	} else if (!json_is_integer(given)) {
		return -EINVAL;
	}
	if (number < min || number > max)
		return -EINVAL;
	*value = number;
	return 0;
}

void server_api_call_audit(struct server_api_call *call, const char *event,
		json_t *details)
{
	const struct server_caller *caller = &call->caller;
	json_t *line = details ? details : json_object();

	if (call->route->scope == SERVER_API_TARGET)
		json_object_set_new(line, "target",
				json_string(server_api_call_get_target_name(
						call)));
	if (caller->kind == SERVER_CALLER_LOCAL)
		json_object_set_new(line, "uid", json_integer(caller->uid));
	if (caller->kind == SERVER_CALLER_SESSION)
		json_object_set_new(line, "session",
				json_integer((json_int_t)caller->session));
	if (caller->kind != SERVER_CALLER_LOCAL) {
		json_object_set_new(line, "by", json_string(caller->name));
		json_object_set_new(line, "peer", json_string(caller->peer));
	}
	server_audit_write(server_daemon_get_audit(call->api->daemon), event,
			line);
}

/* ---- how a call begins --------------------------------------------------- */

static bool refuse_target(struct server_api_call *call)
{
	const char *name = server_api_call_get_target_name(call);
	enum server_role role = SERVER_ROLE_NONE;
	int failure = -ENOENT;

	if (name) {
		role = server_caller_role(&call->caller, name);
		failure = server_daemon_find_failure(call->api->daemon, name);
	}
	if (failure == -ENOENT || role == SERVER_ROLE_NONE) {
		server_api_call_fail(call, 404, NULL,
				"no target of that name is served; \"status\" lists them");
		return true;
	}
	if (!server_permissions_suffice(role, call->route->needed)) {
		server_api_call_fail(call, 403, NULL,
				"this needs the role %s on that target",
				server_role_text(call->route->needed));
		return true;
	}
	if (failure < 0 && !call->route->unserved) {
		server_api_call_fail(call, 503, NULL,
				"that target is not being served: %s",
				strerrordesc_np(-failure));
		return true;
	}
	return false;
}

static bool refuse_role(struct server_api_call *call)
{
	bool everywhere = call->route->scope == SERVER_API_EVERYWHERE;
	enum server_role role = server_caller_role(
			&call->caller, everywhere ? "" : NULL);

	if (server_permissions_suffice(role, call->route->needed))
		return false;
	server_api_call_fail(call, 403, NULL, "this needs the role %s%s",
			server_role_text(call->route->needed),
			everywhere ? " for every target" : "");
	return true;
}

/* Whether it was, because the caller may not or there is no such target. */
static bool refuse(struct server_api_call *call)
{
	if (call->route->open)
		return false;
	if (call->caller.kind == SERVER_CALLER_NOBODY) {
		server_api_call_fail(call, 401, NULL, "log in first");
		return true;
	}
	return call->route->scope == SERVER_API_TARGET ? refuse_target(call)
						       : refuse_role(call);
}

static struct server_api_call *call_create(struct server_api *api,
		const struct server_api_route *route, json_t *request,
		const struct server_caller *caller,
		const struct server_api_asker *asker, void *context)
{
	struct server_api_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->api = api;
	call->route = route;
	call->request = json_incref(request);
	call->caller = *caller;
	call->asker = asker;
	call->context = context;
	LIST_INSERT_HEAD(&api->calls, call, in_api);
	return call;
}

void server_api_begin(struct server_api *api, struct server_api_call **handle,
		const struct server_api_route *route, json_t *request,
		const struct server_caller *caller,
		const struct server_api_asker *asker, void *context)
{
	struct server_api_call *call = call_create(
			api, route, request, caller, asker, context);

	if (handle)
		*handle = call;
	if (!call) {
		asker->answer(context, NULL);
		return;
	}
	call->handle = handle;
	if (!refuse(call))
		api->handle[route - server_api_routes](call);
}

/* ---- streams ------------------------------------------------------------- */

/* The asker may let go of where the handle is, and on failure has not. */
static void hide(struct server_api_call *call)
{
	if (call->handle)
		*call->handle = NULL;
}

static void show(struct server_api_call *call)
{
	if (call->handle)
		*call->handle = call;
}

/* Another answer was begun in the place of the usual ones. */
static void leave(struct server_api_call *call)
{
	call->handle = NULL;
	call->asker = NULL;
	answer(call, NULL);
}

int server_api_call_upgrade(struct server_api_call *call,
		void (*done)(void *context, struct net_stream *stream,
				const struct core_address *peer),
		void *context)
{
	int rc;

	if (!call->asker || !call->asker->upgrade)
		return -EOPNOTSUPP;
	hide(call);
	rc = call->asker->upgrade(call->context, done, context);
	if (rc == 0)
		leave(call);
	else
		show(call);
	return rc;
}

int server_api_call_stream(struct server_api_call *call, const char *type,
		void (*closed)(void *context), void *context,
		struct server_api_stream **out)
{
	struct server_api_stream *stream;
	int rc;

	*out = NULL;
	if (!call->asker || !call->asker->stream)
		return -EOPNOTSUPP;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return -ENOMEM;
	stream->caller = call->caller;
	stream->asker = call->asker;
	stream->closed = closed;
	stream->context = context;
	hide(call);
	rc = call->asker->stream(call->context, type, stream, &stream->handle);
	if (rc < 0) {
		show(call);
		free(stream);
		return rc;
	}
	LIST_INSERT_HEAD(&call->api->streams, stream, in_api);
	leave(call);
	*out = stream;
	return 0;
}

int server_api_stream_write(
		struct server_api_stream *stream, struct core_bytes *bytes)
{
	return stream->asker->write(stream->handle, bytes);
}

void server_api_stream_end(struct server_api_stream *stream)
{
	stream->asker->end(stream->handle);
}

const struct server_caller *server_api_stream_get_caller(
		const struct server_api_stream *stream)
{
	return &stream->caller;
}

void server_api_stream_closed(struct server_api_stream *stream)
{
	LIST_REMOVE(stream, in_api);
	stream->closed(stream->context);
	free(stream);
}

static void end_typing(struct server_daemon *daemon,
		enum server_caller_kind kind, uint64_t session)
{
	size_t running_n;
	size_t targets_n = server_daemon_count(daemon, &running_n);

	for (size_t i = 0; i < targets_n; i++) {
		struct server_target *target =
				server_daemon_get_target(daemon, i);

		if (target)
			server_target_end_caller(target, kind, session);
	}
}

void server_api_end_caller(struct server_api *api, enum server_caller_kind kind,
		uint64_t session)
{
	struct server_api_stream *stream;
	struct server_api_call *call;

	end_typing(api->daemon, kind, session);
	LIST_FOREACH(call, &api->calls, in_api)
	call->ended |= call->caller.kind == kind &&
			call->caller.session == session;
	LIST_FOREACH(stream, &api->streams, in_api)
	if (stream->caller.kind == kind && stream->caller.session == session)
		server_api_stream_end(stream);
}
