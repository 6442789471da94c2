/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/cli.h"

/*
 * "rackhand config check [FILE]": what the daemon finds wrong with a
 * configuration that is not in force yet. 1: something is.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_config_check(const struct server_cli *cli);

/* For people: a line for each complaint. */
char *server_cli_config_format(const json_t *result);
