/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-document.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/cli-link.h"
#include "server/cli-verbs.h"

static int print_json(const json_t *document)
{
	int rc = json_dumpf(document, stdout, JSON_INDENT(2));

	putchar('\n');
	return server_cli_flush(rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int print_bytes(const struct server_cli_answer *answer)
{
	fwrite(answer->bytes, 1, answer->bytes_n, stdout);
	return server_cli_flush(EXIT_SUCCESS);
}

int server_cli_document(const struct server_cli *cli)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(
			cli, cli->verb->verb.name, json_object(), &answer);

	if (code != EXIT_SUCCESS)
		return code;
	code = answer.json ? print_json(answer.json) : print_bytes(&answer);
	server_cli_answer_finish(&answer);
	return code;
}
