/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/file-map.h"
#include "capture/file-usb.h"
#include "core/clock.h"
#include "core/log.h"

/*
 * As fast as they are taken: one frame is the screen's and one is being
 * encoded, and the next comes when one of them is free.
 */
#define HELD_AT_FULL_SPEED 2

struct file {
	struct capture_source base; /* first: see capture/source.h */
	struct capture_file_map *map;
	struct capture_file_usb *usb;
	sd_event_source *turn; /* when the next frame is due; off: unwatched */
	uint64_t period_us;    /* 0: full speed */
	uint64_t due_us;
	size_t next; /* which frame */
	bool watched;
};

static bool may_hand_on(const struct file *file)
{
	return file->period_us > 0 ||
			capture_file_map_held(file->map) < HELD_AT_FULL_SPEED;
}

/* A frame is late by less than a period, or its time is left out. */
static void schedule(struct file *file)
{
	uint64_t now_us = clock_now_us();

	if (file->period_us == 0) {
		sd_event_source_set_enabled(file->turn,
				file->watched && may_hand_on(file)
						? SD_EVENT_ONESHOT
						: SD_EVENT_OFF);
		return;
	}
	file->due_us += file->period_us;
	while (file->due_us + file->period_us <= now_us) {
		file->due_us += file->period_us;
		file->base.status.dropped++;
	}
	sd_event_source_set_time(file->turn, file->due_us);
	sd_event_source_set_enabled(file->turn, SD_EVENT_ONESHOT);
}

static void hand_on(struct file *file, uint64_t age_us)
{
	struct video_frame *frame =
			capture_file_map_take(file->map, file->next);

	file->next = (file->next + 1) % capture_file_map_count(file->map);
	if (!frame) {
		file->base.status.dropped++;
		return;
	}
	file->base.status.frames++;
	core_histogram_add(&file->base.age, age_us);
	file->base.handler->frame(file->base.context, frame);
	video_frame_unref(frame);
}

static int on_time(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct file *file = userdata;
	uint64_t age_us = clock_now_us() - due_us;

	(void)source;
	schedule(file);
	hand_on(file, age_us);
	return 0;
}

static int on_idle(sd_event_source *source, void *userdata)
{
	struct file *file = userdata;

	(void)source;
	schedule(file);
	if (may_hand_on(file))
		hand_on(file, 0);
	return 0;
}

static void on_freed(void *context)
{
	struct file *file = context;

	if (file->period_us == 0)
		schedule(file);
}

static void destroy(struct capture_source *source)
{
	struct file *file = (struct file *)source;

	sd_event_source_disable_unref(file->turn);
	capture_file_usb_destroy(file->usb);
	capture_file_map_abandon(file->map);
	free(file);
}

static void set_watched(struct capture_source *source, bool watched)
{
	struct file *file = (struct file *)source;

	if (file->watched == watched)
		return;
	file->watched = watched;
	sd_event_source_set_enabled(file->turn, SD_EVENT_OFF);
	if (!watched)
		return;
	file->next = 0;
	file->due_us = clock_now_us() - file->period_us;
	schedule(file);
}

static const struct capture_source_kind file_kind = {
		.destroy = destroy,
		.set_watched = set_watched,
};

/* At full speed nobody else may be kept waiting: the last of all. */
static int add_turn(struct file *file, sd_event *event, unsigned rate)
{
	int rc;

	if (rate == 0) {
		rc = sd_event_add_defer(event, &file->turn, on_idle, file);
		if (rc >= 0)
			rc = sd_event_source_set_priority(
					file->turn, SD_EVENT_PRIORITY_IDLE);
	} else {
		file->period_us = CLOCK_US_PER_S / rate;
		rc = sd_event_add_time(event, &file->turn, CLOCK_MONOTONIC, 0,
				1, on_time, file);
	}
	if (rc >= 0)
		rc = sd_event_source_set_enabled(file->turn, SD_EVENT_OFF);
	return rc;
}

static int create_parts(struct file *file, sd_event *event,
		const struct capture_file_options *options)
{
	char why[CAPTURE_FILE_WHY_BYTES];
	int rc = capture_file_map_create(
			&file->map, options, on_freed, file, why);

	if (rc < 0) {
		log_error("%s: %s: %s", options->name, options->path, why);
		return rc;
	}
	return add_turn(file, event, options->rate);
}

int capture_file_create(struct capture_source **out, sd_event *event,
		const struct capture_file_options *options,
		const struct capture_handler *handler, void *context)
{
	struct file *file = calloc(1, sizeof(*file));
	struct capture_file_usb *usb;
	const struct capture_format *format;
	int rc = capture_file_usb_create(&usb, event, options);

	*out = NULL;
	if (rc < 0 || !file) {
		capture_file_usb_destroy(usb);
		free(file);
		return rc < 0 ? rc : -ENOMEM;
	}
	file->usb = usb;
	file->base.kind = &file_kind;
	file->base.handler = handler;
	file->base.context = context;
	rc = create_parts(file, event, options);
	if (rc < 0) {
		destroy(&file->base);
		return rc;
	}
	format = capture_file_map_format(file->map);
	file->base.status = (struct capture_status){
			.state = CAPTURE_STATE_OK,
			.since_us = clock_now_us(),
			.width_px = format->layout.width_px,
			.height_px = format->layout.height_px,
			.refresh_millihz = options->rate * 1000,
	};
	memcpy(file->base.status.format, format->name, sizeof(format->name));
	*out = &file->base;
	return 0;
}

int capture_file_check(const struct capture_file_options *options,
		char why[CAPTURE_FILE_WHY_BYTES])
{
	struct capture_file_map *map;
	int rc = capture_file_map_create(&map, options, NULL, NULL, why);

	capture_file_map_abandon(map);
	return rc;
}
