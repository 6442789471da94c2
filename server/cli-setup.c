/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli-link.h"
#include "server/cli-password.h"
#include "server/programs.h"
#include "server/prompt.h"
#include "server/users-table.h"

#define CODE_BYTES 64 /* with whatever is typed between its letters */

/* Takes `request`. */
static int call(const struct server_cli *cli, json_t *request)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(cli, "setup", request, &answer);

	server_cli_answer_finish(&answer);
	return code;
}

static int make_user(const struct server_cli *cli, const char *name,
		char code[CODE_BYTES])
{
	char hash[SERVER_HASH_BYTES];
	int rc = server_prompt_line(
			"Setup code (on the console, and in the file setup-code)",
			code, CODE_BYTES);

	if (rc < 0) {
		server_cli_complain_prompt(rc, "setup code");
		return EXIT_FAILURE;
	}
	if (server_cli_new_password(name, hash) < 0)
		return EXIT_FAILURE;
	return call(cli,
			json_pack("{s:s, s:s, s:s}", "name", name, "code", code,
					"hash", hash));
}

/* Asked first whether a code would be taken: nobody types one in vain. */
int server_cli_setup(const struct server_cli *cli)
{
	const char *name = cli->operands[0];
	char why[SERVER_USERS_WHY_BYTES];
	char code[CODE_BYTES];
	int exit_code;

	if (server_user_check_name(name, why) < 0) {
		fprintf(stderr, "rackhand: %s\n", why);
		return SERVER_EXIT_USAGE;
	}
	exit_code = call(cli, json_object());
	if (exit_code == EXIT_SUCCESS)
		exit_code = make_user(cli, name, code);
	explicit_bzero(code, sizeof(code));
	return exit_code;
}
