/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-events.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/cli-link.h"
#include "server/cli-wait.h"
#include "server/event-read.h"
#include "server/programs.h"
#include "server/target-text.h"
#include "server/text.h"

/* ---- for people ---------------------------------------------------------- */

static void print_time(void)
{
	time_t now = time(NULL);
	char text[16] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	printf("%-8s  ", text);
}

static void print_target(const json_t *data)
{
	char *text = server_target_format_line(data);

	fputs(text ? text : SERVER_TEXT_NONE, stdout);
	free(text);
}

static void print_holder(const json_t *data)
{
	const json_t *holder = json_object_get(data, "operator");

	if (json_is_object(holder)) {
		server_text_print(stdout, server_text_get(holder, "user"));
		fputs(" has the keyboard", stdout);
	} else {
		fputs("nobody has the keyboard", stdout);
	}
	if (json_array_size(json_object_get(data, "askers")) > 0)
		printf("; %zu asking for it",
				json_array_size(json_object_get(
						data, "askers")));
}

static void print_typing(const json_t *data)
{
	printf("typed %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
	       " characters",
			server_text_number(data, "typed"),
			server_text_number(data, "characters"));
	if (json_is_true(json_object_get(data, "active")))
		return;
	fputs(": ", stdout);
	server_text_print(stdout, server_text_get(data, "text"));
}

static void print_session(const json_t *data)
{
	printf("session %" JSON_INTEGER_FORMAT ", ",
			server_text_number(data, "id"));
	server_text_print(stdout, server_text_get(data, "user"));
	fputs(json_is_true(json_object_get(data, "here")) ? ", is here"
							  : ", is gone",
			stdout);
}

static const struct {
	const char *event;
	const char *named; /* the member with the target's name */
	void (*print)(const json_t *data);
} printers[] = {
		{"target", "name", print_target},
		{"control", "target", print_holder},
		{"text", "target", print_typing},
		{"session", "target", print_session},
};

/* "hello" is for programs: people see the targets that follow. */
static void print_line(const char *name, const json_t *data)
{
	for (size_t i = 0; i < sizeof(printers) / sizeof(printers[0]); i++) {
		if (strcmp(printers[i].event, name) != 0)
			continue;
		print_time();
		printf("%-8s  ", name);
		server_text_print(stdout,
				server_text_get(data, printers[i].named));
		fputs("  ", stdout);
		printers[i].print(data);
		putchar('\n');
	}
}

/* ---- as they come -------------------------------------------------------- */

static int on_event(void *context, const char *name, const json_t *data)
{
	const struct server_cli *cli = context;
	json_t *line;

	if (!cli->values[SERVER_RACKHAND_JSON]) {
		print_line(name, data);
		return fflush(stdout) == 0 ? 0 : -EPIPE;
	}
	line = json_pack("{s:s, s:O}", "event", name, "data", data);
	json_dumpf(line, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(line);
	return fflush(stdout) == 0 ? 0 : -EPIPE;
}

static int on_bytes(void *context, const char *bytes, size_t size)
{
	return server_event_reader_feed(context, bytes, size);
}

static bool is_over(void *context)
{
	(void)context;
	return server_cli_wait_is_over(0);
}

int server_cli_events(const struct server_cli *cli)
{
	struct server_event_reader reader = {
			.take = on_event, .context = (void *)cli};
	const struct server_cli_sink sink = {.take = on_bytes,
			.is_over = is_over,
			.context = &reader};
	int code;

	server_cli_wait_begin();
	code = server_cli_link_follow(cli, "events", json_object(), &sink);
	server_event_reader_finish(&reader);
	return code;
}
