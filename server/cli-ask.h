/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * A verb that asks the daemon for what has its name, and passes each operand as
 * the member of that name in small letters.
 *
 * Threads: main only. Errors: the exit code; see server/cli.h.
 */
int server_cli_ask(const struct server_cli *cli);

/*
 * What the daemon answered: as JSON if wanted, else by the verb's format. NULL,
 * or no format: nothing.
 */
int server_cli_print(const struct server_cli *cli, const json_t *result);
