/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand token add NAME": the daemon makes a token for a machine, which is
 * printed this once.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_token_add(const struct server_cli *cli);
int server_cli_token_list(const struct server_cli *cli);
int server_cli_token_remove(const struct server_cli *cli);

/* For people; the caller frees them. */
char *server_cli_token_format(const json_t *result);
char *server_cli_tokens_format(const json_t *result);
