/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/status-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/table.h"

static void format_name(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%s",
			server_text_get(target, "name"));
}

static void format_signal(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	if (json_is_false(json_object_get(target, "served")))
		snprintf(cell, SERVER_CELL_BYTES, "not-served");
	else
		snprintf(cell, SERVER_CELL_BYTES, "%s",
				server_text_get(json_object_get(target,
								"capture"),
						"state"));
}

static void format_mode(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	const json_t *capture = json_object_get(target, "capture");
	json_int_t refresh_millihz =
			server_text_number(capture, "refresh_millihz");
	json_int_t width = server_text_number(capture, "width");
	int used;

	if (width <= 0)
		return;
	used = snprintf(cell, SERVER_CELL_BYTES,
			"%" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT, width,
			server_text_number(capture, "height"));
	if (refresh_millihz > 0 && used > 0 && used < SERVER_CELL_BYTES)
		snprintf(cell + used, SERVER_CELL_BYTES - (size_t)used,
				"@%" JSON_INTEGER_FORMAT
				".%02" JSON_INTEGER_FORMAT,
				refresh_millihz / 1000,
				refresh_millihz % 1000 / 10);
}

static void format_format(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%s",
			server_text_get(json_object_get(target, "capture"),
					"format"));
}

static void format_since(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	const json_t *capture = json_object_get(target, "capture");

	if (json_object_get(capture, "since_s"))
		server_text_format_since(
				server_text_number(capture, "since_s"), cell);
}

static void format_usb(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%s",
			server_text_get(json_object_get(target, "usb"),
					"state"));
}

static void format_leds(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	const json_t *leds =
			json_object_get(json_object_get(target, "usb"), "leds");
	const json_t *led;
	size_t used = 0;
	size_t i;

	json_array_foreach(leds, i, led)
	{
		if (used >= SERVER_CELL_BYTES - 1 || !json_is_string(led))
			return;
		used += (size_t)snprintf(cell + used, SERVER_CELL_BYTES - used,
				"%s%s", i == 0 ? "" : "+",
				json_string_value(led));
	}
}

static void format_viewers(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	const json_t *vnc = json_object_get(target, "vnc");

	if (vnc)
		snprintf(cell, SERVER_CELL_BYTES, "%zu",
				json_array_size(json_object_get(
						vnc, "viewers")));
}

static void format_operator(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%s",
			server_text_get(target, "operator"));
}

static const struct server_table_column columns[] = {
		{"TARGET", .format = format_name},
		{"SIGNAL", .format = format_signal},
		{"MODE", .format = format_mode},
		{"FORMAT", .format = format_format},
		{"SINCE", .format = format_since},
		{"USB", .format = format_usb},
		{"LEDS", .format = format_leds},
		{"VIEWERS", .format = format_viewers},
		{"OPERATOR", .format = format_operator},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void print_detail(FILE *out, const json_t *target)
{
	const json_t *capture = json_object_get(target, "capture");
	const char *detail =
			server_text_get(capture ? capture : target, "detail");

	if (strcmp(detail, SERVER_TEXT_NONE) == 0)
		return;
	server_text_print(out, server_text_get(target, "name"));
	fputs(": ", out);
	server_text_print(out, detail);
	fputc('\n', out);
}

static void print_who(FILE *out, const json_t *viewer)
{
	if (!json_object_get(viewer, "user"))
		return;
	fputs(", ", out);
	server_text_print(out, server_text_get(viewer, "user"));
	fputs(", ", out);
	server_text_print(out, server_text_get(viewer, "role"));
}

/* One line each: who, and what it is sent. */
static void print_viewers(FILE *out, const json_t *target)
{
	const json_t *viewers = json_object_get(
			json_object_get(target, "vnc"), "viewers");
	const json_t *viewer;
	size_t i;

	json_array_foreach(viewers, i, viewer)
	{
		server_text_print(out, server_text_get(target, "name"));
		fputs(": viewer ", out);
		server_text_print(out, server_text_get(viewer, "peer"));
		print_who(out, viewer);
		fputs(": ", out);
		server_text_print(out, server_text_get(viewer, "encoding"));
		fputc('\n', out);
	}
}

static void print_status(FILE *out, const json_t *status)
{
	const json_t *targets = json_object_get(status, "targets");
	const json_t *target;
	size_t i;

	server_table_print(out, targets, columns, COLUMNS);
	json_array_foreach(targets, i, target)
	{
		print_detail(out, target);
		print_viewers(out, target);
	}
}

char *server_status_format(const json_t *status)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_status(out, status);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
