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
		"Content-Type",
		"Cookie",
		"Expect",
		"Host",
		"Origin",
		"Sec-WebSocket-Key",
		"Sec-WebSocket-Version",
		"Upgrade",
		"X-CSRF-Token",
};

#define ONCE_N (sizeof(once) / sizeof(once[0]))

/* ---- what HTTP itself asks for --------------------------------------------*/

struct seen {
	unsigned times[ONCE_N];
};

static enum MHD_Result see(void *context, enum MHD_ValueKind kind,
		const char *key, const char *value)
{
	struct seen *seen = context;

	(void)kind;
	(void)value;
	for (size_t i = 0; i < ONCE_N; i++)
		seen->times[i] += strcasecmp(key, once[i]) == 0;
	return MHD_YES;
}

/* NULL: none. */
static const char *find_twice(const struct web_request *request)
{
	struct seen seen = {.times = {0}};

	MHD_get_connection_values(request->mhd, MHD_HEADER_KIND, see, &seen);
	for (size_t i = 0; i < ONCE_N; i++)
		if (seen.times[i] > 1)
			return once[i];
	return NULL;
}

/* What web/framing has not looked at: what the words mean. */
static bool check_form(struct web_request *request, const char *version)
{
	const char *twice = find_twice(request);

	if (strcmp(version, "HTTP/1.1") != 0)
		web_request_fail(request, MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED,
				"only HTTP/1.1 is spoken here");
	else if (twice)
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"this may not be there twice: %s", twice);
	else
		return true;
	return false;
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
