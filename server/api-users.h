/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "server/api.h"

/*
 * Operations of the table on users; server/api.h. They do with the users file
 * what "rackhand user" does, on a thread that may wait for it; the file's
 * change is seen and audited like any other.
 *
 * Threads: loop thread only.
 */

/* {"users":[{"name":"alice","roles":"admin","totp":false}]} */
void server_api_users(struct server_api_call *call);

/* {"name":"bob","password":"...","roles":"viewer@rack1"} */
void server_api_user_add(struct server_api_call *call);

/* {"user":"bob"} and one or more of "password", "roles", "totp":false;
 * with "totp":true it answers {"address":"otpauth://...","secret":"..."}. */
void server_api_user_change(struct server_api_call *call);

/* {"user":"bob"} */
void server_api_user_remove(struct server_api_call *call);
