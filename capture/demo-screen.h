/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "capture/demo-computer.h"
#include "video/frame.h"

/*
 * Draws the demo computer's text screen and pointer into frames. It owns a
 * few frames and draws only into one that nobody else holds, and there only
 * what differs from what is in it already.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno.
 */
struct capture_demo_screen;

/* How many frames others may hold before drawing has to wait for one. */
#define CAPTURE_DEMO_FRAMES 4

int capture_demo_screen_create(struct capture_demo_screen **out);

/* Frames that others hold stay valid. NULL is allowed. */
void capture_demo_screen_destroy(struct capture_demo_screen *screen);

/* *frame is borrowed. -EBUSY: all frames are held, try again later. */
int capture_demo_screen_draw(struct capture_demo_screen *screen,
		struct capture_computer *computer, uint64_t now_us,
		struct video_frame **frame);
