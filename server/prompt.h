/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * Asks the person at the terminal for a line, or takes the next line of stdin
 * where that is no terminal. What is asked goes to stderr.
 *
 * Threads: main only, and nobody else reads stdin.
 * Errors:  -ENODATA: there is no line; -EMSGSIZE: it has more than size - 1
 *          bytes; -EILSEQ: it has a NUL; -EINTR: Ctrl-C; or what reading gave.
 *          The line is wiped then.
 */
int server_prompt_line(const char *question, char *line, size_t size);

/* Not shown; at a terminal twice. -EKEYREJECTED: these were two. */
int server_prompt_secret(const char *question, char *line, size_t size);
