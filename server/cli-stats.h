/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand stats [TARGET]": once, or with --follow a line a second until
 * Ctrl-C; of what was counted in that second, or as JSON of all.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_stats(const struct server_cli *cli);
