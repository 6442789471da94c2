/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/private.h"

int web_json_read(json_t **out, const void *bytes, size_t size,
		char why[WEB_JSON_WHY_BYTES])
{
	json_error_t error = {.line = 1};
	json_t *value;

	*out = NULL;
	/* An empty one may be a NULL pointer, which the library refuses. */
	value = json_loadb(size > 0 ? bytes : "", size, JSON_REJECT_DUPLICATES,
			&error);
	if (!value && json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	if (!value) {
		snprintf(why, WEB_JSON_WHY_BYTES,
				"not JSON from line %d, column %d on",
				error.line, error.column);
		return -EINVAL;
	}
	if (!json_is_object(value)) {
		snprintf(why, WEB_JSON_WHY_BYTES, "not a JSON object: {...}");
		json_decref(value);
		return -EINVAL;
	}
	*out = value;
	return 0;
}

int web_json_write(struct core_bytes **out, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	int rc;

	*out = NULL;
	if (!text)
		return -ENOMEM;
	rc = core_bytes_copy(out, text, strlen(text));
	free(text);
	return rc;
}

void web_request_reply_json(struct web_request *request, unsigned status,
		const struct web_header *headers, size_t headers_n,
		const json_t *value)
{
	struct core_bytes *body = NULL;

	if (value && web_json_write(&body, value) < 0)
		web_reply_with(request, status, NULL, 0, NULL, NULL);
	else
		web_request_reply(request, status, headers, headers_n,
				value ? "application/json" : NULL, body);
	core_bytes_unref(body);
}
