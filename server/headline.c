/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/headline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void append(
		char text[SERVER_HEADLINE_BYTES], const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, SERVER_HEADLINE_BYTES - used, format, arguments);
	va_end(arguments);
}

/* "carol asks", "carol and 2 more ask". */
static void append_askers(char text[SERVER_HEADLINE_BYTES],
		const struct server_headline *headline)
{
	if (headline->askers_n > 1)
		append(text, "%s and %zu more ask", headline->asker,
				headline->askers_n - 1);
	else
		append(text, "%s asks", headline->asker);
}

void server_headline_title(const struct server_headline *headline,
		char title[SERVER_HEADLINE_BYTES])
{
	title[0] = '\0';
	append(title, "%s", headline->target);
	if (!headline->operator_name)
		return;
	append(title, " - %s operates", headline->operator_name);
	if (headline->askers_n > 0) {
		append(title, ", ");
		append_askers(title, headline);
	}
}

void server_headline_banner(const struct server_headline *headline,
		char banner[SERVER_HEADLINE_BYTES])
{
	banner[0] = '\0';
	append(banner, "%s operates",
			headline->operator_name ? headline->operator_name
						: "nobody");
	if (headline->askers_n > 0) {
		append(banner, " - ");
		append_askers(banner, headline);
		append(banner, " for the keyboard: Scroll Lock twice gives it");
	}
}
