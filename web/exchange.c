/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"

/* What a stranger may take to read a reply, in all. */
#define READ_US (30 * CLOCK_US_PER_S)

/* Of a body that is too long and has not said so, what is read to the end. */
#define EXCESS_BYTES ((size_t)1 << 20)

/* ---- one request, from its first line -------------------------------------*/

static struct web_connection *find_connection(
		const struct web_server *server, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
			mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct web_connection *connection;

	TAILQ_FOREACH(connection, &server->connections, in_server)
	if (info && connection->theirs == info->connect_fd &&
			!connection->ended)
		return connection;
	return NULL;
}

void *web_exchange_on_uri(
		void *context, const char *uri, struct MHD_Connection *mhd)
{
	struct web_server *server = context;
	struct web_request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	request->server = server;
	request->mhd = mhd;
	request->uri_text = strdup(uri);
	request->connection = find_connection(server, mhd);
	if (request->connection) {
		request->connection->request = request;
		request->connection->lingers = true;
	}
	return request;
}

/* There may have been a password in it. */
static void drop_body(struct web_request *request)
{
	if (request->body)
		explicit_bzero(request->body->data, request->body->size);
	core_bytes_unref(request->body);
}

static void request_destroy(struct web_request *request)
{
	if (request->response)
		MHD_destroy_response(request->response);
	drop_body(request);
	web_uri_finish(&request->uri);
	free(request->uri_text);
	free(request);
}

/* Nobody is to answer it any more. */
static void call_off(struct web_request *request)
{
	if (request->stream)
		web_stream_abandon(request->stream);
	request->stream = NULL;
	web_upgrade_call_off(request);
	if (request->handed && !request->answered) {
		request->answered = true;
		request->server->handler->gone(
				request->server->context, request);
	}
}

void web_exchange_abandon(struct web_request *request)
{
	request->connection = NULL;
	call_off(request);
	web_exchange_resume(request);
	web_server_run_soon(request->server);
}

void web_exchange_on_completed(void *context, struct MHD_Connection *mhd,
		void **slot, enum MHD_RequestTerminationCode code)
{
	struct web_request *request = *slot;

	(void)context;
	(void)mhd;
	(void)code;
	*slot = NULL;
	if (!request)
		return;
	call_off(request);
	if (request->connection) {
		web_connection_fetch_all(request->connection);
		request->connection->answering = false;
		request->connection->request = NULL;
		if (request->connection->known)
			web_connection_allow(request->connection, WEB_IDLE_US);
	}
	request_destroy(request);
}

/* ---- waiting --------------------------------------------------------------*/

void web_exchange_suspend(struct web_request *request)
{
	request->suspended = true;
	MHD_suspend_connection(request->mhd);
}

void web_exchange_resume(struct web_request *request)
{
	if (!request->suspended)
		return;
	request->suspended = false;
	MHD_resume_connection(request->mhd);
	web_server_run_soon(request->server);
}

/* ---- headers, body, answer ------------------------------------------------*/

static const char *header(const struct web_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

/* What Content-Length says; web/framing has seen that it is a number. */
static uint64_t said_length(const struct web_request *request)
{
	const char *text = header(request, "Content-Length");

	return text ? strtoull(text, NULL, 10) : 0;
}

static bool has_body(const struct web_request *request)
{
	return said_length(request) > 0 ||
			header(request, "Transfer-Encoding") != NULL;
}

static enum MHD_Result queue_response(struct web_request *request)
{
	struct MHD_Response *response = request->response;
	enum MHD_Result result = MHD_queue_response(
			request->mhd, request->status, response);

	request->response = NULL;
	MHD_destroy_response(response);
	web_connection_fetch_all(request->connection);
	request->connection->answering = true;
	web_connection_allow(request->connection,
			request->connection->known ? 0 : READ_US);
	return result;
}

static void refuse_body(struct web_request *request)
{
	call_off(request);
	if (request->body_max == 0)
		web_request_fail(request, MHD_HTTP_CONTENT_TOO_LARGE,
				"this takes no body");
	else
		web_request_fail(request, MHD_HTTP_CONTENT_TOO_LARGE,
				"the body may have %zu bytes at most",
				request->body_max);
}

static void hand_over_headers(struct web_request *request)
{
	struct web_server *server = request->server;

	request->handed = true;
	request->body_max = server->handler->begin(server->context, request);
	if (!request->answered &&
			(said_length(request) > request->body_max ||
					(request->body_max == 0 &&
							has_body(request))))
		refuse_body(request);
}

/*
 * An answer to a request whose body has not come ends the connection;
 * libmicrohttpd sees to that. Without a body it waits for the next call.
 */
static enum MHD_Result begin(struct web_request *request, const char *method,
		const char *version)
{
	request->begun = true;
	request->method = method;
	if (web_check_headers(request, version))
		hand_over_headers(request);
	if (!request->connection || request->connection->ended)
		return MHD_NO;
	return request->response && has_body(request) ? queue_response(request)
						      : MHD_YES;
}

static size_t first_size(const struct web_request *request, size_t size)
{
	uint64_t said = said_length(request);

	return said > 0 ? (size_t)said : size;
}

/* Room for all that is said to come, else twice what there was. */
static int make_room(struct web_request *request, size_t size)
{
	struct core_bytes *old = request->body;
	size_t needed = request->body_used + size;
	struct core_bytes *bytes;
	int rc;

	if (old && needed <= old->size)
		return 0;
	if (!old)
		needed = first_size(request, needed);
	else if (needed < old->size * 2)
		needed = old->size * 2;
	rc = core_bytes_create(&bytes, needed);
	if (rc < 0)
		return rc;
	if (old)
		memcpy(bytes->data, old->data, request->body_used);
	drop_body(request);
	request->body = bytes;
	return 0;
}

static enum MHD_Result take_body(
		struct web_request *request, const char *bytes, size_t size)
{
	if (request->too_much ||
			size > request->body_max - request->body_used) {
		request->too_much = true;
		request->body_used += size;
		return request->body_used > request->body_max + EXCESS_BYTES
				? MHD_NO
				: MHD_YES;
	}
	if (make_room(request, size) < 0)
		return MHD_NO;
	memcpy(request->body->data + request->body_used, bytes, size);
	request->body_used += size;
	return MHD_YES;
}

static enum MHD_Result hand_over(struct web_request *request)
{
	struct web_server *server = request->server;

	if (!request->whole) {
		request->whole = true;
		request->connection->lingers = false;
		web_connection_allow(request->connection, 0);
		if (request->too_much)
			refuse_body(request);
		else if (!request->answered)
			server->handler->request(server->context, request);
	}
	if (request->connection->ended)
		return MHD_NO;
	if (request->response)
		return queue_response(request);
	web_exchange_suspend(request);
	return MHD_YES;
}

enum MHD_Result web_exchange_on_access(void *context,
		struct MHD_Connection *mhd, const char *url, const char *method,
		const char *version, const char *upload, size_t *upload_size,
		void **slot)
{
	struct web_request *request = *slot;
	size_t size = *upload_size;

	(void)context;
	(void)mhd;
	(void)url;
	if (!request || !request->connection || request->connection->ended)
		return MHD_NO;
	if (!request->begun)
		return begin(request, method, version);
	*upload_size = 0;
	return size > 0 ? take_body(request, upload, size) : hand_over(request);
}
