/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <pthread.h>
#include <rfb/rfbclient.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/vnc/fallback-rig.h"
#include "tests/vnc/picture.h"

/* What the fallback makes, as libvncclient sees it. */

/* ---- what goes to the viewer ---- */

struct wire {
	uint8_t *bytes;
	size_t size;
	size_t updates;
	int32_t encoding;              /* for messages */
	struct core_bytes *colour_map; /* kept back: libvncclient has none */
};

static void put(struct wire *wire, const void *bytes, size_t size)
{
	wire->bytes = realloc(wire->bytes, wire->size + size);
	assert_non_null(wire->bytes);
	memcpy(wire->bytes + wire->size, bytes, size);
	wire->size += size;
}

static void put_update(struct wire *wire, const struct vnc_update *update)
{
	const uint8_t header[] = {0, 0, (uint8_t)(update->rects >> 8),
			(uint8_t)update->rects};

	assert_true(update->rects > 0 && update->rects < 65535);
	assert_false(update->lossy_n > 0);
	put(wire, header, sizeof(header));
	for (size_t i = 1; i < update->pieces_n; i++)
		put(wire, update->pieces[i]->data, update->pieces[i]->size);
	wire->updates++;
}

static void put_desktop_size(struct wire *wire, uint32_t width, uint32_t height)
{
	const uint8_t message[] = {0, 0, 0, 1, 0, 0, 0, 0,
			(uint8_t)(width >> 8), (uint8_t)width,
			(uint8_t)(height >> 8), (uint8_t)height, 0xff, 0xff,
			0xff, 0x21};

	put(wire, message, sizeof(message));
	wire->updates++;
}

static void encode(struct fallback_rig *rig, struct wire *wire,
		struct video_frame *frame, const struct video_rect *rects,
		size_t rects_n)
{
	assert_int_equal(fallback_request(rig, frame, rects, rects_n), 0);
	fallback_wait(rig);
	assert_int_equal(rig->update->rc, 0);
	if (rig->update->pieces[0]->size > 0) {
		assert_null(wire->colour_map);
		wire->colour_map = core_bytes_ref(rig->update->pieces[0]);
	}
	put_update(wire, rig->update);
	fallback_drop(rig);
}

static void wire_finish(struct wire *wire)
{
	free(wire->bytes);
	core_bytes_unref(wire->colour_map);
}

/* ---- the viewer: libvncclient, and just enough of a server to feed it ---- */

struct feeder {
	int listener;
	const struct wire *wire;
	uint16_t width_px, height_px; /* at first */
	char folder[32];
	char path[64];
	pthread_t thread;
};

static void write_all(int fd, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	while (size > 0) {
		const ssize_t written = send(fd, at, size, MSG_NOSIGNAL);

		if (written <= 0)
			return; /* the viewer has seen enough */
		at += written;
		size -= (size_t)written;
	}
}

static void *feed(void *argument)
{
	static const uint8_t no_security[] = {1, 1};
	static const uint8_t security_ok[4] = {0};
	struct feeder *feeder = argument;
	const uint8_t size[4] = {(uint8_t)(feeder->width_px >> 8),
			(uint8_t)feeder->width_px,
			(uint8_t)(feeder->height_px >> 8),
			(uint8_t)feeder->height_px};
	static const uint8_t format_and_name[] = {32, 24, 0, 1, 0, 255, 0, 255,
			0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0};
	const int fd = accept(feeder->listener, NULL, NULL);
	uint8_t heard[4096];

	write_all(fd, "RFB 003.008\n", 12);
	recv(fd, heard, 12, MSG_WAITALL);
	write_all(fd, no_security, sizeof(no_security));
	recv(fd, heard, 1, MSG_WAITALL);
	write_all(fd, security_ok, sizeof(security_ok));
	recv(fd, heard, 1, MSG_WAITALL);
	write_all(fd, size, sizeof(size));
	write_all(fd, format_and_name, sizeof(format_and_name));
	write_all(fd, feeder->wire->bytes, feeder->wire->size);
	while (recv(fd, heard, sizeof(heard), 0) > 0)
		;
	close(fd);
	return NULL;
}

static void feeder_start(struct feeder *feeder, const struct wire *wire)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	feeder->wire = wire;
	strcpy(feeder->folder, "/tmp/rackhand-fallback-XXXXXX");
	assert_non_null(mkdtemp(feeder->folder));
	snprintf(feeder->path, sizeof(feeder->path), "%s/vnc", feeder->folder);
	strcpy(address.sun_path, feeder->path);
	feeder->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(feeder->listener, (struct sockaddr *)&address,
					 sizeof(address)),
			0);
	assert_int_equal(listen(feeder->listener, 1), 0);
	assert_int_equal(
			pthread_create(&feeder->thread, NULL, feed, feeder), 0);
}

static void feeder_stop(struct feeder *feeder)
{
	pthread_join(feeder->thread, NULL);
	close(feeder->listener);
	unlink(feeder->path);
	rmdir(feeder->folder);
}

static void say_nothing(const char *format, ...)
{
	(void)format;
}

static void count_update(rfbClient *client)
{
	(*(size_t *)rfbClientGetClientData(client, NULL))++;
}

static rfbPixelFormat viewer_format(const struct vnc_pixel_format *format)
{
	return (rfbPixelFormat){
			.bitsPerPixel = format->bits_per_pixel,
			.depth = format->depth,
			.bigEndian = format->big_endian,
			.trueColour = format->true_colour,
			.redMax = format->red_max,
			.greenMax = format->green_max,
			.blueMax = format->blue_max,
			.redShift = format->red_shift,
			.greenShift = format->green_shift,
			.blueShift = format->blue_shift,
	};
}

/* Decode all of the wire; the caller frees the client. */
static rfbClient *view(const struct wire *wire, uint16_t width_px,
		uint16_t height_px, const struct vnc_pixel_format *format)
{
	struct feeder feeder = {.width_px = width_px, .height_px = height_px};
	rfbClient *client = rfbGetClient(8, 3, 4);
	size_t updates = 0;

	rfbClientLog = rfbClientErr = say_nothing;
	feeder_start(&feeder, wire);
	client->format = viewer_format(format);
	client->canHandleNewFBSize = TRUE;
	client->FinishedFrameBufferUpdate = count_update;
	rfbClientSetClientData(client, NULL, &updates);
	free(client->serverHost);
	client->serverHost = strdup(feeder.path);
	assert_true(rfbInitClient(client, NULL, NULL));
	while (updates < wire->updates) {
		assert_true(WaitForMessage(client, 10000000) > 0);
		assert_true(HandleRFBServerMessage(client));
	}
	shutdown(client->sock, SHUT_RDWR);
	feeder_stop(&feeder);
	return client;
}

static void viewer_free(rfbClient *client)
{
	free(client->frameBuffer);
	client->frameBuffer = NULL;
	rfbClientCleanup(client);
}

/* ---- what it should see ---- */

static uint32_t channel(uint32_t value, uint32_t max, uint8_t shift)
{
	return ((value & 0xff) * max + 127) / 255 << shift;
}

static uint32_t translate(const struct vnc_pixel_format *format, uint32_t rgb)
{
	return channel(rgb >> 16, format->red_max, format->red_shift) |
			channel(rgb >> 8, format->green_max,
					format->green_shift) |
			channel(rgb, format->blue_max, format->blue_shift);
}

static uint32_t seen_pixel(const rfbClient *client, uint32_t x, uint32_t y)
{
	const size_t index = (size_t)y * (size_t)client->width + x;
	const uint8_t *pixels = client->frameBuffer;
	uint16_t half;
	uint32_t word;

	switch (client->format.bitsPerPixel) {
	case 8:
		return pixels[index];
	case 16:
		memcpy(&half, pixels + index * 2, sizeof(half));
		return client->format.bigEndian ? be16toh(half) : le16toh(half);
	default:
		memcpy(&word, pixels + index * 4, sizeof(word));
		return client->format.bigEndian ? be32toh(word) : le32toh(word);
	}
}

/* The bits that carry colour; the rest is anybody's. */
static uint32_t colour_bits(const struct vnc_pixel_format *format)
{
	return translate(format, 0xffffff);
}

static bool close_enough(uint32_t a, uint32_t b, int tolerance)
{
	const int difference = (int)(a & 0xff) - (int)(b & 0xff);

	return abs(difference) <= tolerance;
}

/* 3 bits of red and green, 2 of blue: steps of 36 and 85. */
static void assert_mapped(const struct core_bytes *colour_map, uint32_t index,
		uint32_t rgb)
{
	const uint8_t *entry = colour_map->data + 6 + index * 6;

	assert_true(index < 256);
	assert_true(close_enough(entry[0], rgb >> 16, 19));
	assert_true(close_enough(entry[2], rgb >> 8, 19));
	assert_true(close_enough(entry[4], rgb, 43));
}

static void assert_pixel(const struct wire *wire,
		const struct vnc_pixel_format *format, uint32_t rgb,
		uint32_t seen)
{
	if (!format->true_colour)
		assert_mapped(wire->colour_map, seen, rgb);
	else if ((seen & colour_bits(format)) != translate(format, rgb))
		fail_msg("encoding %d, %d bit %s, red at %d: %x is not %x",
				wire->encoding, format->bits_per_pixel,
				format->big_endian ? "big endian" : "",
				format->red_shift, seen,
				translate(format, rgb));
}

static void assert_seen(const rfbClient *client, const struct wire *wire,
		const struct vnc_pixel_format *format,
		const struct video_frame *frame)
{
	assert_int_equal(client->width, frame->layout.width_px);
	assert_int_equal(client->height, frame->layout.height_px);
	for (uint32_t y = 0; y < frame->layout.height_px; y++) {
		for (uint32_t x = 0; x < frame->layout.width_px; x++)
			assert_pixel(wire, format, picture_pixel(frame, x, y),
					seen_pixel(client, x, y));
	}
}

/* ---- every encoding in every format ---- */

static const struct vnc_pixel_format formats[] = {
		{32, 24, false, true, 255, 255, 255, 16, 8, 0},
		{32, 24, false, true, 255, 255, 255, 0, 8, 16},
		{32, 24, true, true, 255, 255, 255, 16, 8, 0},
		{32, 30, false, true, 1023, 1023, 1023, 20, 10, 0},
		{32, 24, false, true, 255, 255, 255, 24, 16, 8},
		{32, 24, true, true, 255, 255, 255, 24, 16, 8},
		{32, 30, false, true, 1023, 1023, 1023, 22, 12, 2},
		{16, 16, false, true, 31, 63, 31, 11, 5, 0},
		{16, 16, true, true, 31, 63, 31, 11, 5, 0},
		{16, 15, false, true, 31, 31, 31, 10, 5, 0},
		{8, 8, false, true, 7, 7, 3, 0, 3, 6},
		{8, 8, false, false, 0, 0, 0, 0, 0, 0},
};

static const int32_t encodings[] = {rfbEncodingRaw, rfbEncodingRRE,
		rfbEncodingCoRRE, rfbEncodingHextile, rfbEncodingZlib,
		rfbEncodingZRLE};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A picture, changes in parts of it, and another size: one connection. */
static void assert_matrix_cell(struct fallback_rig *rig,
		const struct vnc_pixel_format *format, int32_t encoding)
{
	static const struct video_rect first = {0, 0, 300, 140};
	static const struct video_rect parts[] = {
			{7, 3, 1, 1}, {16, 16, 33, 65}, {0, 130, 300, 10}};
	static const struct video_rect second = {0, 0, 333, 97};
	struct video_frame *frame = picture_create(300, 140, PICTURE_MIXED, 1);
	struct video_frame *large = picture_create(333, 97, PICTURE_MIXED, 2);
	struct wire wire = {.encoding = encoding};
	rfbClient *client;

	vnc_fallback_set_pixel_format(rig->fallback, format);
	vnc_fallback_set_encodings(rig->fallback, &encoding, 1);
	encode(rig, &wire, frame, &first, 1);
	encode(rig, &wire, frame, parts, LENGTH(parts));
	put_desktop_size(&wire, 333, 97);
	encode(rig, &wire, large, &second, 1);
	assert_int_equal(wire.colour_map == NULL, format->true_colour);
	client = view(&wire, 300, 140, format);
	assert_seen(client, &wire, format, large);
	viewer_free(client);
	wire_finish(&wire);
	video_frame_unref(large);
	video_frame_unref(frame);
}

/*
 * libvncclient takes the three bytes of a pixel from the wrong end there; the
 * check with noVNC's decoders has this one.
 */
static bool viewer_is_wrong(
		const struct vnc_pixel_format *format, int32_t encoding)
{
	return format->bits_per_pixel == 32 && format->big_endian &&
			encoding == rfbEncodingZRLE;
}

static void every_encoding_decodes_in_every_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(formats); i++) {
		for (size_t j = 0; j < LENGTH(encodings); j++) {
			void *rig;

			if (viewer_is_wrong(&formats[i], encodings[j]))
				continue;
			fallback_set_up(&rig);
			assert_matrix_cell(rig, &formats[i], encodings[j]);
			fallback_tear_down(&rig);
		}
	}
}

/* The last of them counts, and the library's streams go on. */
static void formats_change_on_the_way(void **state)
{
	static const struct vnc_pixel_format bgr233 = {
			8, 8, false, true, 7, 7, 3, 0, 3, 6};
	static const int32_t zrle = rfbEncodingZRLE;
	static const struct video_rect all = {0, 0, 300, 140};
	struct fallback_rig *rig = *state;
	struct video_frame *frame = picture_create(300, 140, PICTURE_MIXED, 1);
	struct wire wire = {0};
	rfbClient *client;

	vnc_fallback_set_encodings(rig->fallback, &zrle, 1);
	encode(rig, &wire, frame, &all, 1);
	vnc_fallback_set_pixel_format(rig->fallback, &bgr233);
	vnc_fallback_set_pixel_format(rig->fallback, &formats[1]);
	encode(rig, &wire, frame, &all, 1);
	client = view(&wire, 300, 140, &formats[1]);
	assert_seen(client, &wire, &formats[1], frame);
	viewer_free(client);
	wire_finish(&wire);
	video_frame_unref(frame);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
			name, fallback_set_up, fallback_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					every_encoding_decodes_in_every_format),
			TEST(formats_change_on_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
