/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

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

/* "rackhand: WORDS" on stderr; `code`. */
int server_cli_complain(const char *words, int code);
