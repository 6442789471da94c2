/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk-server SEED STEPS bgrx|yuyv PICTURE.ppm
 *
 * Serves a scene (scene.h) over RFB on a loopback port. Prints "port N", then
 * waits for a line on stdin while viewers connect; then so many steps happen,
 * some faster than viewers can follow. After the last one the picture is
 * written to PICTURE.ppm, "still" is printed, and nothing moves any more.
 * Leaves when stdin ends.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/simd.h"
#include "core/workers.h"
#include "tests/rack/picture.h"
#include "tests/walk/scene.h"
#include "video/convert.h"
#include "video/screen.h"
#include "vnc/server.h"

#define PAUSE_MAX_US (60 * CLOCK_US_PER_MS)

struct walk {
	sd_event *event;
	struct core_workers *workers;
	struct core_workers *library;
	struct video_screen *screen;
	struct vnc_server *server;
	struct scene *scene;
	sd_event_source *timer;
	enum video_pixel pixel;
	unsigned steps_left;
	uint32_t random;
	const char *path;
};

static void check(int rc, const char *what)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "walk-server: %s: %s\n", what, strerror(-rc));
	exit(1);
}

static void show(struct walk *walk)
{
	struct video_frame *frame;
	bool changed;

	check(scene_take(walk->scene, walk->pixel, &frame), "frame");
	frame->captured_us = clock_now_us();
	check(video_screen_show(walk->screen, frame, &changed), "screen");
	video_frame_unref(frame);
	if (changed && walk->server)
		vnc_server_screen_changed(walk->server);
}

static void save_picture(struct walk *walk)
{
	const struct video_frame *frame = video_screen_get_frame(walk->screen);
	const struct video_rect all = {
			.width_px = frame->layout.width_px,
			.height_px = frame->layout.height_px,
	};
	const size_t pixels_n = (size_t)all.width_px * all.height_px;
	uint8_t *bgrx = malloc(pixels_n * 4);
	struct picture *picture;

	check(bgrx ? 0 : -ENOMEM, "picture");
	check(picture_create(&picture, all.width_px, all.height_px), "picture");
	video_convert_bgrx(frame, &all, bgrx, (size_t)all.width_px * 4);
	for (size_t i = 0; i < pixels_n; i++)
		for (size_t j = 0; j < 3; j++)
			picture->rgb[i * 3 + j] = bgrx[i * 4 + 2 - j];
	check(picture_save(picture, walk->path), walk->path);
	picture_destroy(picture);
	free(bgrx);
}

/* Every fourth step comes without a pause: viewers miss pictures. */
static void wait_for_next(struct walk *walk)
{
	walk->random = walk->random * 1664525 + 1013904223;
	check(sd_event_source_set_time_relative(walk->timer,
			      walk->random >> 30 ? (walk->random >> 8) %
							      PAUSE_MAX_US
						 : 0),
			"timer");
	check(sd_event_source_set_enabled(walk->timer, SD_EVENT_ONESHOT),
			"timer");
}

static int on_step(sd_event_source *source, uint64_t now_us, void *userdata)
{
	struct walk *walk = userdata;

	(void)source;
	(void)now_us;
	check(scene_step(walk->scene), "step");
	show(walk);
	if (--walk->steps_left > 0) {
		wait_for_next(walk);
		return 0;
	}
	save_picture(walk);
	puts("still");
	return 0;
}

static int on_stdin(sd_event_source *source, int fd, uint32_t revents,
		void *userdata)
{
	struct walk *walk = userdata;
	char line[64];
	ssize_t got = read(fd, line, sizeof(line));

	(void)source;
	(void)revents;
	if (got <= 0)
		return sd_event_exit(walk->event, 0);
	if (walk->steps_left > 0)
		wait_for_next(walk);
	return 0;
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
	(void)key;
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

static void listen_on_some_port(struct walk *walk)
{
	static const struct vnc_server_handler handler = {.watched = on_watched,
			.key = on_key,
			.pointer = on_pointer,
			.left = on_left};
	struct vnc_server_options options = {
			.name = "walk",
			.listen_fd = -1,
			.security = VNC_SECURITY_NONE,
			.viewers_max = 16,
	};
	char text[CORE_ADDRESS_TEXT_BYTES];
	struct core_address address;

	check(core_address_parse(&options.listen, "127.0.0.1:1"), "address");
	((struct sockaddr_in *)&options.listen.storage)->sin_port = 0;
	check(vnc_server_create(&walk->server, walk->event, walk->workers,
			      walk->library, walk->screen, &options, &handler,
			      walk),
			"server");
	vnc_server_get_address(walk->server, &address);
	core_address_format(&address, text);
	printf("port %s\n", strrchr(text, ':') + 1);
}

static void begin(struct walk *walk, uint32_t seed)
{
	check(sd_event_new(&walk->event), "loop");
	check(core_workers_create(&walk->workers, walk->event, 0), "workers");
	check(core_workers_create(&walk->library, walk->event, 1), "library");
	check(video_screen_create(&walk->screen, core_simd_best()), "screen");
	check(scene_create(&walk->scene, seed), "scene");
	show(walk);
	check(sd_event_add_time(walk->event, &walk->timer, CLOCK_MONOTONIC, 0,
			      1, on_step, walk),
			"timer");
	check(sd_event_source_set_enabled(walk->timer, SD_EVENT_OFF), "timer");
	check(sd_event_add_io(walk->event, NULL, STDIN_FILENO, EPOLLIN,
			      on_stdin, walk),
			"stdin");
	listen_on_some_port(walk);
}

static void end(struct walk *walk)
{
	vnc_server_destroy(walk->server);
	core_workers_destroy(walk->library);
	core_workers_destroy(walk->workers);
	video_screen_destroy(walk->screen);
	scene_destroy(walk->scene);
	sd_event_source_disable_unref(walk->timer);
	sd_event_unref(walk->event);
}

int main(int argc, char **argv)
{
	struct walk walk = {.random = 1};

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 5 || atoi(argv[2]) < 1) {
		fprintf(stderr, "usage: walk-server SEED STEPS bgrx|yuyv PICTURE.ppm\n");
		return 2;
	}
	walk.steps_left = (unsigned)atoi(argv[2]);
	walk.pixel = strcmp(argv[3], "yuyv") == 0 ? VIDEO_PIXEL_YUYV
						  : VIDEO_PIXEL_BGRX;
	walk.path = argv[4];
	begin(&walk, (uint32_t)atoi(argv[1]));
	check(sd_event_loop(walk.event), "loop");
	end(&walk);
	return 0;
}
