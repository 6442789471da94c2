/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/session-text.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/table.h"

static void format_since(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	server_text_format_since(server_text_number(session, "since_s"), cell);
}

static void format_idle(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	server_text_format_since(server_text_number(session, "idle_s"), cell);
}

static void format_operator(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	if (json_is_true(json_object_get(session, "operator")))
		snprintf(cell, SERVER_CELL_BYTES, "yes");
	else if (json_is_true(json_object_get(session, "asks")))
		snprintf(cell, SERVER_CELL_BYTES, "asks");
}

static const struct server_table_column columns[] = {
		{"ID", .member = "id"},
		{"TARGET", .member = "target"},
		{"USER", .member = "user"},
		{"ROLE", .member = "role"},
		{"FROM", .member = "peer"},
		{"HOW", .member = "how"},
		{"SINCE", .format = format_since},
		{"IDLE", .format = format_idle},
		{"OPERATOR", .format = format_operator},
};

char *server_sessions_format(const json_t *result)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	server_table_print(out, json_object_get(result, "sessions"), columns,
			sizeof(columns) / sizeof(columns[0]));
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

char *server_disconnect_format(const json_t *result)
{
	char *text;

	if (asprintf(&text,
			    "session %" JSON_INTEGER_FORMAT
			    ", %s on %s, is disconnected\n",
			    server_text_number(result, "id"),
			    server_text_get(result, "user"),
			    server_text_get(result, "target")) == -1)
		return NULL;
	return text;
}
