/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <systemd/sd-event.h>

#include "core/workers.h"
#include "video/frame.h"
#include "vnc/fallback.h"
#include "vnc/figures.h"

/* A loop, the library's thread and one fallback, for its tests. */
struct fallback_rig {
	sd_event *event;
	struct core_workers *library;
	struct vnc_figures figures;
	struct vnc_fallback *fallback;
	struct vnc_update *update;
	unsigned ready;
};

/* As set-up and teardown of a test; *state is the rig. */
int fallback_set_up(void **state);
int fallback_tear_down(void **state);

/* Its update comes to rig->update. */
int fallback_request(struct fallback_rig *rig, struct video_frame *frame,
		const struct video_rect *rects, size_t rects_n);
void fallback_wait(struct fallback_rig *rig);
void fallback_drop(struct fallback_rig *rig);
