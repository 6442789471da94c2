/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "server/role.h"
#include "vnc/message-kind.h"

/*
 * Who may do what: for every message of a viewer the least role that it needs.
 * What has no entry here nobody may do. What is asked over HTTP and the control
 * socket has its role in the table of server/api-routes.h.
 *
 * Threads: any. Errors: none.
 */

/* SERVER_ROLE_NONE: nobody may. */
enum server_role server_permissions_for_message(enum vnc_message_kind kind);

bool server_permissions_suffice(enum server_role role, enum server_role needed);
