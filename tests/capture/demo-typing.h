/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "capture/demo-console.h"

/*
 * How a person types on a US keyboard, and what can be read on the screen.
 *
 * Threads: one.
 * Errors:  what cannot be typed fails the test.
 */
#define TYPING_SHIFT 0x02

/* The key for a printable character or '\n'. */
void typing_find_key(char c, uint8_t *usage, uint8_t *modifiers);

/* One row as text, without the spaces at its end. */
struct typing_row {
	char text[CAPTURE_CONSOLE_COLUMNS_MAX + 1];
};

struct typing_row typing_read_row(
		const struct capture_console *console, uint32_t row);

/* The first row that begins with `text`; 0 (the status line) if none does. */
uint32_t typing_find_row(
		const struct capture_console *console, const char *text);
