/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>

#include "server/cli.h"
#include "server/user-edit.h"

/*
 * The verbs of "user" where the daemon is asked, not its file: see
 * server_cli_is_asked. The daemon looks at names and roles.
 *
 * Threads: main only. Errors: an exit code, with the complaint on stderr.
 */

/* Whether that user is there, or if it is new, is not: so that nobody types a
 * password in vain. */
int server_cli_user_look(const struct server_cli *cli,
		const struct server_user_edit *edit);

/*
 * Let it do that. Of `edit`, roles count, and whether there are one-time codes
 * no more; "password", if there is one, is a member of `more`, which is taken.
 */
int server_cli_user_ask(const struct server_cli *cli,
		const struct server_user_edit *edit, json_t *more);
