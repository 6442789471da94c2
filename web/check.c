/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/private.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "core/clock.h"
#include "web/host.h"

#define HOSTS_PATH "/etc/hosts"

/* Addresses come and go; a name that is unknown is reason to look again. */
#define LEARN_AGAIN_US (30 * CLOCK_US_PER_S)

/* Where two say different things, two readers believe different ones. */
static const char *const once[] = {
		"Authorization",
		"Connection",
		"Content-Encoding",
		"Content-Length",
		"Content-Type",
		"Cookie",
		"Expect",
		"Host",
		"Origin",
		"Sec-WebSocket-Key",
		"Sec-WebSocket-Version",
		"Transfer-Encoding",
		"Upgrade",
		"X-CSRF-Token",
};

#define ONCE_N (sizeof(once) / sizeof(once[0]))

/* ---- what HTTP itself asks for --------------------------------------------*/

struct seen {
	unsigned times[ONCE_N];
	bool odd; /* a NUL in a value, say */
};

static enum MHD_Result see(void *context, enum MHD_ValueKind kind,
		const char *key, size_t key_size, const char *value,
		size_t value_size)
{
	struct seen *seen = context;

	(void)kind;
	if (strlen(key) != key_size || (value && strlen(value) != value_size))
		seen->odd = true;
	for (size_t i = 0; i < ONCE_N; i++)
		seen->times[i] += strcasecmp(key, once[i]) == 0;
	return MHD_YES;
}

/* NULL: none comes twice. */
static const char *find_fault(const struct web_request *request)
{
	struct seen seen = {.odd = false};

	MHD_get_connection_values_n(request->mhd, MHD_HEADER_KIND, see, &seen);
	if (seen.odd)
		return "a header has a NUL in it";
	for (size_t i = 0; i < ONCE_N; i++)
		if (seen.times[i] > 1)
			return once[i];
	return NULL;
}

static size_t header_size(const struct web_request *request)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
			request->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info ? info->header_size : 0;
}

static bool is_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits >= 1 && digits <= 18 && text[digits] == '\0';
}

/* Where the body ends must be beyond doubt. */
static bool check_length(struct web_request *request)
{
	const char *length = web_request_get_header(request, "Content-Length");
	const char *coding =
			web_request_get_header(request, "Transfer-Encoding");

	if (coding && strcasecmp(coding, "chunked") != 0)
		web_request_fail(request, MHD_HTTP_NOT_IMPLEMENTED,
				"of Transfer-Encoding only \"chunked\" is understood");
	else if (length && coding)
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"Content-Length and Transfer-Encoding exclude each other");
	else if (length && !is_number(length))
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"Content-Length is to be a number");
	else
		return true;
	return false;
}

static bool check_form(struct web_request *request, const char *version)
{
	const char *fault;

	if (strcmp(version, "HTTP/1.1") != 0) {
		web_request_fail(request, MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED,
				"only HTTP/1.1 is spoken here");
		return false;
	}
	if (header_size(request) > WEB_HEADER_MAX_BYTES) {
		web_request_fail(request,
				MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
				"headers may have %zu bytes in all",
				WEB_HEADER_MAX_BYTES);
		return false;
	}
	fault = find_fault(request);
	if (fault) {
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"this may not be or not be there twice: %s",
				fault);
		return false;
	}
	return check_length(request);
}

/* ---- what it asks for -----------------------------------------------------*/

static bool check_uri(struct web_request *request)
{
	int rc = request->uri_text
			? web_uri_parse(&request->uri, request->uri_text)
			: -ENOMEM;

	if (rc == -E2BIG)
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"there may be %d parameters", WEB_QUERY_MAX);
	else if (rc < 0)
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"the path is to begin with '/', without \"//\" and \"..\", and after '%%' come two hexadecimal digits, not 00");
	return rc == 0;
}

static bool is_ours(const struct web_request *request, const char *host)
{
	const struct web_server *server = request->server;

	return web_host_is_ours(host, &server->own, &request->connection->local,
			(const char *const *)server->names, server->names_n);
}

static bool knows_host(struct web_request *request, const char *host)
{
	struct web_server *server = request->server;
	uint64_t now_us = clock_now_us();

	if (is_ours(request, host))
		return true;
	if (server->own_learnt_us > 0 &&
			now_us - server->own_learnt_us < LEARN_AGAIN_US)
		return false;
	server->own_learnt_us = now_us;
	net_own_names_learn(&server->own, HOSTS_PATH);
	return is_ours(request, host);
}

static bool check_host(struct web_request *request)
{
	const char *host = web_request_get_header(request, "Host");

	if (!host)
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"a request says \"Host\"");
	else if (!knows_host(request, host))
		web_request_fail(request, MHD_HTTP_MISDIRECTED_REQUEST,
				"this machine does not know that it is called so; add the name to \"names\" of \"web\" in the configuration");
	else
		return true;
	return false;
}

bool web_check_headers(struct web_request *request, const char *version)
{
	return check_form(request, version) && check_uri(request) &&
			check_host(request);
}
