/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-control.h"

#include <stdlib.h>
#include <string.h>

#include "server/cli-ask.h"
#include "server/cli-link.h"
#include "server/cli-target.h"
#include "server/programs.h"
#include "server/text.h"

int server_cli_control(const struct server_cli *cli)
{
	return server_cli_target_ask(cli, "control", json_object());
}

static int act(const struct server_cli *cli, json_t *request)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(cli, "control act", request, &answer);

	if (code == EXIT_SUCCESS)
		code = server_cli_print(cli, answer.json);
	server_cli_answer_finish(&answer);
	return code;
}

/* NULL: there is no session of that number. */
static const char *find_target(const json_t *sessions, json_int_t id)
{
	const json_t *session;
	size_t i;

	json_array_foreach(sessions, i,
			session) if (server_text_number(session, "id") ==
			id) return server_text_get(session, "target");
	return NULL;
}

/*
 * On the machine itself the daemon finds the session's target; elsewhere roles
 * are those on a target, so that has to be said.
 */
int server_cli_control_give(const struct server_cli *cli)
{
	struct server_cli_answer answer;
	json_int_t id = strtoll(cli->operands[0], NULL, 10);
	const char *target;
	int code;

	if (!cli->values[SERVER_RACKHAND_URL])
		return server_cli_ask(cli);
	code = server_cli_link_ask(cli, "sessions", json_object(), &answer);
	if (code != EXIT_SUCCESS)
		return code;
	target = find_target(json_object_get(answer.json, "sessions"), id);
	if (target)
		code = act(cli,
				json_pack("{s:s, s:s, s:I}", "target", target,
						"action", "give", "session",
						id));
	else
		code = server_cli_complain(
				"there is no session of that number; \"rackhand sessions\" lists them",
				EXIT_FAILURE);
	server_cli_answer_finish(&answer);
	return code;
}

int server_cli_control_release(const struct server_cli *cli)
{
	if (!cli->values[SERVER_RACKHAND_URL])
		return server_cli_ask(cli);
	return act(cli,
			json_pack("{s:s, s:s}", "target", cli->operands[0],
					"action", "release"));
}
