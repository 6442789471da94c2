/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/text.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *server_text_get(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && *text ? text : SERVER_TEXT_NONE;
}

json_int_t server_text_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

void server_text_format_since(json_int_t seconds, char cell[SERVER_CELL_BYTES])
{
	static const struct {
		json_int_t seconds;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
	size_t i = 0;

	while (units[i].seconds > 1 && seconds < units[i].seconds)
		i++;
	if (units[i].seconds == 1)
		snprintf(cell, SERVER_CELL_BYTES, "%" JSON_INTEGER_FORMAT "s",
				seconds);
	else
		snprintf(cell, SERVER_CELL_BYTES,
				"%" JSON_INTEGER_FORMAT "%s"
				"%02" JSON_INTEGER_FORMAT "%s",
				seconds / units[i].seconds, units[i].unit,
				seconds % units[i].seconds /
						units[i + 1].seconds,
				units[i + 1].unit);
}

/* The first unit in which it is below 1000, else the last one. */
static void format_scaled(json_int_t value, const char *const units[],
		size_t units_n, char cell[SERVER_CELL_BYTES])
{
	double scaled = (double)value;
	size_t i = 0;
	int digits;

	while (scaled >= 999.5 && i + 1 < units_n) {
		scaled /= 1000;
		i++;
	}
	digits = i == 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
	snprintf(cell, SERVER_CELL_BYTES, "%.*f%s", digits, scaled, units[i]);
}

void server_text_format_us(json_int_t us, char cell[SERVER_CELL_BYTES])
{
	static const char *const units[] = {"us", "ms", "s"};

	format_scaled(us, units, COUNT(units), cell);
}

void server_text_format_bytes(json_int_t bytes, char cell[SERVER_CELL_BYTES])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};

	format_scaled(bytes, units, COUNT(units), cell);
}

void server_text_print(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text < ' ' || *text > '~' ? '?' : *text, out);
}

#undef COUNT
