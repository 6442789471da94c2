/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "vnc/server.h"

/*
 * What a viewer has cut last, kept until another is or the viewer is gone. It
 * can be a password: it is shown to nobody, and wiped.
 *
 * The caller owns the struct; zeros to begin with, finished at the end.
 *
 * Threads: one at a time.
 * Errors:  where memory is short, there is nothing.
 */
struct server_clipboard {
	vnc_viewer_id viewer; /* whose it is; 0: empty */
	size_t size;          /* when it is whole */
	size_t used;
	uint8_t *bytes; /* Latin-1 */
};

/* As the `cut_text` of vnc/server.h. */
void server_clipboard_take(struct server_clipboard *clipboard,
		vnc_viewer_id viewer, const uint8_t *bytes, size_t size);

/* That viewer is gone. */
void server_clipboard_leave(
		struct server_clipboard *clipboard, vnc_viewer_id viewer);

void server_clipboard_finish(struct server_clipboard *clipboard);

/*
 * A viewer's text as UTF-8, the caller's to wipe and free. NULL: it has cut
 * none, or it is not whole yet.
 */
char *server_clipboard_get(const struct server_clipboard *clipboard,
		vnc_viewer_id viewer, size_t *size);
