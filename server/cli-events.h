/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand events": what changes, as the daemon tells it, until Ctrl-C; a line
 * for each.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_events(const struct server_cli *cli);
