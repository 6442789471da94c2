/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/*
 * What a client takes and has, as its headers say.
 *
 * Threads: any. Errors: none; what makes no sense counts as not said.
 */

/* "Accept-Encoding"; NULL: it was not said, so anything will do. */
bool web_accepts_gzip(const char *header);

/* "If-None-Match"; `etag` with its quotes. NULL: not said. */
bool web_has_etag(const char *header, const char *etag);
