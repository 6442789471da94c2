/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/cli.h"

/* `rackhand audit verify [FILE...]`: is the chain unbroken? 1: it is not. */
int server_cli_audit_verify(const struct server_cli *cli);

/* `rackhand audit show`: the lines, for people; by the daemon, if asked. */
int server_cli_audit_show(const struct server_cli *cli);
