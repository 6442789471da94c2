/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "server/text.h"

/*
 * A table for people: a line of headings, and one for each object of a JSON
 * array, in columns as wide as they need to be.
 *
 * Threads: any. Errors: none.
 */
#define SERVER_TABLE_COLUMNS_MAX 16

struct server_table_column {
	const char *heading;
	/* Leaves the cell, which is SERVER_TEXT_NONE, alone for nothing. */
	void (*format)(const json_t *row, char cell[SERVER_CELL_BYTES]);
	/* Without a format: of this member, a text or a number. */
	const char *member;
};

void server_table_print(FILE *out, const json_t *rows,
		const struct server_table_column *columns, size_t columns_n);
