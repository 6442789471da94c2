/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <nettle/sha2.h>
#include <stdint.h>

/*
 * A secret that proves who asks by being had: 256 bits of chance in hex. It is
 * given away once, and only its hash is kept; with that much chance in it, a
 * fast hash without salt is enough.
 *
 * Threads: any. Errors: -EIO: the kernel has no chance to give.
 */
#define SERVER_BEARER_BYTES 65 /* with its end */

int server_bearer_make(char text[SERVER_BEARER_BYTES]);

/* Of any text: what is hashed may have something before the secret. */
void server_bearer_hash(const char *text, uint8_t hash[SHA256_DIGEST_SIZE]);
