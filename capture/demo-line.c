/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo-line.h"

#include <string.h>

#define TAB_STOP 8

void capture_line_insert(struct capture_line *line, char c)
{
	if (line->length == CAPTURE_LINE_MAX)
		return;
	memmove(line->text + line->at + 1, line->text + line->at,
			line->length - line->at + 1);
	line->text[line->at++] = c;
	line->length++;
}

void capture_line_delete(struct capture_line *line)
{
	if (line->at == line->length)
		return;
	memmove(line->text + line->at, line->text + line->at + 1,
			line->length - line->at);
	line->length--;
}

void capture_line_backspace(struct capture_line *line)
{
	if (line->at == 0)
		return;
	line->at--;
	capture_line_delete(line);
}

void capture_line_tab(struct capture_line *line)
{
	size_t spaces = TAB_STOP - line->at % TAB_STOP;

	while (spaces-- > 0)
		capture_line_insert(line, ' ');
}

void capture_line_left(struct capture_line *line)
{
	if (line->at > 0)
		line->at--;
}

void capture_line_right(struct capture_line *line)
{
	if (line->at < line->length)
		line->at++;
}

void capture_line_home(struct capture_line *line)
{
	line->at = 0;
}

void capture_line_end(struct capture_line *line)
{
	line->at = line->length;
}

static void set(struct capture_line *line, const char *text)
{
	line->length = strlen(text);
	memcpy(line->text, text, line->length + 1);
	line->at = line->length;
}

void capture_line_older(struct capture_line *line)
{
	if (line->back == line->history_n)
		return;
	line->back++;
	set(line, line->history[line->history_n - line->back]);
}

void capture_line_newer(struct capture_line *line)
{
	if (line->back == 0)
		return;
	line->back--;
	set(line,
			line->back == 0 ? ""
					: line->history[line->history_n -
							  line->back]);
}

void capture_line_drop(struct capture_line *line)
{
	set(line, "");
	line->back = 0;
}

void capture_line_finish(struct capture_line *line)
{
	if (line->length > 0) {
		if (line->history_n == CAPTURE_LINE_HISTORY) {
			memmove(line->history[0], line->history[1],
					sizeof(line->history) -
							sizeof(line->history[0]));
			line->history_n--;
		}
		memcpy(line->history[line->history_n++], line->text,
				line->length + 1);
	}
	capture_line_drop(line);
}
