/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/*
 * The demo computer's text screen: a grid of characters with a cursor. Row 0
 * is a status line that stays; text runs in the rows below it and scrolls
 * there when they are full. Plain data, caller's memory.
 *
 * Threads: loop thread only.
 * Errors:  none; what is not printable becomes "?". Characters are those of
 * Latin-1, with the euro sign in the place of the currency sign.
 */
#define CAPTURE_CONSOLE_COLUMNS_MAX 240
#define CAPTURE_CONSOLE_ROWS_MAX 67

/* The eight that colour bars are made of, then the greys of text. */
enum capture_colour {
	CAPTURE_COLOUR_WHITE,
	CAPTURE_COLOUR_YELLOW,
	CAPTURE_COLOUR_CYAN,
	CAPTURE_COLOUR_GREEN,
	CAPTURE_COLOUR_MAGENTA,
	CAPTURE_COLOUR_RED,
	CAPTURE_COLOUR_BLUE,
	CAPTURE_COLOUR_BLACK,
	CAPTURE_COLOUR_GREY,
	CAPTURE_COLOUR_NAVY,
	CAPTURE_COLOURS
};

struct capture_cell {
	char character;
	uint8_t foreground; /* enum capture_colour */
	uint8_t background;
};

struct capture_console {
	uint32_t columns;
	uint32_t rows;
	uint32_t row; /* of the cursor */
	uint32_t column;
	uint64_t scrolled;              /* rows that ran out at the top, ever */
	enum capture_colour foreground; /* of what is printed next */
	enum capture_colour background;
	struct capture_cell cells[CAPTURE_CONSOLE_ROWS_MAX]
				 [CAPTURE_CONSOLE_COLUMNS_MAX];
};

/* An empty screen of this size; both at most the maxima, and not tiny. */
void capture_console_init(struct capture_console *console, uint32_t columns,
		uint32_t rows);

/* Everything below the status line; the cursor goes to its start. */
void capture_console_clear(struct capture_console *console);

/* From the start of `row` to the end of the screen. */
void capture_console_clear_from(struct capture_console *console, uint32_t row);

void capture_console_put(struct capture_console *console, char c);
void capture_console_print(struct capture_console *console, const char *text);
void capture_console_printf(struct capture_console *console, const char *format,
		...) __attribute__((format(printf, 2, 3)));

/* The whole status line; what is too long is cut. */
void capture_console_set_status(
		struct capture_console *console, const char *text);
