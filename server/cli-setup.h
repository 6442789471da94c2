/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand setup NAME": makes the first admin with the code that the machine
 * shows. The password is hashed here, and never leaves this program.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_setup(const struct server_cli *cli);
