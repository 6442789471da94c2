/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_BYTES 1024

static _Atomic int log_threshold = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&log_threshold, (int)level);
}

static int log_prefix(char *line, size_t size, enum log_level level)
{
	static const char *const names[] = {
			[LOG_LEVEL_ERROR] = "error",
			[LOG_LEVEL_WARNING] = "warning",
			[LOG_LEVEL_INFO] = "info",
			[LOG_LEVEL_DEBUG] = "debug",
	};
	static const int priorities[] = {
			[LOG_LEVEL_ERROR] = 3,
			[LOG_LEVEL_WARNING] = 4,
			[LOG_LEVEL_INFO] = 6,
			[LOG_LEVEL_DEBUG] = 7,
	};
	struct timespec now;
	struct tm local;

	if (getenv("JOURNAL_STREAM"))
		return snprintf(line, size, "<%d>", priorities[level]);
	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	return snprintf(line, size, "%02d:%02d:%02d.%03ld %s: ", local.tm_hour,
			local.tm_min, local.tm_sec, now.tv_nsec / 1000000,
			names[level]);
}

/* One line is one write(2), so that lines of two threads never mix. */
__attribute__((format(printf, 3, 0))) static void log_line(enum log_level level,
		const char *suffix, const char *format, va_list arguments)
{
	char line[LOG_LINE_BYTES];
	size_t room = sizeof(line) - 1; /* the newline always fits */
	size_t used = (size_t)log_prefix(line, room, level);
	int length = vsnprintf(line + used, room - used, format, arguments);
	ssize_t written;

	if (length > 0)
		used += (size_t)length;
	if (used > room - 1)
		used = room - 1;
	length = snprintf(line + used, room - used, "%s", suffix);
	if (length > 0)
		used += (size_t)length;
	if (used > room - 1)
		used = room - 1;
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?'; /* names from outside forge no lines */
	line[used++] = '\n';
	written = write(STDERR_FILENO, line, used);
	(void)written; /* nowhere left to complain */
}

void log_write(enum log_level level, const char *format, ...)
{
	int saved = errno;
	va_list arguments;

	if ((int)level > atomic_load(&log_threshold))
		return;
	va_start(arguments, format);
	log_line(level, "", format, arguments);
	va_end(arguments);
	errno = saved;
}

void log_write_errno(enum log_level level, int rc, const char *format, ...)
{
	int saved = errno;
	char suffix[128];
	va_list arguments;

	if ((int)level > atomic_load(&log_threshold))
		return;
	snprintf(suffix, sizeof(suffix), ": %s",
			strerrordesc_np(-rc) ? strerrordesc_np(-rc)
					     : "unknown error");
	va_start(arguments, format);
	log_line(level, suffix, format, arguments);
	va_end(arguments);
	errno = saved;
}
