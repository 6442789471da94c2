/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * Bytes into the file `path`, or to standard output for "-", which may be no
 * terminal. A file that is half written is removed.
 *
 * Threads: main only. Errors: an exit code, with the complaint on stderr.
 */
int server_cli_file_check(const char *path);
int server_cli_file_write(const char *path, const char *bytes, size_t size);
