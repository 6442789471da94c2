/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "video/banner.h"

/* How long a change stays in the picture, where only changes are shown. */
#define CHANGE_US (5 * CLOCK_US_PER_S)

/*
 * While there is a banner, the newest picture without it is kept: the source
 * may have no other to send for hours. While there is none, nothing is kept and
 * nothing copied.
 */
struct video_frame *server_target_dress(
		struct server_target *target, struct video_frame *frame)
{
	struct video_frame *dressed;

	if (target->banner[0] == '\0')
		return video_frame_ref(frame);
	video_frame_ref(frame);
	video_frame_unref(target->bare);
	target->bare = frame;
	if (video_banner_draw(&dressed, frame, target->banner) < 0)
		return video_frame_ref(frame); /* memory is short */
	return dressed;
}

/* A new picture, so that its age is not taken for that of the old one. */
static void show_again(
		struct server_target *target, const struct video_frame *bare)
{
	struct video_frame *frame;
	int rc;

	if (target->banner[0] == '\0')
		rc = video_frame_copy(&frame, bare);
	else
		rc = video_banner_draw(&frame, bare, target->banner);
	if (rc < 0)
		return; /* it is right again with the next picture */
	frame->captured_us = clock_now_us();
	server_target_show_as_it_is(target, frame);
	video_frame_unref(frame);
}

static void set_text(struct server_target *target, const char *text)
{
	if (strcmp(target->banner, text) == 0)
		return;
	if (!target->bare)
		target->bare = video_frame_ref(
				video_screen_get_frame(target->screen));
	strcpy(target->banner, text);
	show_again(target, target->bare);
	if (text[0] != '\0')
		return;
	video_frame_unref(target->bare);
	target->bare = NULL;
}

static int on_late(sd_event_source *source, uint64_t at_us, void *userdata)
{
	(void)source;
	(void)at_us;
	set_text(userdata, "");
	return 0;
}

void server_target_announce(struct server_target *target,
		const char text[SERVER_HEADLINE_BYTES], bool lasting)
{
	switch (target->config->vnc.banner) {
	case CONFIG_BANNER_OFF:
		return;
	case CONFIG_BANNER_ALWAYS:
		set_text(target, lasting ? text : "");
		return;
	case CONFIG_BANNER_CHANGES:
		set_text(target, text);
		sd_event_source_set_time(target->banner_timer,
				clock_now_us() + CHANGE_US);
		sd_event_source_set_enabled(
				target->banner_timer, SD_EVENT_ONESHOT);
		return;
	}
}

int server_target_create_banner(struct server_target *target)
{
	int rc = sd_event_add_time(target->shared->event, &target->banner_timer,
			CLOCK_MONOTONIC, 0, 0, on_late, target);

	if (rc < 0)
		return rc;
	return sd_event_source_set_enabled(target->banner_timer, SD_EVENT_OFF);
}

void server_target_destroy_banner(struct server_target *target)
{
	sd_event_source_disable_unref(target->banner_timer);
	video_frame_unref(target->bare);
}
