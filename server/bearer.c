/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/bearer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

int server_bearer_make(char text[SERVER_BEARER_BYTES])
{
	uint8_t bytes[SERVER_BEARER_BYTES / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -EIO;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

void server_bearer_hash(const char *text, uint8_t hash[SHA256_DIGEST_SIZE])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, strlen(text), (const uint8_t *)text);
	sha256_digest(&context, SHA256_DIGEST_SIZE, hash);
}
