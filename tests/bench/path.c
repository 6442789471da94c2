/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/path.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "core/simd.h"
#include "net/stream.h"
#include "tests/bench/inline-workers.h"
#include "video/screen.h"
#include "vnc/compose.h"
#include "vnc/encoder.h"

/* As they stand in SetEncodings. */
#define ENCODING_COPY_RECT 1
#define ENCODING_TIGHT 7
#define ENCODING_QUALITY_0 (-32)

struct member {
	struct sink *sink; /* the stream's */
	struct net_stream *stream;
	struct vnc_composer *composer;
	uint64_t read; /* of sink->total */
	uint64_t updates;
	uint64_t first_updates;
};

struct path {
	sd_event *event; /* never run */
	struct core_workers *workers;
	struct video_screen *screen;
	struct vnc_encoder *encoder;
	struct vnc_figures figures;
	bool asked_for[VNC_KINDS];
	size_t members_n;
	struct member members[];
};

void path_must(int rc, const char *what)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, strerrordesc_np(-rc));
	exit(EXIT_FAILURE);
}

static void on_stream(void *context)
{
	(void)context;
}

static void on_closed(void *context, int rc)
{
	(void)context;
	path_must(rc ? rc : -EPIPE, "a viewer's stream ended");
}

static const struct net_stream_handler handler = {.readable = on_stream,
		.drained = on_stream,
		.closed = on_closed};

static void on_failed(void *context, const char *why)
{
	(void)context;
	fprintf(stderr, "a viewer failed: %s\n", why);
	exit(EXIT_FAILURE);
}

static void say_encodings(
		struct member *member, const struct path_viewer *viewer)
{
	uint32_t encodings[3];
	struct vnc_message message = {.kind = VNC_MESSAGE_SET_ENCODINGS};
	size_t n = 0;

	encodings[n++] = htobe32(ENCODING_TIGHT);
	if (viewer->copy_rect)
		encodings[n++] = htobe32(ENCODING_COPY_RECT);
	if (viewer->quality_level >= 0)
		encodings[n++] = htobe32((uint32_t)(ENCODING_QUALITY_0 +
				viewer->quality_level));
	message.encodings.bytes = (const uint8_t *)encodings;
	message.encodings.count = n;
	vnc_composer_take_encodings(member->composer, &message);
	vnc_composer_end_message(member->composer);
}

static void ask(struct path *path, struct member *member)
{
	struct vnc_message message = {.kind = VNC_MESSAGE_UPDATE_REQUEST};
	uint32_t width_px, height_px;

	video_screen_get_size(path->screen, &width_px, &height_px);
	message.update_request.incremental = true;
	message.update_request.area.width_px = (uint16_t)width_px;
	message.update_request.area.height_px = (uint16_t)height_px;
	vnc_composer_take_request(member->composer, &message);
	vnc_composer_end_message(member->composer);
}

static void join(struct path *path, struct member *member,
		const struct path_viewer *viewer, bool keep_bytes)
{
	const struct vnc_class class_ =
			vnc_class_for_tight(viewer->quality_level);
	struct vnc_composer_parts parts = {
			.event = path->event,
			.encoder = path->encoder,
			.library = path->workers,
			.screen = path->screen,
			.figures = &path->figures,
			.name = "bench",
			.title = "bench",
			.failed = on_failed,
	};

	path_must(sink_create(&member->sink, keep_bytes), "sink");
	path_must(net_stream_create(&member->stream, path->event,
				  &member->sink->transport, 0, &handler, NULL),
			"stream");
	if (viewer->websocket)
		path_must(net_stream_start_websocket(member->stream),
				"WebSocket");
	parts.stream = member->stream;
	path_must(vnc_composer_create(&member->composer, &parts), "composer");
	say_encodings(member, viewer);
	path->asked_for[vnc_class_kind(&class_)] = true;
}

/* What a stream leaves for later turns of the loop. */
static void send_rest(struct member *member)
{
	if (net_stream_queued(member->stream) == 0)
		return;
	while (net_stream_queued(member->stream) > 0)
		net_stream_flush(member->stream);
	vnc_composer_update(member->composer);
}

/* Whoever was sent something has read it and asks for more. */
static void ask_again(struct path *path)
{
	for (size_t i = 0; i < path->members_n; i++) {
		struct member *member = &path->members[i];

		send_rest(member);
		if (member->sink->total == member->read)
			continue;
		member->read = member->sink->total;
		ask(path, member);
	}
}

/* Asked for at once: late requests would tell of a slow link. */
static void update_all(struct path *path)
{
	for (size_t i = 0; i < path->members_n; i++)
		vnc_composer_update(path->members[i].composer);
	ask_again(path);
	while (inline_workers_turn(path->workers))
		ask_again(path);
}

/* A coarser class, as for a slow link, would cost less. */
static void check_classes(const struct path *path)
{
	for (unsigned kind = 0; kind < VNC_KINDS; kind++) {
		if (kind == VNC_KIND_LOSSLESS || path->asked_for[kind] ||
				path->figures.bytes[kind] == 0)
			continue;
		fprintf(stderr, "a viewer was sent %s unasked\n",
				vnc_kind_name((enum vnc_kind)kind));
		exit(EXIT_FAILURE);
	}
}

/* Nothing would cost nothing. */
static void check_all_were_sent(struct path *path)
{
	check_classes(path);
	for (size_t i = 0; i < path->members_n; i++) {
		struct member *member = &path->members[i];
		const uint64_t updates =
				vnc_composer_get_updates(member->composer);

		if (updates == member->updates) {
			fprintf(stderr, "a viewer was sent nothing\n");
			exit(EXIT_FAILURE);
		}
		member->updates = updates;
	}
}

struct path *path_create(const struct path_viewer *viewers, size_t viewers_n,
		bool keep_bytes, struct video_frame *first)
{
	struct path *path = calloc(1,
			sizeof(*path) + viewers_n * sizeof(path->members[0]));
	bool changed;

	path_must(path ? 0 : -ENOMEM, "path");
	path_must(sd_event_new(&path->event), "event loop");
	path_must(core_workers_create(&path->workers, path->event, 1),
			"workers");
	path_must(video_screen_create(&path->screen, core_simd_best()),
			"screen");
	path_must(vnc_encoder_create(&path->encoder, path->workers,
				  path->screen, &path->figures,
				  core_simd_best()),
			"encoder");
	path_must(video_screen_show(path->screen, first, &changed), "screen");
	path->members_n = viewers_n;
	for (size_t i = 0; i < viewers_n; i++)
		join(path, &path->members[i], &viewers[i], keep_bytes);
	for (size_t i = 0; i < viewers_n; i++)
		ask(path, &path->members[i]);
	update_all(path);
	check_all_were_sent(path);
	for (size_t i = 0; i < viewers_n; i++)
		path->members[i].first_updates = path->members[i].updates;
	return path;
}

void path_destroy(struct path *path)
{
	for (size_t i = 0; i < path->members_n; i++) {
		vnc_composer_destroy(path->members[i].composer);
		net_stream_destroy(path->members[i].stream);
	}
	vnc_encoder_destroy(path->encoder);
	core_workers_destroy(path->workers);
	video_screen_destroy(path->screen);
	sd_event_unref(path->event);
	free(path);
}

void path_show(struct path *path, struct video_frame *frame)
{
	bool changed;

	path_must(video_screen_show(path->screen, frame, &changed), "screen");
	if (!changed)
		return;
	update_all(path);
	check_all_were_sent(path);
}

struct sink *path_get_sink(struct path *path, size_t viewer)
{
	return path->members[viewer].sink;
}

const struct vnc_figures *path_get_figures(const struct path *path)
{
	return &path->figures;
}

uint64_t path_count_updates(const struct path *path, size_t viewer)
{
	const struct member *member = &path->members[viewer];

	return vnc_composer_get_updates(member->composer) -
			member->first_updates;
}
