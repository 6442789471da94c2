/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-ask.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/cli-link.h"
#include "server/cli-verbs.h"
#include "server/programs.h"
#include "server/text.h"

static int print_json(const json_t *result)
{
	if (json_dumpf(result, stdout, JSON_INDENT(2)) < 0)
		return EXIT_FAILURE;
	putchar('\n');
	return EXIT_SUCCESS;
}

static int print_text(const json_t *result, char *(*format)(const json_t *))
{
	char *text = format(result);

	if (!text)
		return EXIT_FAILURE;
	fputs(text, stdout);
	free(text);
	return EXIT_SUCCESS;
}

int server_cli_print(const struct server_cli *cli, const json_t *result)
{
	int code = EXIT_SUCCESS;

	if (cli->values[SERVER_RACKHAND_JSON])
		code = result ? print_json(result) : EXIT_SUCCESS;
	else if (cli->verb->format && result)
		code = print_text(result, cli->verb->format);
	return server_cli_flush(code);
}

/* {"target":"rack1"}; NULL: an operand is no UTF-8. */
static json_t *make_request(const struct server_cli *cli)
{
	const struct server_verb *verb = &cli->verb->verb;
	json_t *request = json_object();

	for (int i = 0; i < cli->operands_n; i++) {
		char key[32];
		int length = snprintf(
				key, sizeof(key), "%s", verb->operands[i]);

		for (int j = 0; j < length; j++)
			key[j] = (char)tolower((unsigned char)key[j]);
		if (json_object_set_new(request, key,
				    json_string(cli->operands[i])) == -1) {
			json_decref(request);
			return NULL;
		}
	}
	return request;
}

int server_cli_ask(const struct server_cli *cli)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(
			cli, cli->verb->verb.name, make_request(cli), &answer);

	if (code == EXIT_SUCCESS)
		code = server_cli_print(cli, answer.json);
	server_cli_answer_finish(&answer);
	return code;
}
