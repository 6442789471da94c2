/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "server/api-asker.h"
#include "server/daemon.h"
#include "server/loop.h"

/*
 * A daemon with two demo targets, rack1 and rack2, and one of v4l2 without a
 * device, rack3; and somebody who asks it by the table of operations, with or
 * without the means for streams. For one file of a program to include.
 */
#define API_PATIENCE_US (30 * CLOCK_US_PER_S)

struct api_rig {
	char folder[64];
	char config_path[96];
	sd_event *loop;
	struct server_loop figures;
	struct server_daemon *daemon;
	struct server_api *api;
	struct server_caller caller; /* an admin, to begin with */
	/* The last answer. */
	unsigned answers;
	unsigned status; /* 0: memory was short */
	json_t *json;
	char type[64];
	struct core_bytes *bytes;
	/* The stream, if there is one. */
	struct server_api_stream *stream;
	char heard[16384];
	bool ended;
	bool deaf; /* writes fail */
};

static inline void api_on_answer(
		void *context, const struct server_api_answer *answer)
{
	struct api_rig *rig = context;

	json_decref(rig->json);
	core_bytes_unref(rig->bytes);
	rig->answers++;
	rig->status = answer ? answer->status : 0;
	rig->json = answer ? json_incref(answer->json) : NULL;
	rig->bytes = answer && answer->bytes ? core_bytes_ref(answer->bytes)
					     : NULL;
	snprintf(rig->type, sizeof(rig->type), "%s",
			answer && answer->type ? answer->type : "");
}

static inline int api_on_stream(void *context, const char *type,
		struct server_api_stream *stream, void **handle)
{
	struct api_rig *rig = context;

	snprintf(rig->type, sizeof(rig->type), "%s", type);
	rig->stream = stream;
	*handle = rig;
	return 0;
}

static inline int api_on_write(void *handle, struct core_bytes *bytes)
{
	struct api_rig *rig = handle;
	size_t used = strlen(rig->heard);

	if (rig->deaf)
		return -1;
	snprintf(rig->heard + used, sizeof(rig->heard) - used, "%.*s",
			(int)bytes->size, bytes->data);
	return 0;
}

static inline void api_on_end(void *handle)
{
	struct api_rig *rig = handle;

	rig->ended = true;
}

static const struct server_api_asker api_asker = {
		.answer = api_on_answer,
		.stream = api_on_stream,
		.write = api_on_write,
		.end = api_on_end,
};

static const struct server_api_asker api_asker_without_streams = {
		.answer = api_on_answer,
};

static inline void api_be(struct api_rig *rig, const char *grants)
{
	char why[SERVER_GRANTS_WHY_BYTES];

	rig->caller.kind = SERVER_CALLER_TOKEN;
	snprintf(rig->caller.name, sizeof(rig->caller.name), "token test");
	assert_int_equal(server_grants_parse(&rig->caller.grants, grants, why),
			0);
}

static inline void api_turn(struct api_rig *rig)
{
	assert_true(sd_event_run(rig->loop, 20 * CLOCK_US_PER_MS) >= 0);
}

#define API_RUN_UNTIL(rig, condition)                                          \
	do {                                                                   \
		uint64_t end_us = clock_now_us() + API_PATIENCE_US;            \
                                                                               \
		while (!(condition)) {                                         \
			assert_true(clock_now_us() < end_us);                  \
			api_turn(rig);                                         \
		}                                                              \
	} while (0)

static inline void api_begin(struct api_rig *rig, const char *verb,
		const char *members, const struct server_api_asker *asker)
{
	const struct server_api_route *route = server_api_find_verb(verb);
	json_t *request = json_loads(members, 0, NULL);

	assert_non_null(route);
	assert_non_null(request);
	server_api_begin(rig->api, NULL, route, request, &rig->caller, asker,
			rig);
	json_decref(request);
}

/* Until it is answered; the status of HTTP. */
static inline unsigned api_ask(
		struct api_rig *rig, const char *verb, const char *members)
{
	unsigned answers = rig->answers;

	api_begin(rig, verb, members, &api_asker_without_streams);
	API_RUN_UNTIL(rig, rig->answers > answers);
	return rig->status;
}

static inline const char *api_error(const struct api_rig *rig)
{
	return json_string_value(json_object_get(rig->json, "error"));
}

static inline void api_configure(struct api_rig *rig)
{
	struct config *config;
	FILE *file = fopen(rig->config_path, "w");

	assert_non_null(file);
	fputs("log_level = \"error\"\n", file);
	for (int i = 1; i <= 2; i++)
		fprintf(file, "target \"rack%d\" {\n capture { source = \"demo\" }\n vnc { listen = \"unix:%s/vnc%d\" security = \"none\" }\n}\n",
				i, rig->folder, i);
	fprintf(file, "target \"rack3\" {\n capture { source = \"v4l2\" device = \"%s/video\" }\n vnc { listen = \"unix:%s/vnc3\" security = \"none\" }\n}\n",
			rig->folder, rig->folder);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(config_load(&config, rig->config_path, NULL, NULL), 0);
	server_daemon_apply(rig->daemon, config);
}

static inline int api_set_up(void **state)
{
	struct api_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	log_set_level(LOG_LEVEL_ERROR);
	strcpy(rig->folder, "/tmp/rackhand-test-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->config_path, sizeof(rig->config_path), "%s/config",
			rig->folder);
	assert_true(sd_event_new(&rig->loop) >= 0);
	rig->figures.since_us = clock_now_us();
	assert_int_equal(server_daemon_create(
					 &rig->daemon, rig->loop, rig->folder),
			0);
	api_configure(rig);
	assert_int_equal(server_api_create(&rig->api, rig->daemon,
					 &rig->figures, server_api_handlers,
					 server_api_handlers_n),
			0);
	server_caller_init_local(&rig->caller, 1000);
	*state = rig;
	return 0;
}

static inline void api_close_stream(struct api_rig *rig)
{
	if (rig->stream)
		server_api_stream_closed(rig->stream);
	rig->stream = NULL;
}

static inline int api_tear_down(void **state)
{
	struct api_rig *rig = *state;
	char command[128];

	api_close_stream(rig);
	server_daemon_destroy(rig->daemon);
	server_api_destroy(rig->api);
	sd_event_unref(rig->loop);
	json_decref(rig->json);
	core_bytes_unref(rig->bytes);
	snprintf(command, sizeof(command), "rm -r %s", rig->folder);
	assert_int_equal(system(command), 0);
	free(rig);
	return 0;
}
