/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/table.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char *format_table(const json_t *rows,
		const struct server_table_column *columns, size_t columns_n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	server_table_print(out, rows, columns, columns_n);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- the list of targets ------------------------------------------------- */

static void format_signal(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	const char *state = "not-served";

	if (json_is_true(json_object_get(target, "served")))
		state = server_text_get(
				json_object_get(target, "signal"), "state");
	snprintf(cell, SERVER_CELL_BYTES, "%s", state);
}

static void format_mode(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	const json_t *signal = json_object_get(target, "signal");

	if (server_text_number(signal, "width") > 0)
		snprintf(cell, SERVER_CELL_BYTES,
				"%" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT
				"@%.2f",
				server_text_number(signal, "width"),
				server_text_number(signal, "height"),
				json_number_value(json_object_get(
						signal, "refresh_hz")));
}

static void format_since(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	const json_t *signal = json_object_get(target, "signal");

	if (json_object_get(signal, "since_s"))
		server_text_format_since(
				server_text_number(signal, "since_s"), cell);
}

static void format_usb(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%s",
			server_text_get(json_object_get(target, "usb"),
					"state"));
}

static void format_operator(const json_t *target, char cell[SERVER_CELL_BYTES])
{
	snprintf(cell, SERVER_CELL_BYTES, "%s",
			server_text_get(json_object_get(target, "operator"),
					"user"));
}

/* Of all, or of one. */
char *server_targets_format(const json_t *result)
{
	static const struct server_table_column columns[] = {
			{"TARGET", .member = "name"},
			{"ROLE", .member = "role"},
			{"SIGNAL", .format = format_signal},
			{"MODE", .format = format_mode},
			{"SINCE", .format = format_since},
			{"USB", .format = format_usb},
			{"VIEWERS", .member = "viewers"},
			{"OPERATOR", .format = format_operator},
	};

	json_t *one = json_object_get(result, "name") ? json_pack("[O]", result)
						      : NULL;
	char *text = format_table(
			one ? one : json_object_get(result, "targets"), columns,
			COUNT(columns));

	json_decref(one);
	return text;
}

char *server_target_format_line(const json_t *target)
{
	char signal[SERVER_CELL_BYTES] = SERVER_TEXT_NONE;
	char mode[SERVER_CELL_BYTES] = "";
	char usb[SERVER_CELL_BYTES] = SERVER_TEXT_NONE;
	char *text;

	format_signal(target, signal);
	format_mode(target, mode);
	format_usb(target, usb);
	if (asprintf(&text, "%s%s%s, usb %s, %" JSON_INTEGER_FORMAT " viewers",
			    signal, mode[0] ? " " : "", mode, usb,
			    server_text_number(target, "viewers")) == -1)
		return NULL;
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return text;
}

/* ---- who has the keyboard ------------------------------------------------ */

/*
 * "session 2, alice"; its number is called `id`. Who types without a viewer has
 * none.
 */
static void print_session(FILE *out, const json_t *session, const char *id)
{
	if (json_is_integer(json_object_get(session, id)))
		fprintf(out, "session %" JSON_INTEGER_FORMAT ", ",
				server_text_number(session, id));
	server_text_print(out, server_text_get(session, "user"));
}

static void print_operator(FILE *out, const json_t *result)
{
	const json_t *holder = json_object_get(result, "operator");
	bool held = true;

	server_text_print(out, server_text_get(result, "target"));
	fputs(": ", out);
	if (json_is_object(holder))
		print_session(out, holder, "session");
	else if (json_is_integer(json_object_get(result, "id")))
		print_session(out, result, "id");
	else
		held = false;
	fputs(held ? ", has the keyboard\n" : "nobody has the keyboard\n", out);
}

char *server_control_format(const json_t *result)
{
	const json_t *asker;
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_operator(out, result);
	json_array_foreach(json_object_get(result, "askers"), i, asker)
	{
		fputs("  ", out);
		print_session(out, asker, "session");
		fputs(", asks for it\n", out);
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- layouts and macros -------------------------------------------------- */

/* "de nodeadkeys" */
char *server_layout_format(const json_t *result)
{
	const char *variant = server_text_get(result, "variant");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	server_text_print(out, server_text_get(result, "layout"));
	if (strcmp(variant, SERVER_TEXT_NONE) != 0) {
		fputc(' ', out);
		server_text_print(out, variant);
	}
	fputc('\n', out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* A row for each variant, with the layout that it is of. */
static json_t *flatten(const json_t *layouts)
{
	json_t *rows = json_array();
	const json_t *layout, *variant;
	size_t i, j;

	json_array_foreach(layouts, i, layout)
	{
		json_array_append(rows, (json_t *)layout);
		json_array_foreach(json_object_get(layout, "variants"), j,
				variant) json_array_append_new(rows,
				json_pack("{s:s, s:s, s:s}", "layout",
						server_text_get(layout,
								"layout"),
						"variant",
						server_text_get(variant,
								"variant"),
						"name",
						server_text_get(variant,
								"name")));
	}
	return rows;
}

char *server_layouts_format(const json_t *result)
{
	static const struct server_table_column columns[] = {
			{"LAYOUT", .member = "layout"},
			{"VARIANT", .member = "variant"},
			{"NAME", .member = "name"},
	};
	json_t *rows = flatten(json_object_get(result, "layouts"));
	char *text = format_table(rows, columns, COUNT(columns));

	json_decref(rows);
	return text;
}

char *server_macros_format(const json_t *result)
{
	static const struct server_table_column columns[] = {
			{"MACRO", .member = "name"},
			{"FROM", .member = "from"},
			{"KEYS", .member = "keys"},
	};

	return format_table(json_object_get(result, "macros"), columns,
			COUNT(columns));
}

/* ---- the EDID ------------------------------------------------------------ */

static void print_monitor(FILE *out, const json_t *monitor)
{
	char mode[SERVER_CELL_BYTES];

	server_text_print(out, server_text_get(monitor, "maker"));
	fputc(' ', out);
	server_text_print(out, server_text_get(monitor, "name"));
	snprintf(mode, sizeof(mode),
			", %" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT
			"@%.2f",
			server_text_number(monitor, "width"),
			server_text_number(monitor, "height"),
			json_number_value(json_object_get(
					monitor, "refresh_hz")));
	fputs(mode, out);
}

static void print_edid(FILE *out, const json_t *result)
{
	const json_t *monitor = json_object_get(result, "monitor");
	const json_t *name;
	size_t i;

	if (json_is_object(monitor))
		print_monitor(out, monitor);
	else
		server_text_print(out, server_text_get(result, "detail"));
	if (json_is_string(json_object_get(result, "preset"))) {
		fputs("; preset ", out);
		server_text_print(out, server_text_get(result, "preset"));
	}
	fputc('\n', out);
	if (!json_is_true(json_object_get(result, "supported")))
		return;
	fputs("presets:", out);
	json_array_foreach(json_object_get(result, "presets"), i, name)
	{
		fputc(' ', out);
		server_text_print(out, json_string_value(name));
	}
	fputc('\n', out);
}

char *server_edid_format(const json_t *result)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_edid(out, result);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

#undef COUNT
