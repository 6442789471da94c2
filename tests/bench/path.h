/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/sink.h"
#include "video/frame.h"
#include "vnc/figures.h"

/*
 * The way of a frame through the product, from the screen to the bytes that
 * its viewers are sent, in lock step: one thread, no sockets, and no timer that
 * ever ends, so that nothing is made exact later. Every viewer takes its update
 * at once and asks for the next.
 *
 * Threads: one.
 * Errors:  whatever fails ends the program with a line that says what.
 */
struct path;

struct path_viewer {
	int quality_level; /* -1: none, lossless */
	bool copy_rect;
	bool websocket; /* as browsers come */
};

/* All viewers are sent `first`, the whole picture. */
struct path *path_create(const struct path_viewer *viewers, size_t viewers_n,
		bool keep_bytes, struct video_frame *first);
void path_destroy(struct path *path);

/* Show it and bring each viewer up to date. */
void path_show(struct path *path, struct video_frame *frame);

struct sink *path_get_sink(struct path *path, size_t viewer);
const struct vnc_figures *path_get_figures(const struct path *path);

/* FramebufferUpdates that a viewer was sent since the first. */
uint64_t path_count_updates(const struct path *path, size_t viewer);

/* Ends the program when `rc` is an error. */
void path_must(int rc, const char *what);
