/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/snapshot.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/clock.h"

struct asker {
	struct server_snapshot_options options;
	server_snapshot_done *done;
	void *context;
	struct video_frame *frame; /* NULL: there is none yet */
};

struct encoding {
	struct core_job job;
	struct server_snapshots *snapshots; /* NULL: they are gone */
	struct video_frame *frame;
	struct server_snapshot_options options;
	struct core_bytes *bytes;
	int rc;
	size_t askers_n;
	struct asker askers[SERVER_SNAPSHOT_ASKERS_MAX];
};

struct server_snapshots {
	struct core_workers *workers;
	const struct server_snapshot_handler *handler;
	void *context;
	uint64_t limit_us;
	sd_event_source *next;  /* on when somebody is to be seen to */
	sd_event_source *limit; /* on while a frame is waited for */
	bool waiting;
	bool awake; /* the handler believes that a frame is wanted */
	struct encoding *encoding; /* NULL: none is under way */
	size_t askers_n;
	struct asker askers[SERVER_SNAPSHOT_ASKERS_MAX];
};

static void go_on(struct server_snapshots *snapshots)
{
	sd_event_source_set_enabled(snapshots->next, SD_EVENT_ONESHOT);
}

/* ---- encoding ------------------------------------------------------------ */

static void run(struct core_job *job)
{
	struct encoding *encoding = (struct encoding *)job;

	encoding->rc = video_still_encode(&encoding->bytes, encoding->frame,
			encoding->options.still, encoding->options.width_px);
}

static void answer(const struct encoding *encoding, int rc)
{
	for (size_t i = 0; i < encoding->askers_n; i++)
		encoding->askers[i].done(encoding->askers[i].context, rc,
				rc == 0 ? encoding->bytes : NULL);
}

static void on_encoded(struct core_job *job)
{
	struct encoding *encoding = (struct encoding *)job;

	if (encoding->snapshots) {
		encoding->snapshots->encoding = NULL;
		go_on(encoding->snapshots);
		answer(encoding, encoding->rc);
	}
	core_bytes_unref(encoding->bytes);
	video_frame_unref(encoding->frame);
	free(encoding);
}

static bool is_same(const struct asker *a, const struct asker *b)
{
	return a->frame == b->frame && a->options.still == b->options.still &&
			a->options.width_px == b->options.width_px;
}

/* The first one, and all who want the same. */
static void take_askers(
		struct server_snapshots *snapshots, struct encoding *encoding)
{
	const struct asker first = snapshots->askers[0];
	size_t left_n = 0;

	for (size_t i = 0; i < snapshots->askers_n; i++) {
		struct asker *asker = &snapshots->askers[i];

		if (!is_same(asker, &first)) {
			snapshots->askers[left_n++] = *asker;
			continue;
		}
		encoding->askers[encoding->askers_n++] = *asker;
		if (encoding->askers_n > 1)
			video_frame_unref(asker->frame);
	}
	snapshots->askers_n = left_n;
	encoding->frame = first.frame;
	encoding->options = first.options;
}

static void drop_askers(struct server_snapshots *snapshots, int rc)
{
	while (snapshots->askers_n > 0) {
		const struct asker asker =
				snapshots->askers[--snapshots->askers_n];

		video_frame_unref(asker.frame);
		asker.done(asker.context, rc, NULL);
	}
}

static void encode(struct server_snapshots *snapshots)
{
	struct encoding *encoding = calloc(1, sizeof(*encoding));

	if (!encoding) {
		drop_askers(snapshots, -ENOMEM);
		return;
	}
	encoding->job.run = run;
	encoding->job.done = on_encoded;
	encoding->snapshots = snapshots;
	encoding->rc = -ENODEV; /* should it never be run */
	take_askers(snapshots, encoding);
	snapshots->encoding = encoding;
	core_workers_submit(snapshots->workers, &encoding->job);
}

/* ---- the frame ----------------------------------------------------------- */

static void give(struct server_snapshots *snapshots, struct video_frame *frame)
{
	for (size_t i = 0; i < snapshots->askers_n; i++)
		if (!snapshots->askers[i].frame)
			snapshots->askers[i].frame = video_frame_ref(frame);
}

/* Who asked last has no frame if anybody has none. */
static bool lacks_frame(const struct server_snapshots *snapshots)
{
	return snapshots->askers_n > 0 &&
			!snapshots->askers[snapshots->askers_n - 1].frame;
}

static void wait_for_frame(struct server_snapshots *snapshots)
{
	snapshots->waiting = true;
	sd_event_source_set_time(
			snapshots->limit, clock_now_us() + snapshots->limit_us);
	sd_event_source_set_enabled(snapshots->limit, SD_EVENT_ONESHOT);
	if (!snapshots->awake) {
		snapshots->awake = true;
		snapshots->handler->want(snapshots->context, true);
	}
}

static void find_frame(struct server_snapshots *snapshots)
{
	struct video_frame *frame =
			snapshots->handler->get(snapshots->context, false);

	if (frame)
		give(snapshots, frame);
	else
		wait_for_frame(snapshots);
}

static void stop_waiting(
		struct server_snapshots *snapshots, struct video_frame *frame)
{
	snapshots->waiting = false;
	sd_event_source_set_enabled(snapshots->limit, SD_EVENT_OFF);
	give(snapshots, frame);
	go_on(snapshots);
}

void server_snapshots_frame(
		struct server_snapshots *snapshots, struct video_frame *frame)
{
	if (snapshots && snapshots->waiting)
		stop_waiting(snapshots, frame);
}

static int on_limit(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct server_snapshots *snapshots = userdata;

	(void)source;
	(void)due_us;
	stop_waiting(snapshots,
			snapshots->handler->get(snapshots->context, true));
	return 0;
}

/* The source is let go of here, since it may be what the frame came from. */
static int on_next(sd_event_source *source, void *userdata)
{
	struct server_snapshots *snapshots = userdata;

	(void)source;
	if (!snapshots->waiting && lacks_frame(snapshots))
		find_frame(snapshots);
	if (snapshots->awake && !snapshots->waiting) {
		snapshots->awake = false;
		snapshots->handler->want(snapshots->context, false);
	}
	if (!snapshots->encoding && snapshots->askers_n > 0 &&
			snapshots->askers[0].frame)
		encode(snapshots);
	return 0;
}

/* ---- life ---------------------------------------------------------------- */

static int add_sources(struct server_snapshots *snapshots, sd_event *event)
{
	int rc = sd_event_add_defer(
			event, &snapshots->next, on_next, snapshots);

	if (rc >= 0)
		rc = sd_event_source_set_enabled(snapshots->next, SD_EVENT_OFF);
	if (rc >= 0)
		rc = sd_event_add_time(event, &snapshots->limit,
				CLOCK_MONOTONIC, 0, 0, on_limit, snapshots);
	if (rc >= 0)
		rc = sd_event_source_set_enabled(
				snapshots->limit, SD_EVENT_OFF);
	return rc;
}

int server_snapshots_create(struct server_snapshots **out, sd_event *event,
		struct core_workers *workers, uint64_t limit_us,
		const struct server_snapshot_handler *handler, void *context)
{
	struct server_snapshots *snapshots = calloc(1, sizeof(*snapshots));
	int rc;

	*out = NULL;
	if (!snapshots)
		return -ENOMEM;
	snapshots->workers = workers;
	snapshots->limit_us = limit_us;
	snapshots->handler = handler;
	snapshots->context = context;
	rc = add_sources(snapshots, event);
	if (rc < 0)
		goto fail;
	*out = snapshots;
	return 0;

fail:
	server_snapshots_destroy(snapshots);
	return rc;
}

void server_snapshots_destroy(struct server_snapshots *snapshots)
{
	if (!snapshots)
		return;
	sd_event_source_disable_unref(snapshots->next);
	sd_event_source_disable_unref(snapshots->limit);
	if (snapshots->encoding) {
		snapshots->encoding->snapshots = NULL;
		answer(snapshots->encoding, -ENODEV);
	}
	drop_askers(snapshots, -ENODEV);
	free(snapshots);
}

int server_snapshots_take(struct server_snapshots *snapshots,
		const struct server_snapshot_options *options,
		server_snapshot_done *done, void *context)
{
	if (snapshots->askers_n == SERVER_SNAPSHOT_ASKERS_MAX)
		return -EBUSY;
	snapshots->askers[snapshots->askers_n++] =
			(struct asker){*options, done, context, NULL};
	go_on(snapshots);
	return 0;
}
