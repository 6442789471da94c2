/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * The line that is being typed at the demo computer's prompt, with the lines
 * before it. Plain data, caller's memory; all zero is an empty one.
 *
 * Threads: loop thread only.
 * Errors:  none; what does not fit is not taken.
 */
#define CAPTURE_LINE_MAX 160
#define CAPTURE_LINE_HISTORY 16

struct capture_line {
	char text[CAPTURE_LINE_MAX + 1];
	size_t length;
	size_t at; /* where the next character goes */
	char history[CAPTURE_LINE_HISTORY][CAPTURE_LINE_MAX + 1];
	size_t history_n;
	size_t back; /* how far up in the history; 0 is the line being typed */
};

void capture_line_insert(struct capture_line *line, char c);
void capture_line_backspace(struct capture_line *line);
void capture_line_delete(struct capture_line *line);
void capture_line_tab(struct capture_line *line);
void capture_line_left(struct capture_line *line);
void capture_line_right(struct capture_line *line);
void capture_line_home(struct capture_line *line);
void capture_line_end(struct capture_line *line);
void capture_line_older(struct capture_line *line);
void capture_line_newer(struct capture_line *line);

/* The line moves into the history, and a new one begins. */
void capture_line_finish(struct capture_line *line);

/* A new line begins without that. */
void capture_line_drop(struct capture_line *line);
