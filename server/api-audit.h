/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * The operation of the table that reads the audit log, away from the loop:
 * {"since":"12h","event":"login-failed","limit":100}, all of them optional. The
 * answer is {"lines":[...]}, the newest last.
 *
 * Threads: loop thread only.
 */
void server_api_audit(struct server_api_call *call);
