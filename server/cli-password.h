/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/hash.h"

/*
 * Ask for a new password of the user `name` until it is good enough (three
 * times at a terminal, once elsewhere), and hash it.
 *
 * Threads: main only.
 * Errors:  -errno, complained of on stderr.
 */
int server_cli_new_password(const char *name, char hash[SERVER_HASH_BYTES]);

/* Complain of what server_prompt_ gave: "rackhand: no password was given". */
void server_cli_complain_prompt(int rc, const char *what);
