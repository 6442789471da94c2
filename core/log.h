/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * Log lines on stderr, one per call, with a level. Under systemd each line
 * carries its <priority>; on a terminal or in a file it carries the time.
 * A line that concerns a target starts with the target's name:
 * log_info("%s: signal is back", name).
 *
 * Threads: any.
 * Errors:  none; errno is preserved.
 */

enum log_level {
	LOG_LEVEL_ERROR,   /* something does not work until somebody acts */
	LOG_LEVEL_WARNING, /* it works, but not as configured or not safely */
	LOG_LEVEL_INFO,    /* what an operator wants to see afterwards */
	LOG_LEVEL_DEBUG,
};

/* Lines above `level` are dropped. The one process-wide setting. */
void log_set_level(enum log_level level);

void log_write(enum log_level level, const char *format, ...)
		__attribute__((format(printf, 2, 3)));

/* As log_write, with ": " and the text of the -errno value rc at the end. */
void log_write_errno(enum log_level level, int rc, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_error_errno(rc, ...)                                               \
	log_write_errno(LOG_LEVEL_ERROR, rc, __VA_ARGS__)
#define log_warning_errno(rc, ...)                                             \
	log_write_errno(LOG_LEVEL_WARNING, rc, __VA_ARGS__)
