/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/session-text.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/table.h"

static void format_text(const json_t *session, const char *key,
		char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%s", server_text_get(session, key));
}

static void format_id(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%" JSON_INTEGER_FORMAT,
			server_text_number(session, "id"));
}

static void format_target(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	format_text(session, "target", cell);
}

static void format_user(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	format_text(session, "user", cell);
}

static void format_role(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	format_text(session, "role", cell);
}

static void format_from(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	format_text(session, "peer", cell);
}

static void format_how(const json_t *session, char cell[SERVER_CELL_BYTES])
{
	format_text(session, "how", cell);
}

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
		{"ID", format_id},
		{"TARGET", format_target},
		{"USER", format_user},
		{"ROLE", format_role},
		{"FROM", format_from},
		{"HOW", format_how},
		{"SINCE", format_since},
		{"IDLE", format_idle},
		{"OPERATOR", format_operator},
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

char *server_control_format(const json_t *result)
{
	const char *target = server_text_get(result, "target");
	char *text;
	int length;

	if (json_is_integer(json_object_get(result, "id")))
		length = asprintf(&text,
				"%s: session %" JSON_INTEGER_FORMAT
				", %s, has the keyboard\n",
				target, server_text_number(result, "id"),
				server_text_get(result, "user"));
	else
		length = asprintf(
				&text, "%s: nobody has the keyboard\n", target);
	return length == -1 ? NULL : text;
}
