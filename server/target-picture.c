/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"
#include "video/text.h"

/* Before the first signal. */
#define CARD_WIDTH_PX 1024
#define CARD_HEIGHT_PX 768

void server_target_show_as_it_is(
		struct server_target *target, struct video_frame *frame)
{
	uint64_t began_us = clock_now_us();
	bool changed;

	if (video_screen_show(target->screen, frame, &changed) < 0)
		return; /* a frame that is no frame: the source has said so */
	core_histogram_add(&target->damage, clock_now_us() - began_us);
	if (changed && target->vnc)
		vnc_server_screen_changed(target->vnc);
}

static void show(struct server_target *target, struct video_frame *frame)
{
	struct video_frame *dressed = server_target_dress(target, frame);

	server_target_show_as_it_is(target, dressed);
	video_frame_unref(dressed);
}

static void set_held(struct server_target *target, bool held)
{
	target->held = held;
	if (target->vnc)
		vnc_server_set_held(target->vnc, held);
	sd_event_source_set_enabled(target->first_frame_timer, SD_EVENT_OFF);
}

/* The size in which a card is drawn: of the signal, else of the last picture.
 */
static void card_size(const struct server_target *target,
		const struct capture_status *status, uint32_t *width_px,
		uint32_t *height_px)
{
	if (status && status->state == CAPTURE_STATE_OK && status->width_px) {
		*width_px = status->width_px;
		*height_px = status->height_px;
		return;
	}
	video_screen_get_size(target->screen, width_px, height_px);
	if (*width_px == 0) {
		*width_px = CARD_WIDTH_PX;
		*height_px = CARD_HEIGHT_PX;
	}
}

/* Draw the reason why there is no picture, since when, and whose it is. */
static int show_card(struct server_target *target, const char *heading,
		const char *detail)
{
	const struct capture_status *status = target->source
			? capture_source_get_status(target->source)
			: NULL;
	char since[64] = "";
	const char *const lines[VIDEO_CARD_LINES] = {
			target->config->name, since, detail};
	struct video_frame *frame;
	uint32_t width_px, height_px;
	struct tm local;
	int rc;

	localtime_r(&target->state_began, &local);
	strftime(since, sizeof(since), "since %Y-%m-%d %H:%M:%S", &local);
	card_size(target, status, &width_px, &height_px);
	rc = video_card_create(&frame, width_px, height_px, heading, lines);
	if (rc < 0) {
		log_error_errno(rc, "%s: cannot draw a message",
				target->config->name);
		return rc;
	}
	show(target, frame);
	video_frame_unref(frame);
	return 0;
}

void server_target_show_state(struct server_target *target)
{
	const struct capture_status *status =
			capture_source_get_status(target->source);

	if (status->state == CAPTURE_STATE_OK)
		show_card(target, "waiting for the first frame", "");
	else
		show_card(target, capture_state_text(status->state),
				status->detail);
}

static void on_frame(void *context, struct video_frame *frame)
{
	struct server_target *target = context;

	server_snapshots_frame(target->snapshots, frame);
	if (!target->viewed)
		return; /* on the screen it would soon be old */
	show(target, frame);
	if (target->held)
		set_held(target, false);
}

static void on_status(void *context, const struct capture_status *status)
{
	struct server_target *target = context;

	if (status->state != target->state) {
		target->state = status->state;
		target->state_began = time(NULL);
	}
	if (!target->source)
		return; /* still being created */
	server_target_say_changed(target);
	if (status->state != CAPTURE_STATE_OK) {
		server_target_show_state(target);
		set_held(target, false);
		server_snapshots_frame(target->snapshots,
				server_target_get_picture(target));
	} else if (!target->viewed) {
		server_target_show_state(target); /* whoever comes next finds
						   * the right size
						   */
	}
}

static int on_first_frame_late(
		sd_event_source *source, uint64_t now_us, void *userdata)
{
	struct server_target *target = userdata;

	(void)source;
	(void)now_us;
	server_target_show_state(target);
	set_held(target, false);
	return 0;
}

const struct capture_handler server_target_capture_handler = {
		.frame = on_frame,
		.status = on_status,
};

/*
 * The picture of a target that nobody views is old. A viewer that takes only
 * one must not get that one, so all wait for the first fresh frame. Where that
 * has come already, for a snapshot, the source is asked for another.
 */
void server_target_set_viewed(struct server_target *target, bool viewed)
{
	const struct capture_status *status =
			capture_source_get_status(target->source);

	target->viewed = viewed;
	if (viewed && status->state == CAPTURE_STATE_OK) {
		set_held(target, true);
		sd_event_source_set_time(target->first_frame_timer,
				clock_now_us() + SERVER_TARGET_FIRST_FRAME_US);
		sd_event_source_set_enabled(
				target->first_frame_timer, SD_EVENT_ONESHOT);
	}
	if (viewed && target->sampled)
		capture_source_set_watched(target->source, false);
	capture_source_set_watched(target->source, viewed || target->sampled);
	if (!viewed) {
		set_held(target, false);
		server_target_show_state(
				target); /* lets go of the source's buffer */
	}
}

struct video_frame *server_target_get_picture(
		const struct server_target *target)
{
	return target->bare ? target->bare
			    : video_screen_get_frame(target->screen);
}

int server_target_create_screen(struct server_target *target)
{
	int rc = sd_event_add_time(target->shared->event,
			&target->first_frame_timer, CLOCK_MONOTONIC, 0, 0,
			on_first_frame_late, target);

	if (rc < 0)
		return rc;
	sd_event_source_set_enabled(target->first_frame_timer, SD_EVENT_OFF);
	rc = video_screen_create(&target->screen, core_simd_best());
	if (rc < 0)
		return rc;
	video_screen_set_threshold(target->screen,
			(uint8_t)target->config->capture.damage_threshold);
	return 0;
}
