/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/*
 * Password hashes: yescrypt, as text that begins with "$y$".
 *
 * Threads: any. A hash takes long, and 2^(SERVER_HASH_COST - 1) MiB of memory:
 *          not on the loop.
 * Errors:  0 or -errno; -ENOMEM.
 */
#define SERVER_HASH_BYTES 128

/*
 * Twice as much memory and time with each step. The usual one takes 42 ms on an
 * x86-64 core of 2023, and so some tenth of a second on a single-board
 * computer.
 */
#define SERVER_HASH_COST_MIN 1 /* for tests */
#define SERVER_HASH_COST 6
#define SERVER_HASH_COST_MAX 8

int server_hash_make(char hash[SERVER_HASH_BYTES], const char *password,
		unsigned cost);

/* Whether it is a hash at all, and its cost at most SERVER_HASH_COST_MAX. */
bool server_hash_is_good(const char *hash);

/* Takes as long whether it is the right password or not. */
int server_hash_check(const char *hash, const char *password, bool *right);
