/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/*
 * rackhand tls fingerprint [FILE]: what somebody compares who is asked to trust
 * a certificate; without FILE, the machine's own.
 *
 * Threads: main only. Errors: the exit code.
 */
int server_cli_tls_fingerprint(const struct server_cli *cli);
