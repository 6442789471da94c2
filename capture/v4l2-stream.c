/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "core/clock.h"

/* A noisy line damages some frames; more in a row than this is a fault. */
#define BAD_RUN_MAX 30

static void listen_for(struct capture_v4l2 *source, uint32_t events)
{
	if (!source->video_io)
		return;
	sd_event_source_set_io_events(source->video_io, events);
	sd_event_source_set_enabled(source->video_io, SD_EVENT_ON);
}

void capture_v4l2_stream_stop(struct capture_v4l2 *source)
{
	if (!source->streaming)
		return;
	source->streaming = false;
	source->bad_run = 0;
	capture_buffers_stop(source->buffers);
	capture_decoder_cancel(source->decoder);
	sd_event_source_set_enabled(source->stall, SD_EVENT_OFF);
	listen_for(source, EPOLLPRI);
}

void capture_v4l2_stream_drop(struct capture_v4l2 *source)
{
	capture_v4l2_stream_stop(source);
	capture_buffers_abandon(source->buffers);
	source->buffers = NULL;
}

static bool is_wanted(const struct capture_v4l2 *source)
{
	return source->watched && source->device.fd != -1 &&
			source->signal.state == CAPTURE_STATE_OK &&
			!source->settling && !source->streaming;
}

void capture_v4l2_stream_start(struct capture_v4l2 *source)
{
	const char *step;
	int rc;

	if (!is_wanted(source))
		return;
	if (!source->buffers) {
		rc = capture_buffers_create(&source->buffers, &source->device,
				&source->format, &step);
		if (rc < 0) {
			capture_v4l2_fail(source, rc, step);
			return;
		}
	}
	rc = capture_buffers_start(source->buffers, &step);
	if (rc < 0) {
		capture_v4l2_fail(source, rc, step);
		return;
	}
	source->streaming = true;
	source->arrived_us = clock_now_us();
	listen_for(source, EPOLLIN | EPOLLPRI);
	capture_v4l2_arm(source->stall, source->times.stall_us);
}

/* ---- the signal ---- */

/* Other programs may have changed it, and so does a signal's colour. */
static int format_is_current(struct capture_v4l2 *source, bool *current)
{
	struct capture_format format;
	char detail[CAPTURE_DETAIL_BYTES];
	int rc = capture_format_read(&source->device, &format, detail);

	*current = rc == 0 && capture_format_equal(&format, &source->format);
	return rc == -ENODEV ? rc : 0;
}

static void refuse_mode(struct capture_signal *signal, int rc)
{
	signal->state = CAPTURE_STATE_UNSUPPORTED;
	snprintf(signal->detail, sizeof(signal->detail),
			"the driver refuses %ux%u: %s",
			signal->timings.bt.width, signal->timings.bt.height,
			strerror(-rc));
}

static int set_mode(struct capture_v4l2 *source, struct capture_signal *signal)
{
	int rc;

	if (source->mode_set &&
			capture_signal_equal_mode(&source->mode, signal))
		return 0;
	capture_v4l2_stream_drop(source);
	source->mode_set = false;
	if (signal->timed) {
		rc = capture_signal_set_mode(&source->device, signal);
		if (rc == -ENODEV || rc == -EBUSY)
			return rc;
		if (rc < 0) {
			refuse_mode(signal, rc);
			return 0;
		}
	}
	source->mode = *signal;
	source->mode_set = true;
	source->applied_us = clock_now_us();
	return 0;
}

static int set_format(
		struct capture_v4l2 *source, struct capture_signal *signal)
{
	bool current = false;
	int rc;

	if (source->buffers) {
		rc = format_is_current(source, &current);
		if (rc < 0 || current)
			return rc;
	}
	capture_v4l2_stream_drop(source);
	rc = capture_format_choose(&source->device, signal, source->format_name,
			&source->format, signal->detail);
	if (rc == -ENODEV || rc == -EBUSY)
		return rc;
	if (rc < 0)
		signal->state = CAPTURE_STATE_UNSUPPORTED;
	else
		signal->detail[0] = '\0';
	return 0;
}

static void describe(struct capture_v4l2 *source)
{
	struct capture_status *status = &source->base.status;

	status->width_px = source->format.layout.width_px;
	status->height_px = source->format.layout.height_px;
	status->refresh_millihz = source->signal.refresh_millihz
			? source->signal.refresh_millihz
			: source->format.refresh_millihz;
	memcpy(status->format, source->format.name, sizeof(status->format));
}

/* Set the device to the mode of a good signal, which may turn out bad. */
static void apply(struct capture_v4l2 *source, struct capture_signal *signal)
{
	int rc = set_mode(source, signal);

	if (rc < 0) {
		capture_v4l2_fail(source, rc, "cannot set the video mode");
		return;
	}
	if (signal->state == CAPTURE_STATE_OK) {
		rc = set_format(source, signal);
		if (rc < 0) {
			capture_v4l2_fail(source, rc, "cannot set the format");
			return;
		}
	}
	source->signal = *signal;
	if (signal->state == CAPTURE_STATE_OK)
		describe(source);
	else
		capture_v4l2_stream_drop(source);
	capture_v4l2_publish(source);
	capture_v4l2_stream_start(source);
}

static void settle_cancel(struct capture_v4l2 *source)
{
	source->settling = false;
	sd_event_source_set_enabled(source->settle, SD_EVENT_OFF);
}

/* Each change puts it off, but not for ever. */
static void settle_begin(struct capture_v4l2 *source)
{
	uint64_t now_us = clock_now_us();
	uint64_t at_us = now_us + source->times.settle_us;

	if (!source->settling)
		source->settle_limit_us = now_us + source->times.settle_max_us;
	source->settling = true;
	if (at_us > source->settle_limit_us)
		at_us = source->settle_limit_us;
	if (at_us < source->applied_us + source->times.mode_gap_us)
		at_us = source->applied_us + source->times.mode_gap_us;
	capture_v4l2_arm(source->settle, at_us > now_us ? at_us - now_us : 0);
}

static void lose_signal(struct capture_v4l2 *source,
		const struct capture_signal *signal)
{
	settle_cancel(source);
	source->silent = false;
	capture_v4l2_stream_stop(source);
	source->signal = *signal;
	capture_v4l2_publish(source);
}

static void look_again_later(struct capture_v4l2 *source)
{
	if (source->device.fd == -1)
		return;
	if (source->signal.state == CAPTURE_STATE_OK && source->has_events &&
			!source->silent)
		sd_event_source_set_enabled(source->requery, SD_EVENT_OFF);
	else
		capture_v4l2_arm(source->requery, source->times.requery_us);
}

static void look_at_good_signal(struct capture_v4l2 *source,
		struct capture_signal *signal, bool settled)
{
	bool current = false;
	int rc = 0;

	if (source->signal.state == CAPTURE_STATE_OK &&
			capture_signal_equal_mode(&source->signal, signal))
		rc = format_is_current(source, &current);
	if (rc < 0) {
		capture_v4l2_fail(source, rc, "cannot read the format");
	} else if (current) {
		settle_cancel(source);
		capture_v4l2_stream_start(source);
	} else if (settled) {
		settle_cancel(source);
		apply(source, signal);
	} else {
		settle_begin(source);
	}
}

/* A loss is told at once; what it turns into must last, as a mode must. */
static bool is_same_trouble(
		const struct capture_signal *a, const struct capture_signal *b)
{
	return a->state == b->state && strcmp(a->detail, b->detail) == 0;
}

void capture_v4l2_look(struct capture_v4l2 *source, bool settled)
{
	struct capture_signal signal;
	int rc = capture_signal_measure(&source->device, &signal);

	if (rc < 0) {
		capture_v4l2_fail(source, rc, "cannot measure the signal");
		return;
	}
	if (signal.state == CAPTURE_STATE_OK)
		look_at_good_signal(source, &signal, settled);
	else if (settled || source->signal.state == CAPTURE_STATE_OK ||
			is_same_trouble(&source->signal, &signal))
		lose_signal(source, &signal);
	else
		settle_begin(source);
	look_again_later(source);
}

int capture_v4l2_on_requery(
		sd_event_source *event, uint64_t now_us, void *userdata)
{
	struct capture_v4l2 *source = userdata;

	(void)event;
	(void)now_us;
	if (source->settling)
		look_again_later(source);
	else
		capture_v4l2_look(source, false);
	return 0;
}

int capture_v4l2_on_settle(
		sd_event_source *event, uint64_t now_us, void *userdata)
{
	(void)event;
	(void)now_us;
	capture_v4l2_look(userdata, true);
	return 0;
}

/* ---- frames ---- */

/* The last act of a handler: what is called here may do what it likes. */
static void hand_on(struct capture_v4l2 *source, struct video_frame *frame)
{
	bool doubted = source->silent || source->faults > 0;

	source->silent = false;
	source->faults = 0;
	source->trouble_logged = false;
	source->bad_run = 0;
	source->base.status.frames++;
	if (doubted)
		capture_v4l2_publish(source);
	source->base.handler->frame(source->base.context, frame);
	video_frame_unref(frame);
}

/* However many frames slow readers hold, the driver has buffers to fill. */
static struct video_frame *spare(
		struct capture_v4l2 *source, struct video_frame *frame)
{
	struct video_frame *copy;

	if (!capture_buffers_are_short(source->buffers) ||
			video_frame_copy(&copy, frame) < 0)
		return frame;
	source->base.status.copied++;
	video_frame_unref(frame);
	return copy;
}

static bool is_good(const struct capture_v4l2 *source)
{
	return source->streaming && !source->settling &&
			source->signal.state == CAPTURE_STATE_OK;
}

void capture_v4l2_on_decoded(void *context, int rc, struct video_frame *frame)
{
	struct capture_v4l2 *source = context;

	if (rc == 0 && is_good(source)) {
		hand_on(source, frame);
		return;
	}
	video_frame_unref(frame);
	source->base.status.dropped++;
	if (rc == 0)
		return;
	source->bad_run++;
	if (source->streaming && source->bad_run > BAD_RUN_MAX)
		capture_v4l2_fail(source, rc, "frames cannot be decoded");
}

static void accept_coded(struct capture_v4l2 *source, struct video_frame *coded)
{
	size_t bytes = capture_buffers_frame_bytes(coded);
	struct video_frame *frame =
			capture_decoder_recall(source->decoder, coded, bytes);

	if (frame) {
		video_frame_unref(coded);
		hand_on(source, frame);
		return;
	}
	source->base.status.dropped += capture_decoder_submit(
			source->decoder, &source->format, coded, bytes);
}

static void accept_frame(struct capture_v4l2 *source, struct video_frame *frame)
{
	if (!is_good(source)) {
		source->base.status.dropped++;
		video_frame_unref(frame);
	} else if (source->format.coding == CAPTURE_CODING_NATIVE) {
		hand_on(source, spare(source, frame));
	} else {
		accept_coded(source, frame);
	}
}

/* A stamp of the future is nonsense, and says nothing. */
static void note_age(
		struct capture_v4l2 *source, const struct capture_take *take)
{
	if (take->newest && take->stamped_us > 0 &&
			take->stamped_us <= take->newest->captured_us)
		core_histogram_add(&source->base.age,
				take->newest->captured_us - take->stamped_us);
}

static void take_frames(struct capture_v4l2 *source, uint32_t revents)
{
	struct capture_take take;
	int rc = capture_buffers_take(source->buffers, &take);

	if (rc == 0 && take.arrived == 0 && (revents & (EPOLLERR | EPOLLHUP)))
		rc = -EIO;
	source->base.status.dropped += take.bad + take.stale;
	if (take.arrived > 0)
		source->arrived_us = clock_now_us();
	source->bad_run += take.bad;
	note_age(source, &take);
	if (rc < 0) {
		video_frame_unref(take.newest);
		capture_v4l2_fail(source, rc, "cannot take a frame");
	} else if (take.newest) {
		accept_frame(source, take.newest);
	} else if (source->bad_run > BAD_RUN_MAX) {
		capture_v4l2_fail(source, -EBADMSG, "only damaged frames");
	}
}

/* True while the device is still open and its events have been taken. */
static bool take_events(struct capture_v4l2 *source)
{
	bool changed;
	int rc = capture_signal_take_events(&source->device, &changed);

	if (rc < 0) {
		capture_v4l2_fail(source, rc, "cannot take an event");
		return false;
	}
	if (changed)
		capture_v4l2_look(source, false);
	return source->device.fd != -1;
}

/*
 * Gone, or one of the drivers that report an error for every descriptor without
 * a stream: that one is asked now and then instead of listened to.
 */
static void doubt_device(struct capture_v4l2 *source)
{
	struct v4l2_capability capability;
	int rc = capture_device_control(
			&source->device, VIDIOC_QUERYCAP, &capability);

	if (rc < 0) {
		capture_v4l2_fail(source, rc, "does not answer");
		return;
	}
	sd_event_source_set_enabled(source->video_io, SD_EVENT_OFF);
	source->has_events = false;
	look_again_later(source);
}

int capture_v4l2_on_video(sd_event_source *event, int fd, uint32_t revents,
		void *userdata)
{
	struct capture_v4l2 *source = userdata;

	(void)event;
	(void)fd;
	if ((revents & EPOLLPRI) && source->device.subdevice_fd == -1 &&
			!take_events(source))
		return 0;
	if (source->streaming)
		take_frames(source, revents);
	else if (revents & (EPOLLERR | EPOLLHUP))
		doubt_device(source);
	return 0;
}

int capture_v4l2_on_receiver(sd_event_source *event, int fd, uint32_t revents,
		void *userdata)
{
	struct capture_v4l2 *source = userdata;

	(void)event;
	(void)fd;
	if (take_events(source) && (revents & (EPOLLERR | EPOLLHUP)))
		capture_v4l2_fail(source, -ENODEV,
				"the receiver reports an error");
	return 0;
}

int capture_v4l2_on_stall(
		sd_event_source *event, uint64_t now_us, void *userdata)
{
	struct capture_v4l2 *source = userdata;
	uint64_t due_us = source->arrived_us + source->times.stall_us;

	(void)event;
	(void)now_us;
	if (capture_buffers_queued(source->buffers) == 0)
		due_us = clock_now_us() + source->times.stall_us;
	if (clock_now_us() < due_us) {
		capture_v4l2_arm(source->stall, due_us - clock_now_us());
		return 0;
	}
	source->silent = true;
	capture_v4l2_fail(source, -ETIMEDOUT, "the stream stands still");
	return 0;
}
