/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand edid" and "rackhand edid set PRESET|FILE": which monitor a target
 * believes to have.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_edid(const struct server_cli *cli);
int server_cli_edid_set(const struct server_cli *cli);
