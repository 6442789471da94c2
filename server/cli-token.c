/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/cli-ask.h"
#include "server/cli-link.h"
#include "server/programs.h"
#include "server/table.h"

#define EXPIRES_DAYS 90

static int ask(const struct server_cli *cli, const char *operation,
		json_t *request)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(cli, operation, request, &answer);

	if (code == EXIT_SUCCESS)
		code = server_cli_print(cli, answer.json);
	server_cli_answer_finish(&answer);
	return code;
}

/* "90d"; 0 for anything else. */
static long parse_days(const char *text)
{
	char *end;
	long days = strtol(text, &end, 10);

	return end != text && strcmp(end, "d") == 0 && days > 0 ? days : 0;
}

int server_cli_token_add(const struct server_cli *cli)
{
	const char *roles = cli->values[SERVER_RACKHAND_ROLE];
	const char *expires = cli->values[SERVER_RACKHAND_EXPIRES];
	long days = expires ? parse_days(expires) : EXPIRES_DAYS;

	if (days == 0)
		return server_cli_complain(
				"--expires wants a number of days, such as 90d",
				SERVER_EXIT_USAGE);
	return ask(cli, "token add",
			json_pack("{s:s, s:s, s:I}", "name", cli->operands[0],
					"roles", roles ? roles : "viewer",
					"expires_days", (json_int_t)days));
}

int server_cli_token_list(const struct server_cli *cli)
{
	return ask(cli, "tokens", json_object());
}

int server_cli_token_remove(const struct server_cli *cli)
{
	return ask(cli, "token remove",
			json_pack("{s:s}", "token", cli->operands[0]));
}

/* ---- for people ---------------------------------------------------------- */

/* Alone on its line, for a program that takes it from there. */
char *server_cli_token_format(const json_t *result)
{
	const char *token = server_text_get(result, "token");
	char *text;

	return asprintf(&text, "%s\n", token) == -1 ? NULL : text;
}

static void format_day(const json_t *token, const char *member,
		char cell[SERVER_CELL_BYTES])
{
	time_t at = (time_t)server_text_number(token, member);
	struct tm tm;

	if (at > 0 && gmtime_r(&at, &tm))
		strftime(cell, SERVER_CELL_BYTES, "%F", &tm);
}

static void format_made(const json_t *token, char cell[SERVER_CELL_BYTES])
{
	format_day(token, "made", cell);
}

static void format_expires(const json_t *token, char cell[SERVER_CELL_BYTES])
{
	format_day(token, "expires", cell);
}

char *server_cli_tokens_format(const json_t *result)
{
	static const struct server_table_column columns[] = {
			{"NAME", .member = "name"},
			{"ROLES", .member = "roles"},
			{"MADE", .format = format_made},
			{"EXPIRES", .format = format_expires},
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	server_table_print(out, json_object_get(result, "tokens"), columns,
			sizeof(columns) / sizeof(columns[0]));
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
