/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * One cookie out of a "Cookie" header. A name that comes twice counts for
 * nothing: one of the two was put there by somebody else.
 *
 * Threads: any. Errors: false: not there, twice, or too long for `size`.
 */
bool web_cookie_read(
		const char *header, const char *name, char *value, size_t size);
