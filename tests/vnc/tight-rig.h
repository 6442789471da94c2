/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "tests/vnc/tight-decode.h"
#include "video/frame.h"
#include "video/rect.h"
#include "vnc/tight.h"

/* A codec and a viewer that decodes what it makes, for the codec's tests. */
#define CANVAS_PX 2048

struct tight_rig {
	struct vnc_tight *tight;
	struct tight_decoder decoder;
};

/* As set-up and teardown of a test; *state is the rig. */
int tight_set_up(void **state);
int tight_tear_down(void **state);

/*
 * Encode the rectangle and have the viewer decode it: all of it must be sent,
 * what is no JPEG equal to the source, and what is where it is said to be.
 */
struct vnc_encoded tight_show(struct tight_rig *rig,
		const struct video_frame *frame, const struct video_rect *rect,
		int quality_level);
