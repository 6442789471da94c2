/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * "rackhand snapshot -o FILE": a picture of the target, PNG or JPEG by the
 * name of the file.
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_snapshot(const struct server_cli *cli);
