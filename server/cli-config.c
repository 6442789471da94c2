/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/scan.h"
#include "server/cli-ask.h"
#include "server/cli-file.h"
#include "server/cli-link.h"
#include "server/text.h"

char *server_cli_config_format(const json_t *result)
{
	const json_t *complaint;
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	json_array_foreach(json_object_get(result, "complaints"), i, complaint)
	{
		server_text_print(out, json_string_value(complaint));
		fputc('\n', out);
	}
	if (json_is_true(json_object_get(result, "good")))
		fputs("the configuration is good\n", out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int ask(const struct server_cli *cli, json_t *request)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(cli, "config check", request, &answer);
	bool good;

	if (code != EXIT_SUCCESS)
		return code;
	good = json_is_true(json_object_get(answer.json, "good"));
	code = server_cli_print(cli, answer.json);
	server_cli_answer_finish(&answer);
	return good ? code : EXIT_FAILURE;
}

int server_cli_config_check(const struct server_cli *cli)
{
	char *text;
	size_t size;
	int code = server_cli_file_read(
			cli->operands_n > 0 ? cli->operands[0] : NULL,
			CONFIG_FILE_MAX_BYTES, &text, &size);

	if (code != EXIT_SUCCESS)
		return code;
	code = ask(cli, json_pack("{s:s%}", "text", text, size));
	free(text);
	return code;
}
