/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-keys.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/cli-link.h"
#include "server/cli-target.h"
#include "server/cli-type.h"
#include "server/cli-wait.h"
#include "server/programs.h"
#include "server/text.h"

int server_cli_key(const struct server_cli *cli)
{
	json_t *chords = json_array();
	json_t *more;

	for (int i = 0; i < cli->operands_n; i++)
		json_array_append_new(chords, json_string(cli->operands[i]));
	if (json_array_size(chords) < (size_t)cli->operands_n) {
		json_decref(chords);
		chords = NULL; /* no UTF-8 */
	}
	more = chords ? json_pack("{s:o}", "keys", chords) : NULL;
	return server_cli_target_ask(cli, "key", more);
}

int server_cli_macro_run(const struct server_cli *cli)
{
	struct server_cli_answer answer;
	json_t *request, *target;
	int code = server_cli_target_request(cli, &request);

	if (code != EXIT_SUCCESS)
		return code;
	target = json_incref(json_object_get(request, "target"));
	json_object_set_new(request, "macro", json_string(cli->operands[0]));
	server_cli_wait_begin();
	code = server_cli_link_ask(cli, "macro run", request, &answer);
	if (code == EXIT_SUCCESS)
		code = server_cli_type_follow(cli, target,
				server_text_number(answer.json, "id"));
	server_cli_answer_finish(&answer);
	json_decref(target);
	return code;
}

int server_cli_macro_list(const struct server_cli *cli)
{
	return server_cli_target_ask(cli, "macros", json_object());
}

static int change_macro(const struct server_cli *cli, const char *operation,
		json_t *keys)
{
	struct server_cli_answer answer;
	json_t *request = json_pack(
			"{s:s, s:o*}", "macro", cli->operands[0], "keys", keys);
	int code = server_cli_link_ask(cli, operation, request, &answer);

	server_cli_answer_finish(&answer);
	return code;
}

/* As one text, whether or not the shell was given it as one. */
static json_t *join(char *const words[], int words_n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *joined = NULL;

	if (!out)
		return NULL;
	for (int i = 0; i < words_n; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", words[i]);
	if (fclose(out) == 0)
		joined = json_string(text);
	free(text);
	return joined;
}

int server_cli_macro_put(const struct server_cli *cli)
{
	json_t *keys = join(cli->operands + 1, cli->operands_n - 1);

	if (!keys)
		return server_cli_complain("what was given is no UTF-8",
				SERVER_EXIT_USAGE);
	return change_macro(cli, "macro put", keys);
}

int server_cli_macro_remove(const struct server_cli *cli)
{
	return change_macro(cli, "macro remove", NULL);
}

int server_cli_layout(const struct server_cli *cli)
{
	if (cli->operands_n == 0)
		return server_cli_target_ask(cli, "layout", json_object());
	return server_cli_target_ask(cli, "layout set",
			json_pack("{s:s, s:s}", "layout", cli->operands[0],
					"variant",
					cli->operands_n > 1 ? cli->operands[1]
							    : ""));
}

/* A fraction of the picture, from its left or upper edge. */
static bool parse_fraction(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && *end == '\0' && *value >= 0 && *value <= 1;
}

static int move(const struct server_cli *cli, double x, double y,
		json_t *buttons)
{
	return server_cli_target_ask(cli, "pointer",
			json_pack("{s:f, s:f, s:o}", "x", x, "y", y, "buttons",
					buttons));
}

int server_cli_pointer(const struct server_cli *cli)
{
	const char *click = cli->values[SERVER_RACKHAND_CLICK];
	double x, y;
	int code;

	if (!parse_fraction(cli->operands[0], &x) ||
			!parse_fraction(cli->operands[1], &y))
		return server_cli_complain(
				"a place is two numbers from 0 to 1, from the left and from the top: 0.5 0.5 is the middle",
				SERVER_EXIT_USAGE);
	code = move(cli, x, y, json_array());
	if (code == EXIT_SUCCESS && click) {
		code = move(cli, x, y, json_pack("[s]", click));
		if (code == EXIT_SUCCESS)
			code = move(cli, x, y, json_array());
	}
	return code;
}
