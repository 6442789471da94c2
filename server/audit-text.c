/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Those that have a column; what a line says besides follows. */
static const struct column {
	const char *member;
	const char *heading;
	int width;
} columns[] = {
		{"number", "NUMBER", 7},
		{"time", "TIME (UTC)", 24},
		{"event", "EVENT", 16},
		{"target", "TARGET", 10},
		{"user", "USER", 12},
		{"peer", "PEER", 24},
};

static const char *const unshown[] = {"monotonic_us", "previous"};

static bool is_shown_last(const char *member)
{
	for (size_t i = 0; i < COUNT(columns); i++)
		if (strcmp(columns[i].member, member) == 0)
			return false;
	for (size_t i = 0; i < COUNT(unshown); i++)
		if (strcmp(unshown[i], member) == 0)
			return false;
	return true;
}

/* Text without quotes, the rest as JSON has it. */
static void print_value(FILE *out, const json_t *value)
{
	char *text = NULL;

	if (json_is_string(value)) {
		server_text_print(out, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	server_text_print(out, text ? text : SERVER_TEXT_NONE);
	free(text);
}

static void print_cell(FILE *out, const json_t *line, const struct column *is)
{
	const json_t *value = json_object_get(line, is->member);
	char cell[512] = SERVER_TEXT_NONE;

	if (json_is_integer(value))
		snprintf(cell, sizeof(cell), "%" JSON_INTEGER_FORMAT,
				json_integer_value(value));
	else
		snprintf(cell, sizeof(cell), "%s",
				server_text_get(line, is->member));
	server_text_print(out, cell);
	for (int i = (int)strlen(cell); i < is->width; i++)
		fputc(' ', out);
	fputc(' ', out);
}

void server_audit_text_print_heading(FILE *out)
{
	for (size_t i = 0; i < COUNT(columns); i++)
		fprintf(out, "%-*s ", columns[i].width, columns[i].heading);
	fprintf(out, "MORE\n");
}

void server_audit_text_print(FILE *out, const json_t *line)
{
	const char *space = "";
	const char *member;
	json_t *value;

	for (size_t i = 0; i < COUNT(columns); i++)
		print_cell(out, line, &columns[i]);
	json_object_foreach((json_t *)line, member, value)
	{
		if (!is_shown_last(member))
			continue;
		fputs(space, out);
		server_text_print(out, member);
		fputc('=', out);
		print_value(out, value);
		space = " ";
	}
	fputc('\n', out);
}

/* ---- since ----------------------------------------------------------------
 */

static int parse_ago(char since[SERVER_AUDIT_SINCE_BYTES], const char *text)
{
	static const struct {
		char letter;
		time_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	const size_t digits = strspn(text, "0123456789");
	time_t then = time(NULL);
	struct tm utc;

	if (digits == 0 || digits > 6 || strlen(text) != digits + 1)
		return -EINVAL;
	for (size_t i = 0; i < COUNT(units); i++) {
		if (units[i].letter != text[digits])
			continue;
		then -= (time_t)strtoul(text, NULL, 10) * units[i].seconds;
		if (!gmtime_r(&then, &utc))
			return -EINVAL;
		strftime(since, SERVER_AUDIT_SINCE_BYTES, "%Y-%m-%dT%H:%M:%S",
				&utc);
		return 0;
	}
	return -EINVAL;
}

int server_audit_text_parse_since(
		char since[SERVER_AUDIT_SINCE_BYTES], const char *text)
{
	static const char like[] = "dddd-dd-ddTdd:dd:dd.dddZ";
	size_t length = strlen(text);

	if (length < strlen("2026-11-20") || length > strlen(like))
		return parse_ago(since, text);
	for (size_t i = 0; i < length; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		since[i] = like[i] == 'T' && text[i] == ' ' ? 'T' : text[i];
		if (like[i] == 'd' ? !digit : since[i] != like[i])
			return -EINVAL;
	}
	since[length] = '\0';
	return 0;
}

#undef COUNT
