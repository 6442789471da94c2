/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * What the daemon answers as a document, printed as it is: "rackhand metrics",
 * "rackhand openapi".
 *
 * Threads: main only. Errors: an exit code; see server/cli.h.
 */
int server_cli_document(const struct server_cli *cli);
