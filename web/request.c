/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/request.h"

#include <string.h>
#include <strings.h>

#include "web/cookie.h"
#include "web/private.h"

const char *web_request_get_method(const struct web_request *request)
{
	return request->method;
}

const char *web_request_get_path(const struct web_request *request)
{
	return request->uri.path;
}

const struct web_query *web_request_get_all_query(
		const struct web_request *request)
{
	return &request->uri.query;
}

const char *web_request_get_query(
		const struct web_request *request, const char *name)
{
	const struct web_query *query = &request->uri.query;
	const char *found = NULL;

	for (size_t i = 0; i < query->n; i++) {
		if (strcmp(query->parameters[i].name, name) != 0)
			continue;
		if (found)
			return NULL;
		found = query->parameters[i].value;
	}
	return found;
}

const char *web_request_get_header(
		const struct web_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

bool web_request_read_cookie(const struct web_request *request,
		const char *name, char *value, size_t size)
{
	const char *header = web_request_get_header(request, "Cookie");

	return header && web_cookie_read(header, name, value, size);
}

const struct core_address *web_request_get_peer(
		const struct web_request *request)
{
	return &request->connection->peer;
}

bool web_request_is_secure(const struct web_request *request)
{
	return request->server->tls != NULL;
}

enum web_origin web_request_check_origin(const struct web_request *request)
{
	return web_origin_check(web_request_get_header(request, "Origin"),
			web_request_is_secure(request),
			web_request_get_header(request, "Host"));
}

bool web_request_is_json(const struct web_request *request)
{
	static const char type[] = "application/json";
	static const char charset[] = "charset=utf-8";
	const char *text = web_request_get_header(request, "Content-Type");

	if (!text || strncasecmp(text, type, sizeof(type) - 1) != 0)
		return false;
	text += sizeof(type) - 1;
	if (*text == '\0')
		return true;
	if (*text++ != ';')
		return false;
	text += strspn(text, " ");
	return strcasecmp(text, charset) == 0;
}

const uint8_t *web_request_get_body(
		const struct web_request *request, size_t *size)
{
	*size = request->whole ? request->body_used : 0;
	return request->body ? request->body->data : NULL;
}

void web_request_set_data(struct web_request *request, void *data)
{
	request->data = data;
}

void *web_request_get_data(const struct web_request *request)
{
	return request->data;
}

void web_request_set_known(struct web_request *request)
{
	if (request->connection)
		web_connection_set_known(request->connection);
}
