/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/config.h"

/*
 * Where the complaints about one file go. Plain data; the strings and the
 * context are the caller's.
 *
 * Threads: any.
 * Errors:  none; too long a complaint is cut.
 */
struct config_report {
	const char *path; /* as complaints name the file */
	config_complain *complain;
	void *context;
};

/* Line 0: the file as a whole. Always -EINVAL, for the caller to return. */
int config_report_write(const struct config_report *report, unsigned line,
		const char *format, ...) __attribute__((format(printf, 3, 4)));
