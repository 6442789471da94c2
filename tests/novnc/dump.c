/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "core/workers.h"
#include "tests/vnc/picture.h"
#include "video/screen.h"
#include "vnc/encoder.h"
#include "vnc/fallback.h"
#include "vnc/figures.h"

/*
 * dump > FILE: what viewers are sent in a random walk of damage, mode changes
 * and updates that they miss, and what they should see after each update.
 * decode.mjs reads it. All numbers are 32 bit, big endian; "bytes" are a
 * number and as many bytes:
 *   connection: name (bytes), encoding that must occur, count of updates
 *   update: width, height, count of rectangles, rectangles (bytes), the whole
 *           picture as R G B (bytes)
 */
#define UPDATES 24
#define RECTS_MAX 64

#define ENCODING_RAW 0
#define ENCODING_RRE 2
#define ENCODING_HEXTILE 5
#define ENCODING_ZLIB 6
#define ENCODING_TIGHT 7
#define ENCODING_ZRLE 16

/* noVNC reads pixels as R G B x: it asks for the first of these. */
static const struct vnc_pixel_format rgbx = {
		32, 24, false, true, 255, 255, 255, 0, 8, 16};
static const struct vnc_pixel_format xrgb_big_endian = {
		32, 24, true, true, 255, 255, 255, 16, 8, 0};

struct walk {
	sd_event *event;
	struct core_workers *workers;
	struct core_workers *library;
	struct video_screen *screen;
	struct vnc_figures figures;
	struct vnc_encoder *encoder;
	struct vnc_fallback *fallback;
	uint32_t random;
	struct video_frame *frame;
	uint32_t generation; /* that the viewer has */
	bool ready;
};

struct connection {
	const char *name;
	int32_t encoding;
	bool own; /* of our encoder; else of the fallback */
	struct vnc_pixel_format format;
};

static void check(int rc, const char *what)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "dump: %s: %s\n", what, strerror(-rc));
	exit(1);
}

/* ---- the file ---- */

static void put(const void *data, size_t size)
{
	if (fwrite(data, 1, size, stdout) != size)
		check(-EIO, "cannot write");
}

static void put_number(size_t number)
{
	const uint32_t value = htobe32((uint32_t)number);

	put(&value, sizeof(value));
}

static void put_picture(const struct video_frame *frame)
{
	const uint32_t width = frame->layout.width_px;
	const uint32_t height = frame->layout.height_px;

	put_number((size_t)width * height * 3);
	for (uint32_t i = 0; i < width * height; i++) {
		const uint32_t rgb = htobe32(
				picture_pixel(frame, i % width, i / width)
				<< 8);

		put(&rgb, 3);
	}
}

static void put_update(const struct vnc_update *update,
		const struct video_frame *frame)
{
	size_t size = 0;

	put_number(frame->layout.width_px);
	put_number(frame->layout.height_px);
	put_number(update->rects);
	for (size_t i = 0; i < update->pieces_n; i++)
		size += update->pieces[i]->size;
	put_number(size);
	for (size_t i = 0; i < update->pieces_n; i++)
		put(update->pieces[i]->data, update->pieces[i]->size);
	put_picture(frame);
}

/* ---- the walk ---- */

static void show(struct walk *walk, struct video_frame *frame)
{
	const uint32_t before = video_screen_get_geometry(walk->screen);
	bool changed;

	video_frame_unref(walk->frame);
	walk->frame = frame;
	check(video_screen_show(walk->screen, frame, &changed), "screen");
	if (video_screen_get_geometry(walk->screen) != before)
		walk->generation = 0;
}

static void step(struct walk *walk)
{
	const uint32_t what = picture_random(&walk->random);
	const struct video_layout *layout = &walk->frame->layout;

	if (what % 8 == 0) /* a new mode */
		show(walk,
				picture_create(200 + what / 8 % 300,
						150 + what / 4096 % 200,
						PICTURE_MIXED, what));
	else if (what % 8 == 1) /* all is new */
		show(walk,
				picture_create(layout->width_px,
						layout->height_px,
						what / 8 % PICTURE_KINDS,
						what));
	else
		show(walk,
				picture_change(walk->frame,
						what / 8 % layout->width_px,
						what / 1024 % layout->height_px));
}

static void on_ready(void *context, struct vnc_update *update)
{
	struct walk *walk = context;

	check(update->rc, "update");
	walk->ready = true;
}

static int request(struct walk *walk, const struct connection *connection,
		const struct video_rect *rects, size_t rects_n,
		struct vnc_update **update)
{
	struct vnc_class class_ = vnc_class_for_tight(-1);

	if (!connection->own)
		return vnc_fallback_request(walk->fallback, walk->frame, rects,
				rects_n, on_ready, walk, update);
	if (connection->encoding == ENCODING_RAW)
		class_ = vnc_class_for_raw(&connection->format);
	return vnc_encoder_request(walk->encoder, &class_, rects, rects_n,
			on_ready, walk, update);
}

/* Send what the viewer lacks. */
static void send_update(struct walk *walk, const struct connection *connection)
{
	struct video_rect rects[RECTS_MAX];
	struct vnc_update *update;
	size_t rects_n;

	rects_n = video_screen_cover(walk->screen,
			video_screen_get_changed(
					walk->screen, walk->generation),
			NULL, rects, RECTS_MAX);
	walk->generation = video_screen_get_generation(walk->screen);
	walk->ready = false;
	check(request(walk, connection, rects, rects_n, &update), "request");
	while (!walk->ready)
		check(sd_event_run(walk->event, UINT64_MAX), "loop");
	put_update(update, walk->frame);
	vnc_update_destroy(update);
}

static void begin(struct walk *walk, const struct connection *connection)
{
	memset(walk, 0, sizeof(*walk));
	walk->random = 2463534242;
	check(sd_event_new(&walk->event), "loop");
	check(core_workers_create(&walk->workers, walk->event, 0), "workers");
	check(core_workers_create(&walk->library, walk->event, 1), "library");
	check(video_screen_create(&walk->screen, core_simd_best()), "screen");
	check(vnc_encoder_create(&walk->encoder, walk->workers, walk->screen,
			      &walk->figures, core_simd_best()),
			"encoder");
	check(vnc_fallback_create(&walk->fallback, walk->library, "dump",
			      &walk->figures),
			"fallback");
	vnc_fallback_set_pixel_format(walk->fallback, &connection->format);
	vnc_fallback_set_encodings(walk->fallback, &connection->encoding, 1);
	show(walk, picture_create(400, 300, PICTURE_MIXED, 1));
}

static void end(struct walk *walk)
{
	vnc_fallback_destroy(walk->fallback);
	vnc_encoder_destroy(walk->encoder);
	core_workers_destroy(walk->library);
	core_workers_destroy(walk->workers);
	video_screen_destroy(walk->screen);
	video_frame_unref(walk->frame);
	sd_event_unref(walk->event);
}

/* Between two updates, up to three pictures that the viewer never gets. */
static void dump_connection(const struct connection *connection)
{
	struct walk walk;

	put_number(strlen(connection->name));
	put(connection->name, strlen(connection->name));
	put_number((size_t)connection->encoding);
	put_number(UPDATES);
	begin(&walk, connection);
	for (unsigned i = 0; i < UPDATES; i++) {
		send_update(&walk, connection);
		for (uint32_t n = picture_random(&walk.random) % 4 + 1; n > 0;
				n--)
			step(&walk);
	}
	end(&walk);
}

int main(void)
{
	const struct connection connections[] = {
			{"tight", ENCODING_TIGHT, true, rgbx},
			{"raw", ENCODING_RAW, true, rgbx},
			{"libvncserver's raw", ENCODING_RAW, false, rgbx},
			{"libvncserver's rre", ENCODING_RRE, false, rgbx},
			{"libvncserver's hextile", ENCODING_HEXTILE, false,
					rgbx},
			{"libvncserver's zlib", ENCODING_ZLIB, false, rgbx},
			{"libvncserver's zrle", ENCODING_ZRLE, false, rgbx},
			/* On the wire, three bytes R G B, too. */
			{"libvncserver's zrle, big endian", ENCODING_ZRLE,
					false, xrgb_big_endian},
	};

	for (size_t i = 0; i < sizeof(connections) / sizeof(connections[0]);
			i++)
		dump_connection(&connections[i]);
	if (fflush(stdout) != 0)
		check(-EIO, "cannot write");
	return 0;
}
