/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/control-api.h"

#include <nettle/base64.h>
#include <stdlib.h>

#include "server/api-asker.h"

/* ---- answers ------------------------------------------------------------- */

/* A new reference; NULL: memory is short. */
static json_t *describe_bytes(const struct server_api_answer *answer)
{
	size_t length = BASE64_ENCODE_RAW_LENGTH(answer->bytes->size);
	char *text = malloc(length);
	json_t *result = NULL;

	if (text) {
		base64_encode_raw(
				text, answer->bytes->size, answer->bytes->data);
		result = json_pack("{s:s, s:s%}", "type", answer->type,
				"base64", text, length);
	}
	free(text);
	return result;
}

static json_t *describe_failure(const struct server_api_answer *answer)
{
	json_t *reply = json_pack("{s:b}", "ok", 0);

	if (json_object_update(reply, answer->json) < 0 ||
			json_object_set_new(reply, "status",
					json_integer(answer->status)) < 0) {
		json_decref(reply);
		return NULL;
	}
	return reply;
}

static json_t *describe(const struct server_api_answer *answer)
{
	if (!answer)
		return NULL;
	if (answer->status >= 300)
		return describe_failure(answer);
	if (answer->bytes)
		return json_pack("{s:b, s:o}", "ok", 1, "result",
				describe_bytes(answer));
	if (answer->json)
		return json_pack("{s:b, s:O}", "ok", 1, "result", answer->json);
	return json_pack("{s:b, s:n}", "ok", 1, "result");
}

static void on_answer(void *context, const struct server_api_answer *answer)
{
	server_control_reply(context, describe(answer));
}

/* ---- answers without end --------------------------------------------------
 */

static void on_closed(void *context)
{
	server_api_stream_closed(context);
}

/* The same bytes as over HTTP follow a reply that says their type. */
static int open_stream(void *context, const char *type,
		struct server_api_stream *stream, void **handle)
{
	struct server_control_stream *out;
	int rc = server_control_stream_begin(context,
			json_pack("{s:b, s:{s:s}}", "ok", 1, "result", "type",
					type),
			on_closed, stream, &out);

	*handle = out;
	return rc;
}

static int write_stream(void *handle, struct core_bytes *bytes)
{
	return server_control_stream_write(handle, bytes->data, bytes->size);
}

static void end_stream(void *handle)
{
	server_control_stream_end(handle);
}

static const struct server_api_asker asker = {
		.answer = on_answer,
		.stream = open_stream,
		.write = write_stream,
		.end = end_stream,
};

/* ---- questions ----------------------------------------------------------- */

static void refuse(struct server_control_call *call, const char *words)
{
	server_control_reply(call,
			json_pack("{s:b, s:s, s:i}", "ok", 0, "error", words,
					"status", 400));
}

void server_control_api_ask(void *context, uid_t uid, json_t *request,
		struct server_control_call *call)
{
	struct server_api *api = context;
	const char *verb = json_string_value(json_object_get(request, "verb"));
	const struct server_api_route *route;
	struct server_caller caller;

	if (!verb) {
		refuse(call, "a request is an object with a verb, such as {\"verb\":\"status\"}");
		return;
	}
	route = server_api_find_verb(verb);
	if (!route || route->http_only) {
		refuse(call, "unknown verb; rackhand(1) lists them");
		return;
	}
	server_caller_init_local(&caller, uid);
	server_api_begin(api, NULL, route, request, &caller, &asker, call);
}
