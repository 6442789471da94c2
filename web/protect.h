/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "net/stream.h"
#include "web/request.h"

/*
 * What protects a browser from pages of others and from itself, with each
 * answer: nothing but our own files is loaded, nothing inline is run, nobody
 * frames it, nothing is kept, and where there is TLS there stays TLS.
 *
 * Threads: loop thread only. Errors: none.
 */

/* One after the other; NULL: there is no more. */
const struct web_header *web_protect_get(size_t index, bool secure);

/*
 * A whole answer, the last of a connection, to what never becomes a request.
 * `words` have no quotes in them.
 */
void web_protect_refuse(struct net_stream *stream, unsigned status,
		const char *words, bool secure);
