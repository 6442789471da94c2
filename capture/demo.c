/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/demo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/demo-computer.h"
#include "capture/demo-screen.h"
#include "capture/demo-usb.h"
#include "core/clock.h"
#include "core/log.h"

#define REFRESH_MILLIHZ 60000
#define FRAME_PERIOD_US (CLOCK_US_PER_S / 30)

struct demo {
	struct capture_source base; /* first: see capture/source.h */
	struct capture_computer *computer;
	struct capture_demo_usb *usb;
	struct capture_demo_screen *screen;
	sd_event_source *tick; /* when the computer wants to know the time */
	sd_event_source *draw; /* when a frame is due; off: none is */
	bool watched;
	bool told; /* of the first state */
	uint64_t drawn_revision;
	uint64_t drawn_us;
};

static uint64_t wall_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * CLOCK_US_PER_S +
			(uint64_t)now.tv_nsec / 1000;
}

static void tell_status(struct demo *demo)
{
	const struct capture_mode *mode =
			capture_computer_get_mode(demo->computer);
	struct capture_status *status = &demo->base.status;
	bool picture = capture_computer_has_picture(demo->computer);
	enum capture_state state = picture ? CAPTURE_STATE_OK
					   : CAPTURE_STATE_NO_CABLE;

	if (demo->told && status->state == state &&
			status->width_px == mode->width_px &&
			status->height_px == mode->height_px)
		return;
	if (status->state != state)
		status->since_us = clock_now_us();
	status->state = state;
	status->width_px = mode->width_px;
	status->height_px = mode->height_px;
	snprintf(status->detail, sizeof(status->detail), "%s",
			picture ? "" : "the demo computer's cable is out");
	demo->told = true;
	demo->base.handler->status(demo->base.context, status);
}

/* No more than 30 frames a second, and none without a change. */
static void schedule_draw(struct demo *demo)
{
	uint64_t due_us = demo->drawn_us + FRAME_PERIOD_US;

	if (!demo->watched || !capture_computer_has_picture(demo->computer) ||
			demo->drawn_revision ==
					capture_computer_get_revision(
							demo->computer)) {
		sd_event_source_set_enabled(demo->draw, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(demo->draw, due_us);
	sd_event_source_set_enabled(demo->draw, SD_EVENT_ONESHOT);
}

/* After anything that may have changed the computer's state. */
static void follow(struct demo *demo)
{
	capture_demo_usb_set_leds(
			demo->usb, capture_computer_get_leds(demo->computer));
	sd_event_source_set_time(
			demo->tick, capture_computer_next_us(demo->computer));
	sd_event_source_set_enabled(demo->tick, SD_EVENT_ONESHOT);
	tell_status(demo);
	schedule_draw(demo);
}

static void tick(struct demo *demo)
{
	capture_computer_tick(demo->computer, clock_now_us(), wall_now_us());
}

static int on_tick(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct demo *demo = userdata;

	(void)source;
	(void)due_us;
	tick(demo);
	follow(demo);
	return 0;
}

static int on_draw(sd_event_source *source, uint64_t due_us, void *userdata)
{
	struct demo *demo = userdata;
	uint64_t revision = capture_computer_get_revision(demo->computer);
	struct video_frame *frame;
	int rc;

	(void)source;
	(void)due_us;
	demo->drawn_us = clock_now_us();
	rc = capture_demo_screen_draw(
			demo->screen, demo->computer, demo->drawn_us, &frame);
	if (rc == 0) {
		demo->drawn_revision = revision;
		demo->base.status.frames++;
		core_histogram_add(&demo->base.age, 0);
		demo->base.handler->frame(demo->base.context, frame);
	} else if (rc == -EBUSY) {
		demo->base.status.dropped++;
	} else {
		log_error_errno(rc, "demo: cannot draw");
	}
	schedule_draw(demo);
	return 0;
}

static void on_press(
		void *context, uint8_t usage, uint8_t modifiers, bool repeated)
{
	struct demo *demo = context;

	tick(demo);
	capture_computer_press(demo->computer, usage, modifiers, repeated);
	follow(demo);
}

static void on_point(void *context, uint16_t x, uint16_t y, uint8_t buttons,
		int wheel, int horizontal_wheel)
{
	struct demo *demo = context;

	tick(demo);
	capture_computer_point(
			demo->computer, x, y, buttons, wheel, horizontal_wheel);
	follow(demo);
}

static void on_move(void *context, int dx, int dy, uint8_t buttons, int wheel)
{
	struct demo *demo = context;

	tick(demo);
	capture_computer_move(demo->computer, dx, dy, buttons, wheel);
	follow(demo);
}

static const struct capture_demo_usb_handler usb_handler = {
		.press = on_press,
		.point = on_point,
		.move = on_move,
};

static void destroy(struct capture_source *source)
{
	struct demo *demo = (struct demo *)source;

	sd_event_source_disable_unref(demo->tick);
	sd_event_source_disable_unref(demo->draw);
	capture_demo_usb_destroy(demo->usb);
	capture_demo_screen_destroy(demo->screen);
	capture_computer_destroy(demo->computer);
	free(demo);
}

/* Whoever begins to look gets a picture, changed or not. */
static void set_watched(struct capture_source *source, bool watched)
{
	struct demo *demo = (struct demo *)source;

	if (watched && !demo->watched)
		demo->drawn_revision = 0;
	demo->watched = watched;
	schedule_draw(demo);
}

static const struct capture_source_kind demo_kind = {
		.destroy = destroy,
		.set_watched = set_watched,
};

static void plug_in(struct demo *demo, const char *keyboard)
{
	const struct capture_layout *layout =
			keyboard ? capture_layout_find(keyboard) : NULL;

	if (layout)
		capture_computer_set_layout(demo->computer, layout);
}

static int create_parts(struct demo *demo, sd_event *event,
		const struct capture_demo_options *options)
{
	int rc = capture_computer_create(&demo->computer, options->name,
			clock_now_us(), wall_now_us());

	if (rc == 0)
		plug_in(demo, options->keyboard);
	if (rc == 0)
		rc = capture_demo_screen_create(&demo->screen);
	if (rc == 0)
		rc = sd_event_add_time(event, &demo->tick, CLOCK_MONOTONIC, 0,
				1, on_tick, demo);
	if (rc >= 0)
		rc = sd_event_add_time(event, &demo->draw, CLOCK_MONOTONIC, 0,
				1, on_draw, demo);
	if (rc >= 0)
		rc = sd_event_source_set_enabled(demo->draw, SD_EVENT_OFF);
	return rc;
}

static void close_all(const struct capture_demo_options *options)
{
	const int fds[] = {options->keyboard_fd, options->absolute_fd,
			options->relative_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			close(fds[i]);
}

int capture_demo_create(struct capture_source **out, sd_event *event,
		const struct capture_demo_options *options,
		const struct capture_handler *handler, void *context)
{
	struct demo *demo = calloc(1, sizeof(*demo));
	const struct capture_mode *mode;
	int rc = -ENOMEM;

	*out = NULL;
	if (!demo) {
		close_all(options);
		return rc;
	}
	demo->base.kind = &demo_kind;
	demo->base.handler = handler;
	demo->base.context = context;
	rc = create_parts(demo, event, options);
	if (rc < 0) {
		close_all(options);
		goto fail;
	}
	rc = capture_demo_usb_create(
			&demo->usb, event, options, &usb_handler, demo);
	if (rc < 0)
		goto fail;

	mode = capture_computer_get_mode(demo->computer);
	demo->base.status = (struct capture_status){
			.state = CAPTURE_STATE_OK,
			.since_us = clock_now_us(),
			.width_px = mode->width_px,
			.height_px = mode->height_px,
			.refresh_millihz = REFRESH_MILLIHZ,
			.format = "demo",
	};
	*out = &demo->base;
	return 0;

fail:
	destroy(&demo->base);
	return rc;
}
