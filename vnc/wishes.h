/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "video/rect.h"

/*
 * What a viewer has asked for and not been sent yet. Zeros: nothing.
 *
 * Threads: any. Errors: none.
 */
struct vnc_wishes {
	bool requested;            /* a request is open */
	struct video_rect wanted;  /* what changed in there */
	struct video_rect refresh; /* all of that, changed or not */
	bool answer_size;          /* ExtendedDesktopSize, as it is */
};

/* What both ask for, as if it had been asked at once. */
void vnc_wishes_add(struct vnc_wishes *wishes, const struct vnc_wishes *more);
