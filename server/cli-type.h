/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/cli.h"

/*
 * "rackhand type [TEXT]": the daemon types it, or what standard input has, and
 * this waits until it is done; Ctrl-C cancels it.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_type(const struct server_cli *cli);

/* How far the text is that is being typed, or how the last one ended. */
int server_cli_text(const struct server_cli *cli);
int server_cli_text_cancel(const struct server_cli *cli);
char *server_cli_text_format(const json_t *state);

/* Until that job of the target, a JSON string, is done. */
int server_cli_type_follow(const struct server_cli *cli, const json_t *target,
		json_int_t id);
