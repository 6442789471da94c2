/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-target.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/cli-ask.h"
#include "server/cli-link.h"
#include "server/programs.h"
#include "server/text.h"

static int complain_choice(const json_t *targets)
{
	const json_t *target;
	size_t i;

	if (json_array_size(targets) == 0)
		return server_cli_complain(
				"there is no target that you may see",
				EXIT_FAILURE);
	fputs("rackhand: there are several targets; name one by --target:",
			stderr);
	json_array_foreach(targets, i, target)
	{
		fputs(i == 0 ? " " : ", ", stderr);
		server_text_print(stderr, server_text_get(target, "name"));
	}
	fputc('\n', stderr);
	return SERVER_EXIT_USAGE;
}

/* The only one. */
static int find(const struct server_cli *cli, json_t **request)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(cli, "targets", json_object(), &answer);
	const json_t *targets = json_object_get(answer.json, "targets");

	if (code != EXIT_SUCCESS)
		return code;
	if (json_array_size(targets) == 1)
		*request = json_pack("{s:s}", "target",
				server_text_get(json_array_get(targets, 0),
						"name"));
	else
		code = complain_choice(targets);
	server_cli_answer_finish(&answer);
	return code;
}

int server_cli_target_request(const struct server_cli *cli, json_t **request)
{
	const char *name = cli->values[SERVER_RACKHAND_TARGET];
	int code = EXIT_SUCCESS;

	*request = NULL;
	if (name)
		*request = json_pack("{s:s}", "target", name);
	else
		code = find(cli, request);
	if (code == EXIT_SUCCESS && !*request)
		code = server_cli_complain("no target can have that name",
				SERVER_EXIT_USAGE);
	return code;
}

int server_cli_target_ask(const struct server_cli *cli, const char *operation,
		json_t *more)
{
	struct server_cli_answer answer;
	json_t *request = NULL;
	int code = more ? server_cli_target_request(cli, &request)
			: server_cli_complain("what was given is no UTF-8",
					  SERVER_EXIT_USAGE);

	if (code == EXIT_SUCCESS) {
		json_object_update(request, more);
		code = server_cli_link_ask(cli, operation, request, &answer);
	}
	json_decref(more);
	if (code != EXIT_SUCCESS)
		return code;
	code = server_cli_print(cli, answer.json);
	server_cli_answer_finish(&answer);
	return code;
}

int server_cli_targets(const struct server_cli *cli)
{
	struct server_cli_answer answer;
	bool one = cli->operands_n > 0;
	json_t *request = one ? json_pack("{s:s}", "target", cli->operands[0])
			      : json_object();
	int code = server_cli_link_ask(
			cli, one ? "target" : "targets", request, &answer);

	if (code == EXIT_SUCCESS)
		code = server_cli_print(cli, answer.json);
	server_cli_answer_finish(&answer);
	return code;
}

static int complain_number(enum server_rackhand_option option)
{
	fprintf(stderr, "rackhand: --%s wants a number\n",
			server_program_rackhand.options[option].name);
	return SERVER_EXIT_USAGE;
}

int server_cli_target_add(const struct server_cli *cli, json_t *request,
		const struct server_cli_member *members, size_t members_n)
{
	for (size_t i = 0; i < members_n; i++) {
		const char *text = cli->values[members[i].option];
		json_t *value;
		char *end;

		if (!text)
			continue;
		value = json_string(text);
		if (members[i].type == JSON_INTEGER) {
			json_decref(value);
			value = json_integer(strtol(text, &end, 10));
			if (end == text || *end != '\0') {
				json_decref(value);
				return complain_number(members[i].option);
			}
		}
		if (json_object_set_new(request, members[i].name, value) == -1)
			return server_cli_complain("what was given is no UTF-8",
					SERVER_EXIT_USAGE);
	}
	return EXIT_SUCCESS;
}
