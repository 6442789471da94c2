/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "video/frame.h"
#include "video/rect.h"

/*
 * A line of text on top of a picture, which is what all viewers see without
 * doing anything for it. It is white on grey: then no matrix matters, and no
 * chroma bleeds where it is halved. The same text looks the same in every
 * picture of a size, so that only the picture below it changes.
 *
 * Threads: any.
 * Errors:  -ENOMEM.
 */

/* The same picture with `text` in it, on the heap. */
int video_banner_draw(struct video_frame **out, const struct video_frame *frame,
		const char *text);

/* Where it is: in the middle of the upper edge, no wider than its text. */
void video_banner_place(const struct video_layout *layout, const char *text,
		struct video_rect *place);
