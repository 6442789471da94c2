/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/private.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "web/json.h"
#include "web/protect.h"

#define WORDS_BYTES 512

/* A body that is sent in any case; no larger than what the network is given. */
#define SMALL_BYTES ((size_t)64 << 10)

static bool has_header(const struct web_header *headers, size_t headers_n,
		const char *name)
{
	for (size_t i = 0; i < headers_n; i++)
		if (strcasecmp(headers[i].name, name) == 0)
			return true;
	return false;
}

static bool add(struct MHD_Response *response, const struct web_header *header)
{
	return MHD_add_response_header(response, header->name, header->value) ==
			MHD_YES;
}

static bool add_protections(struct MHD_Response *response, bool secure,
		const struct web_header *headers, size_t headers_n)
{
	const struct web_header *header;
	bool added = true;

	for (size_t i = 0; (header = web_protect_get(i, secure)); i++)
		if (!has_header(headers, headers_n, header->name))
			added &= add(response, header);
	return added;
}

static bool add_headers(struct web_request *request,
		struct MHD_Response *response, const struct web_header *headers,
		size_t headers_n, const char *type)
{
	static const struct web_header last = {"Connection", "close"};
	const struct web_header content = {"Content-Type", type};
	bool added = add_protections(response, web_request_is_secure(request),
			headers, headers_n);

	for (size_t i = 0; i < headers_n; i++)
		added &= add(response, &headers[i]);
	if (type)
		added &= add(response, &content);
	if (!request->connection->known)
		added &= add(response, &last);
	return added;
}

void web_reply_with(struct web_request *request, unsigned status,
		const struct web_header *headers, size_t headers_n,
		const char *type, struct MHD_Response *response)
{
	request->answered = true;
	if (response && request->connection &&
			add_headers(request, response, headers, headers_n,
					type)) {
		request->status = status;
		request->response = response;
	} else {
		if (response)
			MHD_destroy_response(response);
		if (request->connection)
			web_connection_end(request->connection);
	}
	web_exchange_resume(request);
}

static void release(void *bytes)
{
	core_bytes_unref(bytes);
}

static bool is_too_much(const struct web_request *request,
		const struct core_bytes *body)
{
	return body && body->size > SMALL_BYTES && request->connection &&
			!web_connection_may_carry(
					request->connection, body->size);
}

void web_request_reply(struct web_request *request, unsigned status,
		const struct web_header *headers, size_t headers_n,
		const char *type, struct core_bytes *body)
{
	struct MHD_Response *response;

	if (is_too_much(request, body)) {
		web_request_fail(request, MHD_HTTP_SERVICE_UNAVAILABLE,
				"too many large answers are on their way; read those first");
		return;
	}
	request->carried = body ? body->size : 0;
	if (body)
		response = MHD_create_response_from_buffer_with_free_callback_cls(
				body->size, body->data, release,
				core_bytes_ref(body));
	else
		response = MHD_create_response_from_buffer(
				0, NULL, MHD_RESPMEM_PERSISTENT);
	if (body && !response)
		core_bytes_unref(body);
	web_reply_with(request, status, headers, headers_n, type, response);
}

void web_request_fail(struct web_request *request, unsigned status,
		const char *format, ...)
{
	char words[WORDS_BYTES];
	va_list arguments;
	json_t *error;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	error = json_pack("{s:s}", "error", words);
	/* Where there is no memory, the status alone tells most of it. */
	web_request_reply_json(request, status, NULL, 0, error);
	json_decref(error);
}
