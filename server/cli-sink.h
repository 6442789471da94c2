/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Where the bytes of an answer without end go.
 *
 * Threads: main only. Errors: see each.
 */
struct server_cli_sink {
	/* -errno ends it. */
	int (*take)(void *context, const char *bytes, size_t size);
	/* Asked a few times a second. */
	bool (*is_over)(void *context);
	void *context;
};

/* A daemon says something three times as often. */
#define SERVER_CLI_SILENCE_S 45
