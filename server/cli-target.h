/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/cli.h"
#include "server/programs.h"

/*
 * What is asked of one target: the one that --target names, or the only one
 * that there is.
 *
 * Threads: main only. Errors: an exit code, with the complaint on stderr.
 */

/* A request with "target", to which more can be added; the caller's. */
int server_cli_target_request(const struct server_cli *cli, json_t **request);

/*
 * Ask `operation` with "target" and the members of `more`, which is taken, and
 * print the answer as the verb does.
 */
int server_cli_target_ask(const struct server_cli *cli, const char *operation,
		json_t *more);

/* "rackhand targets [TARGET]" */
int server_cli_targets(const struct server_cli *cli);

/* An option that becomes a member of a request, as text or as a number. */
struct server_cli_member {
	enum server_rackhand_option option;
	const char *name;
	json_type type;
};

int server_cli_target_add(const struct server_cli *cli, json_t *request,
		const struct server_cli_member *members, size_t members_n);
