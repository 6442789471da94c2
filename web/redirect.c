/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/redirect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "web/host.h"
#include "web/private.h"

#define HTTPS_PORT 443
#define PORT_BYTES 8

/* A target that fills all that a head may have, and what comes before it. */
#define LOCATION_BYTES (WEB_HEADER_MAX_BYTES + NET_NAME_BYTES + 32)

struct web_redirect {
	struct web_server *server;
	uint16_t port;
};

/* web/framing has seen that there is nothing in it but what a URL may have. */
static int format_location(const struct web_redirect *redirect,
		const struct web_request *request, char *location)
{
	char port[PORT_BYTES] = "";
	struct web_host host;
	int rc = web_host_parse(&host, web_request_get_header(request, "Host"),
			HTTPS_PORT);

	if (rc < 0)
		return rc;
	if (redirect->port != HTTPS_PORT)
		snprintf(port, sizeof(port), ":%u", redirect->port);
	snprintf(location, LOCATION_BYTES, "https://%s%s%s%s%s",
			host.is_ipv6 ? "[" : "", host.name,
			host.is_ipv6 ? "]" : "", port, request->uri_text);
	return 0;
}

/* For good, and with the same method: 308. */
static size_t on_begin(void *context, struct web_request *request)
{
	char location[LOCATION_BYTES];
	const struct web_header headers[] = {{"Location", location}};

	if (format_location(context, request, location) < 0)
		web_request_fail(request, MHD_HTTP_BAD_REQUEST,
				"\"Host\" is no name");
	else
		web_request_reply(request, MHD_HTTP_PERMANENT_REDIRECT, headers,
				1, NULL, NULL);
	return 0;
}

/* All are answered before that. */
static void on_rest(void *context, struct web_request *request)
{
	(void)context;
	(void)request;
}

static const struct web_handler handler = {
		.begin = on_begin,
		.request = on_rest,
		.gone = on_rest,
};

int web_redirect_create(struct web_redirect **out, sd_event *event,
		const struct web_server_options *options, uint16_t port)
{
	struct web_redirect *redirect = calloc(1, sizeof(*redirect));
	int rc;

	*out = NULL;
	if (!redirect)
		return -ENOMEM;
	redirect->port = port;
	rc = web_server_create(
			&redirect->server, event, options, &handler, redirect);
	if (rc < 0) {
		free(redirect);
		return rc;
	}
	*out = redirect;
	return 0;
}

void web_redirect_destroy(struct web_redirect *redirect)
{
	if (!redirect)
		return;
	web_server_destroy(redirect->server);
	free(redirect);
}

void web_redirect_get_address(const struct web_redirect *redirect,
		struct core_address *address)
{
	web_server_get_address(redirect->server, address);
}
