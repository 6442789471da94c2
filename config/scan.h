/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "config/report.h"

/*
 * The first look at a configuration file, byte by byte, for what libconfuse
 * lets pass: bytes that are no text, strings and comments and sections that
 * do not end, stray punctuation, escapes that make control characters, and
 * ${NAME}, which it would replace by the environment. The grammar is
 * libconfuse's work: it gets a copy in which comments are blanks and "$" is
 * escaped, with every line where it was.
 *
 * Threads: any.
 * Errors:  -EINVAL with a complaint, -ENOMEM.
 */
#define CONFIG_FILE_MAX_BYTES ((size_t)64 << 10)
#define CONFIG_STRING_MAX_BYTES 1024
#define CONFIG_DEPTH_MAX 8
#define CONFIG_SECTIONS_MAX 256

struct config_scan {
	char *text; /* ends with a NUL */
	/* The line of the "{" of each section, in the order of their "}". */
	unsigned section_lines[CONFIG_SECTIONS_MAX];
	size_t sections_n;
};

int config_scan_create(struct config_scan **out, const char *data, size_t size,
		const struct config_report *report);

/* NULL is allowed. */
void config_scan_destroy(struct config_scan *scan);
