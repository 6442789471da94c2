/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/status-text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_BYTES 64
#define NONE "-"

typedef void format_cell(const json_t *target, char cell[CELL_BYTES]);

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && *text ? text : NONE;
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void format_name(const json_t *target, char cell[CELL_BYTES])
{
	snprintf(cell, CELL_BYTES, "%s", text_of(target, "name"));
}

static void format_signal(const json_t *target, char cell[CELL_BYTES])
{
	if (json_is_false(json_object_get(target, "served")))
		snprintf(cell, CELL_BYTES, "not-served");
	else
		snprintf(cell, CELL_BYTES, "%s",
				text_of(json_object_get(target, "capture"),
						"state"));
}

static void format_mode(const json_t *target, char cell[CELL_BYTES])
{
	const json_t *capture = json_object_get(target, "capture");
	json_int_t refresh_millihz = number_of(capture, "refresh_millihz");
	json_int_t width = number_of(capture, "width");
	int used;

	if (width <= 0)
		return;
	used = snprintf(cell, CELL_BYTES,
			"%" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT, width,
			number_of(capture, "height"));
	if (refresh_millihz > 0 && used > 0 && used < CELL_BYTES)
		snprintf(cell + used, CELL_BYTES - (size_t)used,
				"@%" JSON_INTEGER_FORMAT
				".%02" JSON_INTEGER_FORMAT,
				refresh_millihz / 1000,
				refresh_millihz % 1000 / 10);
}

static void format_format(const json_t *target, char cell[CELL_BYTES])
{
	snprintf(cell, CELL_BYTES, "%s",
			text_of(json_object_get(target, "capture"), "format"));
}

/* The two largest units: "59s", "3m05s", "2h00m", "400d23h". */
static void format_since(const json_t *target, char cell[CELL_BYTES])
{
	static const struct {
		json_int_t seconds;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
	const json_t *capture = json_object_get(target, "capture");
	json_int_t since_s = number_of(capture, "since_s");
	size_t i = 0;

	if (!json_object_get(capture, "since_s"))
		return;
	while (units[i].seconds > 1 && since_s < units[i].seconds)
		i++;
	if (units[i].seconds == 1)
		snprintf(cell, CELL_BYTES, "%" JSON_INTEGER_FORMAT "s",
				since_s);
	else
		snprintf(cell, CELL_BYTES,
				"%" JSON_INTEGER_FORMAT "%s"
				"%02" JSON_INTEGER_FORMAT "%s",
				since_s / units[i].seconds, units[i].unit,
				since_s % units[i].seconds /
						units[i + 1].seconds,
				units[i + 1].unit);
}

static void format_usb(const json_t *target, char cell[CELL_BYTES])
{
	snprintf(cell, CELL_BYTES, "%s",
			text_of(json_object_get(target, "usb"), "state"));
}

static void format_leds(const json_t *target, char cell[CELL_BYTES])
{
	const json_t *leds =
			json_object_get(json_object_get(target, "usb"), "leds");
	const json_t *led;
	size_t used = 0;
	size_t i;

	json_array_foreach(leds, i, led)
	{
		if (used >= CELL_BYTES - 1 || !json_is_string(led))
			return;
		used += (size_t)snprintf(cell + used, CELL_BYTES - used, "%s%s",
				i == 0 ? "" : "+", json_string_value(led));
	}
}

static void format_viewers(const json_t *target, char cell[CELL_BYTES])
{
	const json_t *vnc = json_object_get(target, "vnc");

	if (vnc)
		snprintf(cell, CELL_BYTES, "%zu",
				json_array_size(json_object_get(
						vnc, "viewers")));
}

static void format_operator(const json_t *target, char cell[CELL_BYTES])
{
	snprintf(cell, CELL_BYTES, "%s", text_of(target, "operator"));
}

static const struct {
	const char *heading;
	format_cell *format; /* leaves the cell alone when there is nothing */
} columns[] = {
		{"TARGET", format_name},
		{"SIGNAL", format_signal},
		{"MODE", format_mode},
		{"FORMAT", format_format},
		{"SINCE", format_since},
		{"USB", format_usb},
		{"LEDS", format_leds},
		{"VIEWERS", format_viewers},
		{"OPERATOR", format_operator},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* NULL for a target asks for the heading. */
static void fill_cell(
		const json_t *target, size_t column, char cell[CELL_BYTES])
{
	strcpy(cell, target ? NONE : columns[column].heading);
	if (target)
		columns[column].format(target, cell);
	for (char *c = cell; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static void print_row(
		FILE *out, const json_t *target, const size_t widths[COLUMNS])
{
	char cell[CELL_BYTES];

	for (size_t i = 0; i < COLUMNS; i++) {
		bool last = i == COLUMNS - 1;

		fill_cell(target, i, cell);
		fprintf(out, "%-*s%s", last ? 0 : (int)widths[i], cell,
				last ? "\n" : "  ");
	}
}

static void measure(const json_t *target, size_t widths[COLUMNS])
{
	char cell[CELL_BYTES];

	for (size_t i = 0; i < COLUMNS; i++) {
		fill_cell(target, i, cell);
		if (strlen(cell) > widths[i])
			widths[i] = strlen(cell);
	}
}

/* Names and causes come from devices and viewers: no escape sequences. */
static void print_clean(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text < ' ' || *text > '~' ? '?' : *text, out);
}

static void print_detail(FILE *out, const json_t *target)
{
	const json_t *capture = json_object_get(target, "capture");
	const char *detail = text_of(capture ? capture : target, "detail");

	if (strcmp(detail, NONE) == 0)
		return;
	print_clean(out, text_of(target, "name"));
	fputs(": ", out);
	print_clean(out, detail);
	fputc('\n', out);
}

static void print_status(FILE *out, const json_t *status)
{
	const json_t *targets = json_object_get(status, "targets");
	size_t widths[COLUMNS] = {0};
	const json_t *target;
	size_t i;

	measure(NULL, widths);
	json_array_foreach(targets, i, target)
	{
		measure(target, widths);
	}
	print_row(out, NULL, widths);
	json_array_foreach(targets, i, target)
	{
		print_row(out, target, widths);
	}
	json_array_foreach(targets, i, target)
	{
		print_detail(out, target);
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
