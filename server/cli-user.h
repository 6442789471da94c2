/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand user ...": the users file is changed at once, whether a daemon runs
 * or not, and one that runs takes it over by itself.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_user_add(const struct server_cli *cli);
int server_cli_user_passwd(const struct server_cli *cli);
int server_cli_user_role(const struct server_cli *cli);
int server_cli_user_totp(const struct server_cli *cli);
int server_cli_user_remove(const struct server_cli *cli);
int server_cli_user_list(const struct server_cli *cli);
