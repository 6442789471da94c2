/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/options.h"

struct server_cli_verb;

/*
 * What a verb of rackhand gets (server/cli-verbs.h). It returns the exit code
 * of the program, and says on stderr what is wrong: "rackhand: ...".
 *
 * Threads: main only.
 */
struct server_cli {
	const struct server_cli_verb *verb;
	const char *socket_path;
	const char *state_path; /* a directory; need not be there */
	/* By enum server_rackhand_option; only what the verb takes is set. */
	const char *const *values;
	int operands_n; /* as many as the verb takes */
	char *const *operands;
};

/*
 * Complain of what server_control_call gave, with `error` from there; the exit
 * code.
 */
int server_cli_complain_call(
		const struct server_cli *cli, int rc, const json_t *error);
