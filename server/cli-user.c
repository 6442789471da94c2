/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-user.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/cli-password.h"
#include "server/programs.h"
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

/* ---- the verbs ----------------------------------------------------------- */

/* Nobody types a password in vain, nor waits for who is typing one. */
static int change_password(
		const struct server_cli *cli, struct server_user_edit *edit)
{
	char hash[SERVER_HASH_BYTES];
	int code = change(cli, edit, false);

	if (code != EXIT_SUCCESS)
		return code;
	if (server_cli_new_password(edit->name, hash) < 0)
		return EXIT_FAILURE;
	edit->hash = hash;
	return change(cli, edit, true);
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

	return change(cli, &edit, true);
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
	return change(cli, &edit, true);
}

/* ---- one-time codes ------------------------------------------------------ */

/* Whatever the machine is called, it stands in the address as text. */
static void print_escaped(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@";

	for (; *text; text++) {
		if (strchr(plain, *text))
			putchar(*text);
		else
			printf("%%%02X", (unsigned)(unsigned char)*text);
	}
}

static int print_secret(const char *name, const char *secret)
{
	char host[HOST_NAME_MAX + 1] = "";

	gethostname(host, sizeof(host) - 1);
	fputs("otpauth://totp/rackhand:", stdout);
	print_escaped(name);
	putchar('@');
	print_escaped(host);
	printf("?secret=%s&issuer=rackhand\n%s\n", secret, secret);
	if (fflush(stdout) != 0)
		return complain("the secret could not be printed; make another");
	fprintf(stderr, "rackhand: take this into an app for one-time codes; %s appends the code to the password from now on\n",
			name);
	return EXIT_SUCCESS;
}

int server_cli_user_totp(const struct server_cli *cli)
{
	bool off = cli->values[SERVER_RACKHAND_OFF];
	char secret[SERVER_TOTP_BYTES] = "";
	const struct server_user_edit edit = {
			.name = cli->operands[0], .totp = secret};
	int code;

	if (!off && server_totp_make(secret) < 0)
		return complain("no secret could be made");
	code = change(cli, &edit, true);
	if (code == EXIT_SUCCESS && !off)
		code = print_secret(edit.name, secret);
	explicit_bzero(secret, sizeof(secret));
	return code;
}

/* ---- the list ------------------------------------------------------------ */

static int print_json(const struct server_users_table *table)
{
	json_t *list = json_array();
	int code = EXIT_FAILURE;

	for (size_t i = 0; i < table->users_n; i++) {
		const struct server_user *user = &table->users[i];
		char roles[SERVER_GRANTS_TEXT_BYTES];

		server_grants_format(&user->grants, roles);
		json_array_append_new(list,
				json_pack("{s:s, s:s, s:b}", "name", user->name,
						"roles", roles, "totp",
						user->totp[0] != '\0'));
	}
	if (json_array_size(list) == table->users_n &&
			json_dumpf(list, stdout, JSON_INDENT(2)) == 0)
		code = EXIT_SUCCESS;
	putchar('\n');
	json_decref(list);
	return code;
}

static int print_list(const struct server_users_table *table)
{
	printf("%-16s  %-4s  %s\n", "NAME", "TOTP", "ROLES");
	for (size_t i = 0; i < table->users_n; i++) {
		const struct server_user *user = &table->users[i];
		char roles[SERVER_GRANTS_TEXT_BYTES];

		server_grants_format(&user->grants, roles);
		printf("%-16s  %-4s  %s\n", user->name,
				user->totp[0] ? "yes" : "no", roles);
	}
	return EXIT_SUCCESS;
}

int server_cli_user_list(const struct server_cli *cli)
{
	char why[SERVER_USERS_FILE_WHY_BYTES];
	struct server_users_file file;
	int code;

	if (server_users_file_open(&file, cli->state_path, why) < 0)
		return complain(why);
	if (cli->values[SERVER_RACKHAND_JSON])
		code = print_json(file.table);
	else
		code = print_list(file.table);
	server_users_file_close(&file);
	return fflush(stdout) == 0 ? code : EXIT_FAILURE;
}
