/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-user.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/cli-ask.h"
#include "server/cli-link.h"
#include "server/cli-password.h"
#include "server/cli-user-ask.h"
#include "server/programs.h"
#include "server/table.h"
#include "server/user-describe.h"
#include "server/user-edit.h"

static int complain(const char *what)
{
	fprintf(stderr, "rackhand: %s\n", what);
	return EXIT_FAILURE;
}

/* Whether it can be done, and if `store`, do it. */
static int change(const struct server_cli *cli,
		const struct server_user_edit *edit, bool store)
{
	char why[SERVER_USERS_FILE_WHY_BYTES];

	if (server_user_check_name(edit->name, why) < 0) {
		complain(why);
		return SERVER_EXIT_USAGE;
	}
	if (server_user_edit_apply(edit, cli->state_path, store, why) < 0)
		return complain(why);
	return EXIT_SUCCESS;
}

/* What needs no secret: in the file, or by the daemon. */
static int change_plainly(const struct server_cli *cli,
		const struct server_user_edit *edit)
{
	return server_cli_is_asked(cli)
			? server_cli_user_ask(cli, edit, json_object())
			: change(cli, edit, true);
}

/* ---- the verbs ----------------------------------------------------------- */

static int store_password(
		const struct server_cli *cli, struct server_user_edit *edit)
{
	char hash[SERVER_HASH_BYTES];

	if (server_cli_new_password(edit->name, hash) < 0)
		return EXIT_FAILURE;
	edit->hash = hash;
	return change(cli, edit, true);
}

/* The daemon hashes it, and looks by its own name whether it is a good one. */
static int send_password(const struct server_cli *cli,
		const struct server_user_edit *edit)
{
	char password[SERVER_CLI_PASSWORD_BYTES];
	int code = EXIT_FAILURE;

	if (server_cli_ask_password(edit->name, password) == 0)
		code = server_cli_user_ask(cli, edit,
				json_pack("{s:s}", "password", password));
	explicit_bzero(password, sizeof(password));
	return code;
}

/* Nobody types a password in vain, nor waits for who is typing one. */
static int change_password(
		const struct server_cli *cli, struct server_user_edit *edit)
{
	bool asked = server_cli_is_asked(cli);
	int code = asked ? server_cli_user_look(cli, edit)
			 : change(cli, edit, false);

	if (code != EXIT_SUCCESS)
		return code;
	return asked ? send_password(cli, edit) : store_password(cli, edit);
}

int server_cli_user_add(const struct server_cli *cli)
{
	const char *roles = cli->values[SERVER_RACKHAND_ROLE];
	struct server_user_edit edit = {.name = cli->operands[0],
			.is_new = true,
			.roles = roles ? roles : "viewer"};

	return change_password(cli, &edit);
}

int server_cli_user_passwd(const struct server_cli *cli)
{
	struct server_user_edit edit = {.name = cli->operands[0]};

	return change_password(cli, &edit);
}

int server_cli_user_remove(const struct server_cli *cli)
{
	const struct server_user_edit edit = {
			.name = cli->operands[0], .removed = true};

	return change_plainly(cli, &edit);
}

int server_cli_user_role(const struct server_cli *cli)
{
	char roles[SERVER_USERS_LINE_MAX_BYTES] = "";
	struct server_user_edit edit = {
			.name = cli->operands[0], .roles = roles};
	size_t used = 0;

	for (int i = 1; i < cli->operands_n; i++) {
		int length = snprintf(roles + used, sizeof(roles) - used,
				"%s%s", i == 1 ? "" : ",", cli->operands[i]);

		if ((size_t)length >= sizeof(roles) - used)
			return complain("there are too many roles");
		used += (size_t)length;
	}
	return change_plainly(cli, &edit);
}

/* ---- one-time codes ------------------------------------------------------ */

/* {"address":"otpauth://...","secret":"..."} */
static int print_secret(const struct server_cli *cli, const json_t *result)
{
	int code = server_cli_print(cli, result);

	if (code != EXIT_SUCCESS)
		return complain("the secret could not be printed; make another");
	fprintf(stderr, "rackhand: take this into an app for one-time codes; %s appends the code to the password from now on\n",
			cli->operands[0]);
	return EXIT_SUCCESS;
}

char *server_cli_totp_format(const json_t *result)
{
	char *text;

	return asprintf(&text, "%s\n%s\n", server_text_get(result, "address"),
			       server_text_get(result, "secret")) == -1
			? NULL
			: text;
}

static int store_secret(
		const struct server_cli *cli, struct server_user_edit *edit)
{
	char address[SERVER_TOTP_ADDRESS_BYTES];
	char host[HOST_NAME_MAX + 1] = "";
	char secret[SERVER_TOTP_BYTES];
	json_t *result;
	int code;

	if (server_totp_make(secret) < 0)
		return complain("no secret could be made");
	edit->totp = secret;
	code = change(cli, edit, true);
	if (code == EXIT_SUCCESS) {
		gethostname(host, sizeof(host) - 1);
		server_totp_format_address(address, edit->name, host, secret);
		result = json_pack("{s:s, s:s}", "address", address, "secret",
				secret);
		code = print_secret(cli, result);
		json_decref(result);
		explicit_bzero(address, sizeof(address));
	}
	explicit_bzero(secret, sizeof(secret));
	return code;
}

static int ask_secret(const struct server_cli *cli,
		const struct server_user_edit *edit)
{
	struct server_cli_answer answer;
	int code = server_cli_link_ask(cli, "user change",
			json_pack("{s:s, s:b}", "user", edit->name, "totp", 1),
			&answer);

	if (code == EXIT_SUCCESS)
		code = print_secret(cli, answer.json);
	server_cli_answer_finish(&answer);
	return code;
}

int server_cli_user_totp(const struct server_cli *cli)
{
	struct server_user_edit edit = {.name = cli->operands[0]};

	if (!cli->values[SERVER_RACKHAND_OFF])
		return server_cli_is_asked(cli) ? ask_secret(cli, &edit)
						: store_secret(cli, &edit);
	edit.totp = "";
	return change_plainly(cli, &edit);
}

/* ---- the list ------------------------------------------------------------ */

static void format_totp(const json_t *user, char cell[SERVER_CELL_BYTES])
{
	bool has = json_is_true(json_object_get(user, "totp"));

	snprintf(cell, SERVER_CELL_BYTES, "%s", has ? "yes" : "no");
}

char *server_cli_users_format(const json_t *users)
{
	static const struct server_table_column columns[] = {
			{"NAME", .member = "name"},
			{"TOTP", .format = format_totp},
			{"ROLES", .member = "roles"},
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	server_table_print(out, users, columns,
			sizeof(columns) / sizeof(columns[0]));
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int list_file(const struct server_cli *cli)
{
	char why[SERVER_USERS_FILE_WHY_BYTES];
	struct server_users_file file;
	json_t *list = json_array();
	int code;

	if (server_users_file_open(&file, cli->state_path, why) < 0) {
		json_decref(list);
		return complain(why);
	}
	for (size_t i = 0; i < file.table->users_n; i++)
		json_array_append_new(list,
				server_user_describe(&file.table->users[i]));
	code = json_array_size(list) == file.table->users_n
			? server_cli_print(cli, list)
			: complain("memory is short");
	server_users_file_close(&file);
	json_decref(list);
	return code;
}

int server_cli_user_list(const struct server_cli *cli)
{
	struct server_cli_answer answer;
	int code;

	if (!server_cli_is_asked(cli))
		return list_file(cli);
	code = server_cli_link_ask(cli, "users", json_object(), &answer);
	if (code == EXIT_SUCCESS)
		code = server_cli_print(
				cli, json_object_get(answer.json, "users"));
	server_cli_answer_finish(&answer);
	return code;
}
