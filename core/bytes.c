/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/bytes.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int core_bytes_create(struct core_bytes **out, size_t size)
{
	*out = NULL;
	if (size > CORE_BYTES_MAX)
		return -ENOMEM;
	*out = malloc(sizeof(**out) + size);
	if (!*out)
		return -ENOMEM;
	(*out)->refs = 1;
	(*out)->size = size;
	return 0;
}

int core_bytes_copy(struct core_bytes **out, const void *data, size_t size)
{
	int rc = core_bytes_create(out, size);

	if (rc == 0 && size > 0)
		memcpy((*out)->data, data, size);
	return rc;
}

struct core_bytes *core_bytes_ref(struct core_bytes *bytes)
{
	bytes->refs++;
	return bytes;
}

void core_bytes_unref(struct core_bytes *bytes)
{
	if (!bytes)
		return;
	assert(bytes->refs > 0);
	if (--bytes->refs == 0)
		free(bytes);
}
