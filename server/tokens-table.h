/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "server/bearer.h"
#include "server/grants.h"
#include "server/users.h"

/*
 * What stands in the tokens file, as plain data, and the file's text from it
 * and back. One line a token, of which only the hash is kept:
 *
 *     name roles SHA-256 made expires
 *     backup viewer@rack1 9f86d0...0a08 1796083200 1803859200
 *
 * The times are seconds since 1970. Empty lines and lines that begin with # say
 * nothing.
 *
 * Threads: any.
 * Errors:  0 or -errno; parsing see there.
 */
#define SERVER_TOKENS_MAX 64
#define SERVER_TOKENS_FILE_MAX_BYTES ((size_t)SERVER_TOKENS_MAX * 1280)
#define SERVER_TOKENS_WHY_BYTES 320

#define SERVER_TOKEN_PREFIX "rh_"
#define SERVER_TOKEN_BYTES                                                     \
	(sizeof(SERVER_TOKEN_PREFIX) - 1 + SERVER_BEARER_BYTES)

struct server_token {
	uint64_t id; /* in this process; not in the file */
	char name[SERVER_USER_NAME_MAX_BYTES + 1];
	struct server_grants grants;
	uint8_t hash[SHA256_DIGEST_SIZE];
	uint64_t made_s;
	uint64_t expires_s;
};

struct server_tokens_table {
	size_t tokens_n;
	struct server_token tokens[SERVER_TOKENS_MAX];
};

/* -EINVAL: `why` is "line 3: what is wrong and what would be right". */
int server_tokens_parse(struct server_tokens_table *table, const char *bytes,
		size_t size, char why[SERVER_TOKENS_WHY_BYTES]);

/* The caller frees it. NULL: out of memory. */
char *server_tokens_format(const struct server_tokens_table *table);

/* NULL: there is none of that name. */
struct server_token *server_tokens_table_find(
		struct server_tokens_table *table, const char *name);

int server_token_make(char token[SERVER_TOKEN_BYTES]);
