/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * serve ADDRESS:PORT SECONDS
 *
 * A VNC server whose picture never stands still: 30 times a second a new part
 * of a photo, and the time. Each key that comes in is said on stdout:
 * "key KEYSYM TIME", as is, at the end, "shown FRAMES". Times are microseconds
 * of the monotonic clock.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/simd.h"
#include "core/workers.h"
#include "tests/link/stamp.h"
#include "video/screen.h"
#include "vnc/server.h"

#define WIDTH_PX 640
#define HEIGHT_PX 400
#define PHOTO_TOP_PX 64
#define PHOTO_WIDTH_PX 320
#define PHOTO_HEIGHT_PX 96
#define FRAME_US (CLOCK_US_PER_S / 30)

struct serve {
	sd_event *event;
	sd_event_source *timer;
	struct core_workers *workers;
	struct core_workers *library;
	struct video_screen *screen;
	struct vnc_server *server;
	uint32_t frames;
};

static void check(int rc, const char *what)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "serve: %s: %s\n", what, strerrordesc_np(-rc));
	exit(1);
}

static uint32_t photo(uint32_t x, uint32_t y)
{
	uint32_t grain = (x * 7919 + y * 104729) >> 3 & 7;

	return (x * 3 + y) / 8 % 200 + grain + (((x + y) & 0xff) << 8) +
			((x * y / 64 & 0xff) << 16);
}

static void show(struct serve *serve)
{
	struct video_frame *frame;
	uint32_t *pixels, stride_px;
	bool changed;

	check(video_frame_create(&frame, WIDTH_PX, HEIGHT_PX), "a frame");
	frame->captured_us = clock_now_us();
	pixels = (uint32_t *)(void *)video_frame_pixels(frame);
	stride_px = frame->layout.stride_bytes[0] / 4;
	stamp_write(pixels, stride_px,
			(uint32_t)(frame->captured_us / CLOCK_US_PER_MS));
	for (uint32_t y = 0; y < PHOTO_HEIGHT_PX; y++)
		for (uint32_t x = 0; x < PHOTO_WIDTH_PX; x++)
			pixels[(PHOTO_TOP_PX + y) * stride_px + x] =
					photo(x + serve->frames * 5, y);
	check(video_screen_show(serve->screen, frame, &changed), "to show");
	video_frame_unref(frame);
	serve->frames++;
	if (serve->server)
		vnc_server_screen_changed(serve->server);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	show(userdata);
	sd_event_source_set_time(source, usec + FRAME_US);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_end(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	(void)userdata;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static void on_watched(void *context, bool watched)
{
	(void)context;
	(void)watched;
}

static void on_key(
		void *context, vnc_viewer_id viewer, const struct vnc_key *key)
{
	(void)context;
	(void)viewer;
	if (key->down)
		printf("key %" PRIu32 " %" PRIu64 "\n", key->keysym,
				clock_now_us());
}

static void on_pointer(void *context, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer)
{
	(void)context;
	(void)viewer;
	(void)pointer;
}

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	(void)why;
	(void)context;
	(void)viewer;
}

static const struct vnc_server_handler handler = {
		.watched = on_watched,
		.key = on_key,
		.pointer = on_pointer,
		.left = on_left,
};

static void start(struct serve *serve, const char *address)
{
	struct vnc_server_options options = {.name = "link",
			.listen_fd = -1,
			.security = VNC_SECURITY_NONE,
			.viewers_max = 16};

	check(sd_event_new(&serve->event), "a loop");
	check(core_workers_create(&serve->workers, serve->event, 2), "workers");
	check(core_workers_create(&serve->library, serve->event, 1), "workers");
	check(video_screen_create(&serve->screen, core_simd_best()),
			"a screen");
	show(serve);
	check(core_address_parse(&options.listen, address), address);
	check(vnc_server_create(&serve->server, serve->event, serve->workers,
			      serve->library, serve->screen, &options, &handler,
			      serve),
			address);
	check(sd_event_add_time(serve->event, &serve->timer, CLOCK_MONOTONIC,
			      clock_now_us(), 1, on_timer, serve),
			"a timer");
}

static void finish(struct serve *serve)
{
	printf("shown %" PRIu32 "\n", serve->frames);
	vnc_server_destroy(serve->server);
	core_workers_destroy(serve->workers);
	core_workers_destroy(serve->library);
	video_screen_destroy(serve->screen);
	sd_event_source_unref(serve->timer);
	sd_event_unref(serve->event);
}

int main(int argc, char **argv)
{
	struct serve serve = {0};

	if (argc != 3) {
		fprintf(stderr, "usage: serve ADDRESS:PORT SECONDS\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	log_set_level(LOG_LEVEL_INFO);
	start(&serve, argv[1]);
	check(sd_event_add_time_relative(serve.event, NULL, CLOCK_MONOTONIC,
			      strtoull(argv[2], NULL, 10) * CLOCK_US_PER_S, 0,
			      on_end, NULL),
			"a timer");
	check(sd_event_loop(serve.event), "the loop");
	finish(&serve);
	return 0;
}
