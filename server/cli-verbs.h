/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "server/cli.h"
#include "server/options.h"

/*
 * All verbs of rackhand: one table, from which the program, its --help and the
 * completion of the shell are made, and with which a test compares the manual
 * page. Its options are in there as well: server_program_rackhand.
 *
 * Threads: any. Errors: none.
 */
#define SERVER_CLI_OPERATIONS_MAX 3

struct server_cli_verb {
	struct server_verb verb;
	/*
	 * What it asks the daemon for (server/api-routes.h), besides "targets";
	 * with it a test sees that there is a verb for everything. It can ask
	 * for nothing else.
	 */
	const char *operations[SERVER_CLI_OPERATIONS_MAX];
	int (*run)(const struct server_cli *cli);
	/* Of a verb that server_cli_ask runs: its answer, for people. */
	char *(*format)(const json_t *result);
};

/* NULL behind the last one. */
const struct server_cli_verb *server_cli_verb_at(size_t i);

/*
 * The verb that the words begin with, the longest, and how many of them are its
 * name. NULL: there is none.
 */
const struct server_cli_verb *server_cli_verb_find(
		char *const words[], int words_n, int *name_words_n);

/*
 * Of a verb's name what comes behind these words; NULL if it does not begin
 * with them, or nothing comes.
 */
const char *server_cli_verb_after(const struct server_cli_verb *verb,
		char *const words[], int words_n);

bool server_cli_verb_asks(
		const struct server_cli_verb *verb, const char *operation);
