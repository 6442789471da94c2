/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * The verbs for who has the keyboard of a target:
 *   control   control give ID   control release TARGET
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_control(const struct server_cli *cli);
int server_cli_control_give(const struct server_cli *cli);
int server_cli_control_release(const struct server_cli *cli);
