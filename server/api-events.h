/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * The operation of the table that never ends: server-sent events, see
 * server/events.h, as far as the caller's roles reach. Each stream begins with
 * "hello" and the state of all targets, and goes on with what changes; a
 * comment now and then keeps what lies between from taking it for dead.
 *
 * Threads: loop thread only.
 */
void server_api_events(struct server_api_call *call);
