/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "core/bytes.h"
#include "web/request.h"

/*
 * JSON as bodies have it: one object, no name in it twice, no NUL in a text.
 *
 * Threads: loop thread only.
 * Errors:  -EINVAL: it is none; `why` says where, and quotes nothing of it, as
 *          it may be a password. -ENOMEM.
 */
#define WEB_JSON_WHY_BYTES 96

int web_json_read(json_t **out, const void *bytes, size_t size,
		char why[WEB_JSON_WHY_BYTES]);

/* Without spaces or an end of line. */
int web_json_write(struct core_bytes **out, const json_t *value);

/* `value` is borrowed; NULL: an answer without a body. */
void web_request_reply_json(struct web_request *request, unsigned status,
		const struct web_header *headers, size_t headers_n,
		const json_t *value);
