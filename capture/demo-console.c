/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-console.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STATUS_ROW 0
#define FIRST_ROW 1
#define LINE_BYTES 512

static void fill_row(struct capture_console *console, uint32_t row,
		enum capture_colour background)
{
	for (uint32_t i = 0; i < console->columns; i++)
		console->cells[row][i] = (struct capture_cell){
				' ', CAPTURE_COLOUR_GREY, (uint8_t)background};
}

void capture_console_init(struct capture_console *console, uint32_t columns,
		uint32_t rows)
{
	assert(columns >= 40 && columns <= CAPTURE_CONSOLE_COLUMNS_MAX);
	assert(rows >= 10 && rows <= CAPTURE_CONSOLE_ROWS_MAX);
	memset(console, 0, sizeof(*console));
	console->columns = columns;
	console->rows = rows;
	console->foreground = CAPTURE_COLOUR_GREY;
	console->background = CAPTURE_COLOUR_BLACK;
	fill_row(console, STATUS_ROW, CAPTURE_COLOUR_NAVY);
	capture_console_clear(console);
}

void capture_console_clear(struct capture_console *console)
{
	capture_console_clear_from(console, FIRST_ROW);
	console->row = FIRST_ROW;
	console->column = 0;
}

void capture_console_clear_from(struct capture_console *console, uint32_t row)
{
	for (uint32_t i = row; i < console->rows; i++)
		fill_row(console, i, CAPTURE_COLOUR_BLACK);
}

static void start_row(struct capture_console *console)
{
	console->column = 0;
	if (console->row + 1 < console->rows) {
		console->row++;
		return;
	}
	memmove(console->cells[FIRST_ROW], console->cells[FIRST_ROW + 1],
			sizeof(console->cells[0]) *
					(console->rows - FIRST_ROW - 1));
	fill_row(console, console->rows - 1, CAPTURE_COLOUR_BLACK);
	console->scrolled++;
}

/* Latin-1 without its controls, the soft hyphen's place included. */
static bool is_printable(uint8_t c)
{
	return (c >= ' ' && c <= '~') || c >= 0xa0;
}

void capture_console_put(struct capture_console *console, char c)
{
	if (c == '\n') {
		start_row(console);
		return;
	}
	console->cells[console->row][console->column] = (struct capture_cell){
			is_printable((uint8_t)c) ? c : '?',
			(uint8_t)console->foreground,
			(uint8_t)console->background};
	if (++console->column == console->columns)
		start_row(console);
}

void capture_console_print(struct capture_console *console, const char *text)
{
	while (*text)
		capture_console_put(console, *text++);
}

void capture_console_printf(
		struct capture_console *console, const char *format, ...)
{
	char text[LINE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	capture_console_print(console, text);
}

void capture_console_set_status(
		struct capture_console *console, const char *text)
{
	fill_row(console, STATUS_ROW, CAPTURE_COLOUR_NAVY);
	for (uint32_t i = 0; i < console->columns && text[i]; i++)
		console->cells[STATUS_ROW][i] = (struct capture_cell){text[i],
				CAPTURE_COLOUR_WHITE, CAPTURE_COLOUR_NAVY};
}
