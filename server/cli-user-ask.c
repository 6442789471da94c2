/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-user-ask.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli-link.h"
#include "server/text.h"

static bool has_user(const json_t *users, const char *name)
{
	const json_t *user;
	size_t i;

	json_array_foreach(users, i, user)
	{
		if (strcmp(server_text_get(user, "name"), name) == 0)
			return true;
	}
	return false;
}

static int complain_user(const struct server_user_edit *edit)
{
	fprintf(stderr,
			edit->is_new ? "rackhand: user "
				     : "rackhand: there is no user ");
	server_text_print(stderr, edit->name);
	fputs(edit->is_new ? " is there already; rackhand user passwd and role change it\n"
			   : "; rackhand user list shows them\n",
			stderr);
	return edit->is_new ? SERVER_EXIT_CONFLICT : EXIT_FAILURE;
}

int server_cli_user_look(const struct server_cli *cli,
		const struct server_user_edit *edit)
{
	struct server_cli_answer answer;
	bool there;
	int code = server_cli_link_ask(cli, "users", json_object(), &answer);

	if (code != EXIT_SUCCESS)
		return code;
	there = has_user(json_object_get(answer.json, "users"), edit->name);
	server_cli_answer_finish(&answer);
	return there == edit->is_new ? complain_user(edit) : EXIT_SUCCESS;
}

static const char *operation_of(const struct server_user_edit *edit)
{
	if (edit->is_new)
		return "user add";
	return edit->removed ? "user remove" : "user change";
}

int server_cli_user_ask(const struct server_cli *cli,
		const struct server_user_edit *edit, json_t *more)
{
	struct server_cli_answer answer;
	json_t *request = json_pack("{s:s, s:s*}",
			edit->is_new ? "name" : "user", edit->name, "roles",
			edit->roles);
	int code;

	if (edit->totp)
		json_object_set_new(request, "totp", json_false());
	if (!more || json_object_update(request, more) < 0) {
		json_decref(request);
		request = NULL; /* what was typed is no UTF-8 */
	}
	json_decref(more);
	code = server_cli_link_ask(cli, operation_of(edit), request, &answer);
	server_cli_answer_finish(&answer);
	return code;
}
