/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * The verbs for the keyboard and the pointer of a target:
 *   key CHORD...   macro run MACRO   macro list   macro put MACRO KEYS...
 *   macro remove MACRO   layout [LAYOUT [VARIANT]]   pointer X Y
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_key(const struct server_cli *cli);
int server_cli_macro_run(const struct server_cli *cli);
int server_cli_macro_put(const struct server_cli *cli);
int server_cli_macro_remove(const struct server_cli *cli);
int server_cli_macro_list(const struct server_cli *cli);
int server_cli_layout(const struct server_cli *cli);
int server_cli_pointer(const struct server_cli *cli);
