/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define LINE_BYTES 1024

int config_report_write(const struct config_report *report, unsigned line,
		const char *format, ...)
{
	char text[LINE_BYTES];
	va_list arguments;
	int used = snprintf(text, sizeof(text), "%s:%u: ", report->path, line);

	if (used < 0 || (size_t)used >= sizeof(text))
		used = 0; /* what is wrong matters more than a huge path */
	va_start(arguments, format);
	vsnprintf(text + used, sizeof(text) - (size_t)used, format, arguments);
	va_end(arguments);
	report->complain(report->context, text);
	return -EINVAL;
}
