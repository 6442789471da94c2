/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-user.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/cli-password.h"
#include "server/programs.h"
#include "server/users-file.h"

/* What a user is to become; what is NULL stays as it is. */
struct wish {
	const char *name;
	bool is_new;
	bool removed;
	const char *roles;
	const char *hash;
	const char *totp; /* "": none any more */
};

/* ---- the change ---------------------------------------------------------- */

static int find(struct server_users_table *table, const struct wish *wish,
		struct server_user **user, char why[SERVER_USERS_WHY_BYTES])
{
	*user = server_users_table_find(table, wish->name);
	if (*user && wish->is_new) {
		snprintf(why, SERVER_USERS_WHY_BYTES,
				"user %s is there already; rackhand user passwd and role change it",
				wish->name);
		return -EEXIST;
	}
	if (!*user && !wish->is_new) {
		snprintf(why, SERVER_USERS_WHY_BYTES,
				"there is no user %s; rackhand user list shows them",
				wish->name);
		return -ENOENT;
	}
	if (*user)
		return 0;
	if (table->users_n == SERVER_USERS_MAX) {
		snprintf(why, SERVER_USERS_WHY_BYTES,
				"there are %d users already, and no more can be",
				SERVER_USERS_MAX);
		return -ENOSPC;
	}
	*user = &table->users[table->users_n++];
	memset(*user, 0, sizeof(**user));
	strcpy((*user)->name, wish->name);
	return 0;
}

static void remove_user(
		struct server_users_table *table, struct server_user *user)
{
	size_t behind = table->users_n-- - (size_t)(user - table->users) - 1;

	memmove(user, user + 1, behind * sizeof(*user));
}

static int apply(struct server_users_table *table, const struct wish *wish,
		char why[SERVER_USERS_WHY_BYTES])
{
	struct server_user *user;
	int rc = find(table, wish, &user, why);

	if (rc == 0 && wish->removed) {
		remove_user(table, user);
		return 0;
	}
	if (rc == 0 && wish->roles)
		rc = server_grants_parse(&user->grants, wish->roles, why);
	if (rc < 0)
		return rc;
	if (wish->hash)
		strcpy(user->hash, wish->hash);
	if (wish->totp)
		strcpy(user->totp, wish->totp);
	if (!wish->hash && !wish->totp)
		return 0;
	rc = server_user_renew(user);
	if (rc < 0)
		snprintf(why, SERVER_USERS_WHY_BYTES, "no random numbers: %s",
				strerrordesc_np(-rc));
	return rc;
}

static int complain(const char *what)
{
	fprintf(stderr, "rackhand: %s\n", what);
	return EXIT_FAILURE;
}

/* Whether the wish can come true, and if `store`, make it. */
static int change(const struct server_cli *cli, const struct wish *wish,
		bool store)
{
	char file_why[SERVER_USERS_FILE_WHY_BYTES];
	char why[SERVER_USERS_WHY_BYTES];
	struct server_users_file file;
	int code = EXIT_SUCCESS;

	if (server_user_check_name(wish->name, why) < 0) {
		complain(why);
		return SERVER_EXIT_USAGE;
	}
	if (server_users_file_open(&file, cli->state_path, file_why) < 0)
		return complain(file_why);
	if (apply(file.table, wish, why) < 0)
		code = complain(why);
	else if (store && server_users_file_store(&file, file_why) < 0)
		code = complain(file_why);
	server_users_file_close(&file);
	return code;
}

/* ---- the verbs ----------------------------------------------------------- */

/* Nobody types a password in vain, nor waits for who is typing one. */
static int change_password(const struct server_cli *cli, struct wish *wish)
{
	char hash[SERVER_HASH_BYTES];
	int code = change(cli, wish, false);

	if (code != EXIT_SUCCESS)
		return code;
	if (server_cli_new_password(wish->name, hash) < 0)
		return EXIT_FAILURE;
	wish->hash = hash;
	return change(cli, wish, true);
}

int server_cli_user_add(const struct server_cli *cli)
{
	const char *roles = cli->values[SERVER_RACKHAND_ROLE];
	struct wish wish = {.name = cli->operands[0],
			.is_new = true,
			.roles = roles ? roles : "viewer"};

	return change_password(cli, &wish);
}

int server_cli_user_passwd(const struct server_cli *cli)
{
	struct wish wish = {.name = cli->operands[0]};

	return change_password(cli, &wish);
}

int server_cli_user_remove(const struct server_cli *cli)
{
	const struct wish wish = {.name = cli->operands[0], .removed = true};

	return change(cli, &wish, true);
}

int server_cli_user_role(const struct server_cli *cli)
{
	char roles[SERVER_USERS_LINE_MAX_BYTES] = "";
	struct wish wish = {.name = cli->operands[0], .roles = roles};
	size_t used = 0;

	for (int i = 1; i < cli->operands_n; i++) {
		int length = snprintf(roles + used, sizeof(roles) - used,
				"%s%s", i == 1 ? "" : ",", cli->operands[i]);

		if ((size_t)length >= sizeof(roles) - used)
			return complain("there are too many roles");
		used += (size_t)length;
	}
	return change(cli, &wish, true);
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
	const struct wish wish = {.name = cli->operands[0], .totp = secret};
	int code;

	if (!off && server_totp_make(secret) < 0)
		return complain("no secret could be made");
	code = change(cli, &wish, true);
	if (code == EXIT_SUCCESS && !off)
		code = print_secret(wish.name, secret);
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
