/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-ask.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/cli-verbs.h"
#include "server/control-client.h"
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
	int code = cli->values[SERVER_RACKHAND_JSON]
			? print_json(result)
			: print_text(result, cli->verb->format);

	return fflush(stdout) == 0 ? code : EXIT_FAILURE;
}

/* {"verb":"stats","target":"rack1"}; NULL: an operand is no UTF-8. */
static json_t *make_request(const struct server_cli *cli)
{
	const struct server_verb *verb = &cli->verb->verb;
	json_t *request = json_pack("{s:s}", "verb", verb->name);

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
	json_t *request = make_request(cli);
	json_t *result;
	int code;
	int rc;

	if (!request) {
		fputs("rackhand: an operand is no UTF-8\n", stderr);
		return SERVER_EXIT_USAGE;
	}
	rc = server_control_call(cli->socket_path, request, &result);
	json_decref(request);
	code = rc < 0 ? server_cli_complain_call(cli, rc, result)
		      : server_cli_print(cli, result);
	json_decref(result);
	return code;
}
