/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand type [TEXT]": the daemon types it, or what standard input has, and
 * this waits until it is done; Ctrl-C cancels it.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_type(const struct server_cli *cli);

/* Until that job of the target, a JSON string, is done. */
int server_cli_type_follow(const struct server_cli *cli, const json_t *target,
		json_int_t id);
