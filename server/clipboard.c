/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/clipboard.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

#define UTF8_OF_LATIN_1 2 /* bytes of a character, at most */

void server_clipboard_finish(struct server_clipboard *clipboard)
{
	if (clipboard->bytes)
		explicit_bzero(clipboard->bytes, clipboard->size);
	free(clipboard->bytes);
	*clipboard = (struct server_clipboard){0};
}

static void begin(struct server_clipboard *clipboard, vnc_viewer_id viewer,
		size_t size)
{
	server_clipboard_finish(clipboard);
	clipboard->bytes = malloc(size);
	if (!clipboard->bytes)
		return;
	clipboard->viewer = viewer;
	clipboard->size = size;
}

void server_clipboard_take(struct server_clipboard *clipboard,
		vnc_viewer_id viewer, const uint8_t *bytes, size_t size)
{
	if (!bytes) {
		begin(clipboard, viewer, size);
		return;
	}
	if (clipboard->viewer != viewer ||
			size > clipboard->size - clipboard->used)
		return;
	memcpy(clipboard->bytes + clipboard->used, bytes, size);
	clipboard->used += size;
}

void server_clipboard_leave(
		struct server_clipboard *clipboard, vnc_viewer_id viewer)
{
	if (clipboard->viewer == viewer)
		server_clipboard_finish(clipboard);
}

char *server_clipboard_get(const struct server_clipboard *clipboard,
		vnc_viewer_id viewer, size_t *size)
{
	char *text;

	*size = 0;
	if (viewer == 0 || clipboard->viewer != viewer ||
			clipboard->used < clipboard->size)
		return NULL;
	text = malloc(clipboard->size * UTF8_OF_LATIN_1);
	for (size_t i = 0; text && i < clipboard->size; i++)
		*size += core_utf8_write(clipboard->bytes[i], text + *size);
	return text;
}
