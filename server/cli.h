/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "server/options.h"

struct server_cli_link;
struct server_cli_verb;

/*
 * What a verb of rackhand gets (server/cli-verbs.h). It returns the exit code
 * of the program, and says on stderr what is wrong: "rackhand: ...".
 *
 * Threads: main only.
 */
struct server_cli {
	const struct server_cli_verb *verb;
	struct server_cli_link *link; /* to the daemon */
	const char *socket_path;
	const char *state_path; /* a directory; need not be there */
	/* By enum server_rackhand_option; only what the verb takes is set. */
	const char *const *values;
	int operands_n; /* as many as the verb takes */
	char *const *operands;
};

/*
 * Whether a verb that could use the files of the state directory asks the
 * daemon instead: with --url; with --socket alone; and where these files are
 * not the caller's to open, unless it has named their directory.
 */
bool server_cli_is_asked(const struct server_cli *cli);

/* "rackhand: WORDS" on stderr; `code`. */
int server_cli_complain(const char *words, int code);

/* What was printed has to have got there: `code`, unless it has not. */
int server_cli_flush(int code);
