/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-password.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/password-rules.h"
#include "server/passwords.h"
#include "server/prompt.h"

#define TRIES 3

void server_cli_complain_prompt(int rc, const char *what)
{
	switch (rc) {
	case -ENODATA:
		fprintf(stderr, "rackhand: no %s was given; type it, or pass it as a line of stdin\n",
				what);
		return;
	case -EMSGSIZE:
		fprintf(stderr, "rackhand: this %s is too long\n", what);
		return;
	case -EKEYREJECTED:
		fprintf(stderr, "rackhand: these were two different ones\n");
		return;
	case -EINTR:
		return; /* whoever pressed Ctrl-C knows */
	default:
		fprintf(stderr, "rackhand: %s: %s\n", what,
				strerrordesc_np(-rc));
	}
}

static int ask(const char *name, char *password, size_t size)
{
	char why[SERVER_PASSWORD_WHY_BYTES];
	char host[HOST_NAME_MAX + 1] = "";
	int rc = server_prompt_secret("New password", password, size);

	if (rc < 0) {
		server_cli_complain_prompt(rc, "password");
		return rc;
	}
	gethostname(host, sizeof(host) - 1);
	rc = server_password_check_rules(password, name, host, why);
	if (rc < 0)
		fprintf(stderr, "rackhand: %s\n", why);
	return rc;
}

int server_cli_ask_password(
		const char *name, char password[SERVER_CLI_PASSWORD_BYTES])
{
	int rc = -EINVAL;

	for (int i = 0; i < (isatty(STDIN_FILENO) ? TRIES : 1); i++) {
		rc = ask(name, password, SERVER_CLI_PASSWORD_BYTES);
		if (rc != -EINVAL && rc != -EKEYREJECTED)
			break;
	}
	return rc;
}

int server_cli_new_password(const char *name, char hash[SERVER_HASH_BYTES])
{
	char password[SERVER_CLI_PASSWORD_BYTES];
	int rc = server_cli_ask_password(name, password);

	if (rc == 0) {
		rc = server_hash_make(hash, password, SERVER_HASH_COST);
		if (rc < 0)
			fprintf(stderr, "rackhand: cannot hash: %s\n",
					strerrordesc_np(-rc));
	}
	explicit_bzero(password, sizeof(password));
	return rc;
}
