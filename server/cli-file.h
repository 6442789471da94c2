/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * The files that a command line names.
 *
 * Threads: main only. Errors: an exit code, with the complaint on stderr.
 */

/* All of a file, or with NULL of standard input; the caller frees *bytes. */
int server_cli_file_read(
		const char *path, size_t max, char **bytes, size_t *size);

/*
 * Bytes into the file `path`, or to standard output for "-", which may be no
 * terminal. A file that is half written is removed.
 */
int server_cli_file_check(const char *path);
int server_cli_file_write(const char *path, const char *bytes, size_t size);
