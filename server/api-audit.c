/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-audit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/audit-tail.h"
#include "server/audit.h"
#include "server/daemon.h"

#define LIMIT_USUAL 100

struct reading {
	struct core_job job;
	struct server_api_call *call;
	const char *path; /* of the audit, which outlives its jobs */
	struct server_audit_tail tail;
	json_t *lines;
	int rc;
};

static void run(struct core_job *job)
{
	struct reading *reading = (struct reading *)job;

	reading->rc = server_audit_tail_read(
			&reading->lines, reading->path, &reading->tail);
}

static void on_read(struct core_job *job)
{
	struct reading *reading = (struct reading *)job;

	if (reading->rc == 0)
		server_api_call_reply(reading->call,
				json_pack("{s:o}", "lines", reading->lines));
	else if (reading->rc == -ENOMEM)
		server_api_call_reply(reading->call, NULL);
	else
		server_api_call_fail(reading->call, 503, NULL,
				"the audit log cannot be read: %s",
				strerrordesc_np(-reading->rc));
	free(reading);
}

static bool is_event_name(const char *name)
{
	return strlen(name) <= SERVER_AUDIT_EVENT_MAX_BYTES &&
			strspn(name, "abcdefghijklmnopqrstuvwxyz-") ==
			strlen(name);
}

/* What is wrong with the request; NULL: nothing. */
static const char *read_request(
		const json_t *request, struct server_audit_tail *tail)
{
	const json_t *since = json_object_get(request, "since");
	const json_t *event = json_object_get(request, "event");
	json_int_t limit = LIMIT_USUAL;

	*tail = (struct server_audit_tail){.limit = 0};
	if (since &&
			(!json_is_string(since) ||
					server_audit_text_parse_since(
							tail->since,
							json_string_value(
									since)) <
							0))
		return "\"since\" is a time such as \"12h\", \"7d\", \"2026-11-20\" or \"2026-11-20T19:46\"";
	if (event &&
			(!json_is_string(event) ||
					!is_event_name(json_string_value(
							event))))
		return "\"event\" is a name such as \"login-failed\"";
	if (event)
		strcpy(tail->event, json_string_value(event));
	if (server_api_param_integer(request, "limit", 1, SERVER_AUDIT_TAIL_MAX,
			    &limit) == -EINVAL)
		return "\"limit\" is a number of lines from 1 to 1000";
	tail->limit = (size_t)limit;
	return NULL;
}

void server_api_audit(struct server_api_call *call)
{
	const struct server_audit *audit = server_daemon_get_audit(
			server_api_call_get_daemon(call));
	struct reading *reading = calloc(1, sizeof(*reading));
	const char *wrong;

	if (!reading) {
		server_api_call_reply(call, NULL);
		return;
	}
	wrong = read_request(server_api_call_get_request(call), &reading->tail);
	if (wrong) {
		free(reading);
		server_api_call_fail(call, 422, NULL, "%s", wrong);
		return;
	}
	reading->job = (struct core_job){.run = run, .done = on_read};
	reading->call = call;
	reading->path = server_audit_get_path(audit);
	reading->rc = -ECANCELED; /* should it never be run */
	core_workers_submit(server_audit_get_disk(audit), &reading->job);
}
