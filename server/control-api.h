/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"
#include "server/control.h"

/*
 * The control socket asks the table of operations: {"verb":"status"} and the
 * members that the verb wants; {"ok":true,"result":...} comes back, with bytes
 * as {"type":"image/png","base64":"..."}, or {"ok":false,"error":"words",
 * "status":404}.
 *
 * Threads: loop thread only.
 * Errors:  see server/control.h.
 */

/* For server_control_create, with the server_api as its context. */
server_control_asked server_control_api_ask;
