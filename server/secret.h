/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * A password in a file of its own: its first line. The file must not be
 * open to everybody on the machine.
 *
 * Threads: any.
 * Errors:  -EPERM if others may read or write it, -ENODATA if the line is
 *          empty, -EMSGSIZE if it is longer than `size` bytes, or what
 *          opening and reading gave; `why` says so in words, with the cure.
 */
#define SERVER_SECRET_WHY_BYTES 256

/* The rest of `secret` is zeros; a line of exactly `size` bytes fits. */
int server_secret_read(const char *path, char *secret, size_t size,
		char why[SERVER_SECRET_WHY_BYTES]);
