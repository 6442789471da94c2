/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "server/json-file.h"

/*
 * Keys with a name (server/steps.h says what keys are): some that come with
 * rackhand, those of the configuration, and those that were put by the API,
 * which are in a file of the state directory. Of one name, the target's counts
 * first, then the API's, then the configuration's for all.
 *
 * Threads: loop thread only; the file is written by a worker.
 * Errors:  0 or -errno.
 */
struct server_macros;

#define SERVER_MACROS_FILE "macros"
#define SERVER_MACROS_MAX 256 /* by the API */
#define SERVER_MACRO_NAME_MAX 32
#define SERVER_MACROS_BYTES_MAX ((size_t)2 << 20)

enum server_macro_from {
	SERVER_MACRO_SHIPPED,
	SERVER_MACRO_CONFIGURATION,
	SERVER_MACRO_API,
};

struct server_macro {
	const char *name;
	const char *keys;
	enum server_macro_from from;
};

/* A-Z a-z 0-9 _ -, and not too long. */
bool server_macro_name_is_valid(const char *name);

/* As server_json_file_create. */
int server_macros_create(struct server_macros **out, const char *directory,
		struct core_workers *files);

/* NULL is allowed. */
void server_macros_destroy(struct server_macros *macros);

/* Where the macros of one target are: all borrowed. */
struct server_macro_places {
	const struct server_macros *macros;
	const struct config_macros *of_all;
	const struct config_macros *of_target;
};

/* False: there is none. */
bool server_macros_find(const struct server_macro_places *places,
		const char *name, struct server_macro *macro);

/* [{"name","keys","from"}], each name once: those of rackhand first; new. */
json_t *server_macros_describe(const struct server_macro_places *places);

/*
 * Put, or with NULL for `keys` remove. It is in force at once; whether it lasts
 * is said by `saved`, or by an error of server_json_file_save. -ENOENT: there
 * is none to remove; -ENOSPC: there are too many.
 */
int server_macros_put(struct server_macros *macros, const char *name,
		const char *keys, server_json_file_saved *saved, void *context);
