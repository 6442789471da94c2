/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/cli.h"

/*
 * "rackhand user ...": on the machine the users file is changed at once,
 * whether a daemon runs or not, and one that runs takes it over by itself; else
 * the daemon is asked (server_cli_is_asked).
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_user_add(const struct server_cli *cli);
int server_cli_user_passwd(const struct server_cli *cli);
int server_cli_user_role(const struct server_cli *cli);
int server_cli_user_totp(const struct server_cli *cli);
int server_cli_user_remove(const struct server_cli *cli);
int server_cli_user_list(const struct server_cli *cli);

/* For people: of the list, an array; and of "user totp". */
char *server_cli_users_format(const json_t *users);
char *server_cli_totp_format(const json_t *result);
