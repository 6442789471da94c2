/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * Which passwords are good enough: long, and not what everybody tries first.
 * Which characters they are made of does not matter.
 *
 * Threads: any.
 * Errors:  -EINVAL; `why` says what would be right.
 */
#define SERVER_PASSWORD_MIN_CHARACTERS 12
#define SERVER_PASSWORD_WHY_BYTES 128

/* `name` is the user's, `host` the machine's. */
int server_password_check_rules(const char *password, const char *name,
		const char *host, char why[SERVER_PASSWORD_WHY_BYTES]);
