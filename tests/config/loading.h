/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "config/config.h"

/*
 * Load a configuration from memory, as a file without a place on the disc,
 * and keep what is said about it.
 *
 * Threads: one.
 * Errors:  what config_load returns; the set-up itself is asserted.
 */
struct loading {
	struct config *config; /* the caller destroys it */
	size_t complaints_n;
	char file[32];
	char complaint[1024]; /* the newest, whole */
	unsigned line;        /* of it */
	const char *what; /* of it, after "file:line: "; NULL if malformed */
};

int loading_from_bytes(struct loading *loading, const char *data, size_t size);
int loading_from_text(struct loading *loading, const char *text);
