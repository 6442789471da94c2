/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-daemon.h"

#include <stdlib.h>
#include <string.h>

#include "config/scan.h"
#include "server/check.h"
#include "server/daemon.h"
#include "server/loop.h"
#include "server/metrics.h"
#include "server/openapi.h"
#include "server/setup.h"
#include "server/stats.h"
#include "server/status.h"

void server_api_status(struct server_api_call *call)
{
	server_api_call_reply(call,
			server_status_create(server_api_call_get_daemon(call)));
}

void server_api_stats(struct server_api_call *call)
{
	char why[SERVER_STATS_WHY_BYTES] = "";
	json_t *result = server_stats_create(server_api_call_get_daemon(call),
			server_api_call_get_loop(call),
			server_api_call_get_caller(call),
			server_api_call_get_request(call), why);

	if (why[0])
		server_api_call_fail(call, 404, NULL, "%s", why);
	else
		server_api_call_reply(call, result);
}

void server_api_openapi(struct server_api_call *call)
{
	struct core_bytes *bytes;

	if (core_bytes_copy(&bytes, server_openapi, server_openapi_bytes) == 0)
		server_api_call_reply_bytes(call, "application/json", bytes);
	else
		server_api_call_reply(call, NULL);
	core_bytes_unref(bytes);
}

void server_api_metrics(struct server_api_call *call)
{
	struct server_metrics *metrics = malloc(sizeof(*metrics));
	struct core_bytes *text = NULL;

	if (metrics) {
		server_metrics_collect(metrics,
				server_api_call_get_daemon(call),
				server_api_call_get_loop(call),
				server_api_call_get_caller(call));
		if (server_metrics_format(&text, metrics) < 0)
			text = NULL;
	}
	free(metrics);
	if (text)
		server_api_call_reply_bytes(call, SERVER_METRICS_TYPE, text);
	else
		server_api_call_reply(call, NULL);
	core_bytes_unref(text);
}

static void on_complaint(void *context, const char *line)
{
	json_array_append_new(context, json_string(line));
}

void server_api_config_check(struct server_api_call *call)
{
	const char *text = server_api_call_take_text(call, "text");
	json_t *complaints;
	int rc;

	if (!text)
		return;
	if (strlen(text) > CONFIG_FILE_MAX_BYTES) {
		server_api_call_fail(call, 413, NULL,
				"a configuration has at most %zu bytes",
				CONFIG_FILE_MAX_BYTES);
		return;
	}
	complaints = json_array();
	rc = server_check_text("configuration", text, strlen(text),
			on_complaint, complaints);
	server_api_call_reply(call,
			json_pack("{s:b, s:o}", "good", rc == 0, "complaints",
					complaints));
}

void server_api_setup(struct server_api_call *call)
{
	server_setup_begin(server_daemon_get_setup(
					   server_api_call_get_daemon(call)),
			server_api_call_get_request(call), call);
}
