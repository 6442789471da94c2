/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/table.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static void format_member(const json_t *row, const char *member,
		char cell[SERVER_CELL_BYTES])
{
	static const char more[] = "...";
	int length;

	if (json_is_integer(json_object_get(row, member)))
		length = snprintf(cell, SERVER_CELL_BYTES,
				"%" JSON_INTEGER_FORMAT,
				server_text_number(row, member));
	else
		length = snprintf(cell, SERVER_CELL_BYTES, "%s",
				server_text_get(row, member));
	if (length >= SERVER_CELL_BYTES)
		memcpy(cell + SERVER_CELL_BYTES - sizeof(more), more,
				sizeof(more));
}

/* NULL for a row asks for the heading. */
static void fill_cell(const json_t *row,
		const struct server_table_column *column,
		char cell[SERVER_CELL_BYTES])
{
	strcpy(cell, row ? SERVER_TEXT_NONE : column->heading);
	if (row && column->format)
		column->format(row, cell);
	else if (row)
		format_member(row, column->member, cell);
	for (char *c = cell; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static void print_row(FILE *out, const json_t *row,
		const struct server_table_column *columns, size_t columns_n,
		const size_t *widths)
{
	char cell[SERVER_CELL_BYTES];

	for (size_t i = 0; i < columns_n; i++) {
		bool last = i == columns_n - 1;

		fill_cell(row, &columns[i], cell);
		fprintf(out, "%-*s%s", last ? 0 : (int)widths[i], cell,
				last ? "\n" : "  ");
	}
}

static void measure(const json_t *row,
		const struct server_table_column *columns, size_t columns_n,
		size_t *widths)
{
	char cell[SERVER_CELL_BYTES];

	for (size_t i = 0; i < columns_n; i++) {
		fill_cell(row, &columns[i], cell);
		if (strlen(cell) > widths[i])
			widths[i] = strlen(cell);
	}
}

void server_table_print(FILE *out, const json_t *rows,
		const struct server_table_column *columns, size_t columns_n)
{
	size_t widths[SERVER_TABLE_COLUMNS_MAX] = {0};
	const json_t *row;
	size_t i;

	assert(columns_n <= SERVER_TABLE_COLUMNS_MAX);
	measure(NULL, columns, columns_n, widths);
	json_array_foreach(rows, i, row)
	{
		measure(row, columns, columns_n, widths);
	}
	print_row(out, NULL, columns, columns_n, widths);
	json_array_foreach(rows, i, row)
	{
		print_row(out, row, columns, columns_n, widths);
	}
}
