/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/hash.h"
#include "server/passwords.h"

/*
 * Ask for a new password of the user `name` until it is good enough: three
 * times at a terminal, once elsewhere. Never from the command line, which
 * everybody on the machine may read.
 *
 * Threads: main only.
 * Errors:  -errno, complained of on stderr.
 */

/* One byte more than is allowed: the rules say what is wrong then. */
#define SERVER_CLI_PASSWORD_BYTES (SERVER_PASSWORD_MAX_BYTES + 2)

/* The caller wipes it. */
int server_cli_ask_password(
		const char *name, char password[SERVER_CLI_PASSWORD_BYTES]);

/* The same, hashed. */
int server_cli_new_password(const char *name, char hash[SERVER_HASH_BYTES]);

/* Complain of what server_prompt_ gave: "rackhand: no password was given". */
void server_cli_complain_prompt(int rc, const char *what);
