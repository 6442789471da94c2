/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

/* While nobody views it, or its first frame is still to come, it is old. */
static bool is_fresh(const struct server_target *target)
{
	return target->viewed && !target->held;
}

static struct video_frame *get(void *context, bool late)
{
	const struct server_target *target = context;
	const struct capture_status *status =
			capture_source_get_status(target->source);

	if (!late && status->state == CAPTURE_STATE_OK && !is_fresh(target))
		return NULL;
	return server_target_get_picture(target);
}

static void want(void *context, bool wanted)
{
	struct server_target *target = context;

	target->sampled = wanted;
	capture_source_set_watched(target->source, wanted || target->viewed);
}

static const struct server_snapshot_handler handler = {
		.get = get,
		.want = want,
};

int server_target_create_snapshots(struct server_target *target)
{
	return server_snapshots_create(&target->snapshots,
			target->shared->event, target->shared->workers,
			SERVER_TARGET_FIRST_FRAME_US, &handler, target);
}

int server_target_take_snapshot(struct server_target *target,
		const struct server_snapshot_options *options,
		server_snapshot_done *done, void *context)
{
	return server_snapshots_take(target->snapshots, options, done, context);
}
