/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand complete WORD...": what the last word of a command line may become,
 * for the shell; the words before it are whole. It is made from the tables of
 * verbs and options; names, as of targets, from the daemon on the control
 * socket that the words name, if one answers there.
 *
 * Threads: main only.
 * Errors:  an exit code; what is not known is not offered.
 */
int server_cli_complete(const struct server_cli *cli);

/* A line that stands for the names of files, which the shell knows. */
#define SERVER_CLI_COMPLETE_FILES "<files>"
