/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/bytes.h"
#include "core/workers.h"
#include "video/frame.h"
#include "video/still.h"

/*
 * Single pictures of one target, encoded on a worker. Where the newest picture
 * is old, since nobody looks, the source is woken for one frame, which serves
 * all who ask meanwhile; who wants the same of it gets the same bytes. One
 * picture at a time is encoded, so that whoever asks often takes no worker from
 * those who look.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation.
 */
struct server_snapshots;

/* Who has them to give. */
struct server_snapshot_handler {
	/*
	 * What is shown now, borrowed; NULL: it is old, and a newer one can be
	 * had. `late`: it could not, so say what there is.
	 */
	struct video_frame *(*get)(void *context, bool late);
	/* A frame is waited for (see server_snapshots_frame), or no more. */
	void (*want)(void *context, bool wanted);
};

struct server_snapshot_options {
	enum video_still still;
	uint32_t width_px; /* 0: as it is */
};

/*
 * `bytes` is borrowed, or NULL with rc -ENOMEM, or -ENODEV: the target is not
 * served any more.
 */
typedef void server_snapshot_done(
		void *context, int rc, struct core_bytes *bytes);

/* Who wait at a time. */
#define SERVER_SNAPSHOT_ASKERS_MAX 32

/* `limit_us`: how long a woken source may take until its first frame. */
int server_snapshots_create(struct server_snapshots **out, sd_event *event,
		struct core_workers *workers, uint64_t limit_us,
		const struct server_snapshot_handler *handler, void *context);

/* Whoever waits is answered. NULL is allowed. */
void server_snapshots_destroy(struct server_snapshots *snapshots);

/* `done` follows, never from within. -EBUSY: too many wait. */
int server_snapshots_take(struct server_snapshots *snapshots,
		const struct server_snapshot_options *options,
		server_snapshot_done *done, void *context);

/* The picture is new, or it is known why there is none. NULL is allowed. */
void server_snapshots_frame(
		struct server_snapshots *snapshots, struct video_frame *frame);
