/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "capture/v4l2-source.h"
#include "core/clock.h"
#include "core/log.h"

static const struct capture_v4l2_world real_world = {
		.io = &capture_io_kernel,
		.folder = "/dev",
		.times =
				{
						.requery_us = 500 *
								CLOCK_US_PER_MS,
						.settle_us = 150 *
								CLOCK_US_PER_MS,
						.settle_max_us = 500 *
								CLOCK_US_PER_MS,
						.mode_gap_us = 250 *
								CLOCK_US_PER_MS,
						.stall_us = 2 * CLOCK_US_PER_S,
						.retry_min_us = 100 *
								CLOCK_US_PER_MS,
						.retry_max_us = 5 *
								CLOCK_US_PER_S,
						.missing_max_us = 500 *
								CLOCK_US_PER_MS,
				},
};

#define TIMER_ACCURACY_US CLOCK_US_PER_MS
#define RECOVERY_FAULTS 2

void capture_v4l2_arm(sd_event_source *timer, uint64_t delay_us)
{
	sd_event_source_set_time(timer, clock_now_us() + delay_us);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

/* ---- what it says about itself ---- */

/* After one or two faults the picture may be back before anybody notices. */
static bool is_recovering(const struct capture_v4l2 *source)
{
	return source->device.fd == -1 && source->faults > 0 &&
			source->faults <= RECOVERY_FAULTS &&
			source->misses == 0 && !source->silent;
}

/* It opens, but fails again and again: only a frame proves it well. */
static bool is_doubtful(const struct capture_v4l2 *source)
{
	return source->faults > RECOVERY_FAULTS && source->watched &&
			source->signal.state == CAPTURE_STATE_OK;
}

static enum capture_state judge(
		const struct capture_v4l2 *source, const char **detail)
{
	if (source->silent) {
		*detail = "the device sends no picture";
		return CAPTURE_STATE_NO_LOCK;
	}
	if (source->device.fd == -1 || is_doubtful(source)) {
		*detail = source->trouble;
		return CAPTURE_STATE_NO_DEVICE;
	}
	*detail = source->signal.detail;
	return source->signal.state;
}

static void log_status(const struct capture_v4l2 *source)
{
	const struct capture_status *status = &source->base.status;

	if (status->state == CAPTURE_STATE_OK)
		log_info("%s: signal %ux%u, %u.%02u Hz, taken as %s",
				source->name, status->width_px,
				status->height_px,
				status->refresh_millihz / 1000,
				status->refresh_millihz / 10 % 100,
				status->format);
	else
		log_warning("%s: %s%s%s", source->name,
				capture_state_text(status->state),
				status->detail[0] ? ": " : "", status->detail);
}

/* All that people see of it, but the warning. */
static bool status_equal(
		const struct capture_status *a, const struct capture_status *b)
{
	return a->since_us == b->since_us && a->state == b->state &&
			strcmp(a->detail, b->detail) == 0 &&
			strcmp(a->format, b->format) == 0 &&
			a->width_px == b->width_px &&
			a->height_px == b->height_px &&
			a->refresh_millihz == b->refresh_millihz;
}

void capture_v4l2_publish(struct capture_v4l2 *source)
{
	struct capture_status *status = &source->base.status;
	struct capture_status old = source->shown;
	const char *detail;
	enum capture_state state;

	if (is_recovering(source))
		return;
	state = judge(source, &detail);
	if (state != status->state || status->since_us == 0)
		status->since_us = clock_now_us();
	status->state = state;
	snprintf(status->detail, sizeof(status->detail), "%s", detail);
	source->shown = *status;
	if (!status_equal(&old, status))
		log_status(source);
	else if (strcmp(old.warning, status->warning) == 0)
		return;
	source->base.handler->status(source->base.context, status);
}

/* ---- opening and failing ---- */

static void close_device(struct capture_v4l2 *source)
{
	capture_v4l2_stream_drop(source);
	source->settling = false;
	source->mode_set = false;
	sd_event_source_set_enabled(source->settle, SD_EVENT_OFF);
	sd_event_source_set_enabled(source->requery, SD_EVENT_OFF);
	source->video_io = sd_event_source_disable_unref(source->video_io);
	source->receiver_io =
			sd_event_source_disable_unref(source->receiver_io);
	capture_device_close(&source->device);
}

/* first * 2^times, at most last. */
static uint64_t back_off(uint64_t first_us, uint64_t last_us, unsigned times)
{
	while (times-- > 0 && first_us < last_us)
		first_us *= 2;
	return first_us < last_us ? first_us : last_us;
}

/* Some drivers say ENODEV, too, when a part behind them is missing. */
static bool is_gone(const struct capture_v4l2 *source, int rc)
{
	struct v4l2_capability capability;

	return rc == -ENODEV &&
			capture_device_control(&source->device, VIDIOC_QUERYCAP,
					&capability) < 0;
}

void capture_v4l2_fail(struct capture_v4l2 *source, int rc, const char *what)
{
	const struct capture_v4l2_times *times = &source->times;
	bool gone = is_gone(source, rc);

	close_device(source);
	source->misses = 0;
	if (gone) {
		source->faults = 0;
		source->lost = true;
		source->silent = false;
		source->edid_refused = false;
		snprintf(source->trouble, sizeof(source->trouble), "%s: lost",
				source->device_path);
		capture_v4l2_arm(source->retry, times->retry_min_us);
	} else {
		source->base.status.restarts++;
		snprintf(source->trouble, sizeof(source->trouble), "%s: %s: %s",
				source->device_path, what, strerror(-rc));
		capture_v4l2_arm(source->retry,
				back_off(times->retry_min_us,
						times->retry_max_us,
						source->faults));
		if (source->faults < UINT16_MAX)
			source->faults++;
		if (!source->trouble_logged)
			log_warning("%s: %s; starting again", source->name,
					source->trouble);
		source->trouble_logged = true;
	}
	capture_v4l2_publish(source);
}

static void miss_device(struct capture_v4l2 *source, int rc,
		const char detail[CAPTURE_DETAIL_BYTES])
{
	bool known = source->lost &&
			(rc == -ENOENT || rc == -ENODEV || rc == -ENXIO);

	if (!known)
		snprintf(source->trouble, sizeof(source->trouble), "%s",
				detail);
	capture_v4l2_arm(source->retry,
			back_off(source->times.retry_min_us,
					source->times.missing_max_us,
					source->misses));
	if (source->misses < UINT16_MAX)
		source->misses++;
	capture_v4l2_publish(source);
}

static int listen_to_device(struct capture_v4l2 *source)
{
	int rc = sd_event_add_io(source->event, &source->video_io,
			source->device.fd, EPOLLPRI, capture_v4l2_on_video,
			source);

	/* A subdevice without events would poll as an error for ever. */
	if (rc < 0 || source->device.subdevice_fd == -1 || !source->has_events)
		return rc;
	return sd_event_add_io(source->event, &source->receiver_io,
			source->device.subdevice_fd, EPOLLPRI,
			capture_v4l2_on_receiver, source);
}

static void open_device(struct capture_v4l2 *source)
{
	char detail[CAPTURE_DETAIL_BYTES] = "";
	int rc = capture_device_open(&source->device, &source->place, detail);

	if (rc < 0) {
		miss_device(source, rc, detail);
		return;
	}
	source->has_events = capture_signal_subscribe(&source->device) == 0;
	rc = listen_to_device(source);
	if (rc < 0) {
		capture_v4l2_fail(source, rc, "cannot be watched");
		return;
	}
	source->misses = 0;
	source->lost = false;
	/* Nothing is known until it is measured. */
	source->signal =
			(struct capture_signal){.state = CAPTURE_STATE_NO_LOCK};
	capture_v4l2_write_edid(source);
	capture_v4l2_look(source, true);
}

static int on_retry(sd_event_source *event, uint64_t now_us, void *userdata)
{
	(void)event;
	(void)now_us;
	open_device(userdata);
	return 0;
}

/* ---- the source ---- */

static void destroy(struct capture_source *base)
{
	struct capture_v4l2 *source = (struct capture_v4l2 *)base;

	if (source->device.fd != -1)
		close_device(source);
	capture_decoder_destroy(source->decoder);
	sd_event_source_disable_unref(source->retry);
	sd_event_source_disable_unref(source->requery);
	sd_event_source_disable_unref(source->settle);
	sd_event_source_disable_unref(source->stall);
	sd_event_unref(source->event);
	free(source->name);
	free(source->device_path);
	free(source->subdevice_path);
	free(source->format_name);
	free(source->folder);
	free(source);
}

static void set_watched(struct capture_source *base, bool watched)
{
	struct capture_v4l2 *source = (struct capture_v4l2 *)base;

	if (source->watched == watched)
		return;
	source->watched = watched;
	if (!watched) {
		capture_v4l2_stream_stop(source);
		source->silent = false;
		capture_v4l2_publish(source);
	} else if (source->device.fd == -1) {
		capture_v4l2_arm(source->retry, source->times.retry_min_us);
	} else {
		capture_v4l2_stream_start(source);
	}
}

static const struct capture_source_kind kind = {
		.destroy = destroy,
		.set_watched = set_watched,
		.get_edid = capture_v4l2_get_edid,
		.set_edid = capture_v4l2_set_edid,
};

static int copy_text(char **out, const char *text)
{
	*out = text ? strdup(text) : NULL;
	return text && !*out ? -ENOMEM : 0;
}

static int copy_options(struct capture_v4l2 *source,
		const struct capture_v4l2_options *options, const char *folder)
{
	const char *why;
	int rc;

	if (options->format && !capture_v4l2_is_format(options->format)) {
		log_error("%s: '%s' is no format code", options->name,
				options->format);
		return -EINVAL;
	}
	if (options->chosen) {
		source->edid = *options->chosen;
	} else if (options->edid) {
		rc = capture_edid_load(&source->edid, options->edid, &why);
		if (rc < 0) {
			log_error("%s: EDID '%s': %s", options->name,
					options->edid, why);
			return rc;
		}
	}
	if (copy_text(&source->name, options->name) < 0 ||
			copy_text(&source->device_path, options->device) < 0 ||
			copy_text(&source->subdevice_path, options->subdevice) <
					0 ||
			copy_text(&source->format_name, options->format) < 0 ||
			copy_text(&source->folder, folder) < 0)
		return -ENOMEM;
	return 0;
}

static int add_timer(struct capture_v4l2 *source, sd_event_source **timer,
		sd_event_time_handler_t handler)
{
	int rc = sd_event_add_time(source->event, timer, CLOCK_MONOTONIC, 0,
			TIMER_ACCURACY_US, handler, source);

	if (rc < 0)
		return rc;
	return sd_event_source_set_enabled(*timer, SD_EVENT_OFF);
}

static int add_timers(struct capture_v4l2 *source)
{
	const struct {
		sd_event_source **timer;
		sd_event_time_handler_t handler;
	} timers[] = {
			{&source->retry, on_retry},
			{&source->requery, capture_v4l2_on_requery},
			{&source->settle, capture_v4l2_on_settle},
			{&source->stall, capture_v4l2_on_stall},
	};
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < sizeof(timers) / sizeof(timers[0]);
			i++)
		rc = add_timer(source, timers[i].timer, timers[i].handler);
	return rc;
}

int capture_v4l2_create_in(struct capture_source **out, sd_event *event,
		struct core_workers *workers,
		const struct capture_v4l2_options *options,
		const struct capture_handler *handler, void *context,
		const struct capture_v4l2_world *world)
{
	struct capture_v4l2 *source = calloc(1, sizeof(*source));
	int rc;

	*out = NULL;
	if (!source)
		return -ENOMEM;
	source->base.kind = &kind;
	source->base.handler = handler;
	source->base.context = context;
	source->event = sd_event_ref(event);
	source->times = world->times;
	capture_device_init(&source->device);
	rc = copy_options(source, options, world->folder);
	if (rc < 0)
		goto fail;
	source->place = (struct capture_place){
			.io = world->io,
			.device = source->device_path,
			.subdevice = source->subdevice_path,
			.folder = source->folder,
	};
	rc = capture_decoder_create(&source->decoder, workers,
			capture_v4l2_on_decoded, source);
	if (rc < 0)
		goto fail;
	rc = add_timers(source);
	if (rc < 0)
		goto fail;
	/* The first look is the loop's, when the caller knows its source. */
	capture_v4l2_arm(source->retry, 0);
	*out = &source->base;
	return 0;

fail:
	capture_source_destroy(&source->base);
	return rc;
}

int capture_v4l2_create(struct capture_source **out, sd_event *event,
		struct core_workers *workers,
		const struct capture_v4l2_options *options,
		const struct capture_handler *handler, void *context)
{
	return capture_v4l2_create_in(out, event, workers, options, handler,
			context, &real_world);
}
