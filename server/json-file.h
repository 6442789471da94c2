/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/workers.h"

/*
 * An object of JSON that lasts: read from a file of the state directory at the
 * start, kept here, and written whole by a worker after each change.
 *
 * A file that makes no sense is logged, and nothing of it is taken. It is not
 * written over either, so that it can be mended.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno.
 */
struct server_json_file;

/* All borrowed, as long as the file is. */
struct server_json_file_kind {
	const char *name; /* in the state directory */
	size_t bytes_max;
	bool (*is_good)(const json_t *value); /* NULL: it is no JSON */
	const char *without; /* what holds as long as it is not good */
};

/* `directory` and `files`, which write it, are borrowed. */
int server_json_file_create(struct server_json_file **out,
		const struct server_json_file_kind *kind, const char *directory,
		struct core_workers *files);

/* What is being written is written. NULL is allowed. */
void server_json_file_destroy(struct server_json_file *file);

/* Borrowed; to be changed in place, and then saved. */
json_t *server_json_file_get(const struct server_json_file *file);

/* Called once the file is written, or cannot be. */
typedef void server_json_file_saved(void *context, int rc);

/*
 * As it is now; `saved` is called if 0 is returned. -EBADMSG: what is there is
 * not good, and is left alone.
 */
int server_json_file_save(struct server_json_file *file,
		server_json_file_saved *saved, void *context);

/* Why it was not saved, and what to do, in words. */
const char *server_json_file_why(int rc);
