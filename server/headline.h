/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * What everybody who looks at a target is told of who operates it.
 *
 * Threads: any. Errors: none; what is too long is cut.
 */
struct server_headline {
	const char *target;
	const char *operator_name; /* NULL: nobody operates */
	const char *asker;         /* who asks first; NULL: nobody asks */
	size_t askers_n;
};

#define SERVER_HEADLINE_BYTES 256

/* As viewers call the desktop: "rack1 - alice operates, carol asks". */
void server_headline_title(const struct server_headline *headline,
		char title[SERVER_HEADLINE_BYTES]);

/* The same at length, for the picture. */
void server_headline_banner(const struct server_headline *headline,
		char banner[SERVER_HEADLINE_BYTES]);
