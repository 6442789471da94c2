/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quality PORT FILE MATRIX QUALITY COPYRECT SECONDS: is what a viewer shows
 * what the server was fed with? libvncclient decodes every update; each of
 * its rectangles is compared with the frame of FILE that it shows.
 *
 * Where pixels differ, in cells of 16 by 16 pixels, the server has used JPEG.
 * The same cells of the same frame are compressed by libjpeg-turbo alone, and
 * the two errors are compared. QUALITY -1: nothing may differ.
 *
 * Prints one line. Exit status 1: the connection was lost.
 */
#include <errno.h>
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "tests/bench/reference.h"

#define RECTS_MAX 16384
#define WAIT_US 50000
/* Of fewer lossy pixels in an update the error says nothing. */
#define PIXELS_MIN 16384

struct quality {
	rfbClient *client;
	struct reference reference;
	struct reference_rect rects[RECTS_MAX]; /* of the update so far */
	size_t rects_n;
	uint64_t updates, rects_total;
	uint64_t whole; /* updates after which all of a frame is there */
	struct reference_error error; /* over all updates */
	double worst_db; /* how much worse an update was than libjpeg-turbo */
};

/* ---- libvncclient ---- */

static struct quality *get_quality(rfbClient *client)
{
	return rfbClientGetClientData(client, NULL);
}

static void on_rect(rfbClient *client, int x, int y, int width, int height)
{
	struct quality *quality = get_quality(client);

	if (quality->rects_n == RECTS_MAX)
		bench_die("too many rectangles in an update");
	quality->rects[quality->rects_n++] =
			(struct reference_rect){x, y, width, height};
}

static void judge_update(struct quality *quality)
{
	const uint32_t *picture = (uint32_t *)quality->client->frameBuffer;
	struct reference_error error = {0};
	size_t frame;

	frame = reference_find(&quality->reference, picture, quality->rects,
			quality->rects_n);
	for (size_t i = 0; i < quality->rects_n; i++)
		reference_compare(&quality->reference, frame, picture,
				&quality->rects[i], &error);
	quality->updates++;
	quality->rects_total += quality->rects_n;
	quality->whole += reference_is(&quality->reference, frame, picture);
	reference_add(&quality->error, &error);
	if (error.pixels >= PIXELS_MIN &&
			reference_loss_db(&error) > quality->worst_db)
		quality->worst_db = reference_loss_db(&error);
}

static void on_update(rfbClient *client)
{
	struct quality *quality = get_quality(client);

	if (quality->rects_n)
		judge_update(quality);
	quality->rects_n = 0;
}

static void join(struct quality *quality, int port, int level, int copyrect)
{
	rfbClient *client = rfbGetClient(8, 3, 4);

	rfbEnableClientLogging = FALSE;
	if (!client)
		bench_die("no client");
	quality->client = client;
	rfbClientSetClientData(client, NULL, quality);
	client->serverHost = strdup("127.0.0.1");
	client->serverPort = port;
	client->format.redShift = 16;
	client->format.greenShift = 8;
	client->format.blueShift = 0;
	client->appData.encodingsString = copyrect ? "tight copyrect raw"
						   : "tight raw";
	client->appData.enableJPEG = level >= 0;
	client->appData.qualityLevel = level;
	client->appData.useRemoteCursor = FALSE;
	client->GotFrameBufferUpdate = on_rect;
	client->FinishedFrameBufferUpdate = on_update;
	if (!rfbInitClient(client, NULL, NULL))
		bench_die("no connection");
}

static void watch(struct quality *quality, double seconds)
{
	uint64_t end_us = clock_now_us() + (uint64_t)(seconds * 1e6);

	while (clock_now_us() < end_us) {
		int n = WaitForMessage(quality->client, WAIT_US);

		if (n < 0 || (n > 0 && !HandleRFBServerMessage(quality->client)))
			bench_die("the connection is lost");
	}
}

/* ---- what came of it ---- */

static void print(const struct quality *quality)
{
	const uint32_t *picture =
			(const uint32_t *)quality->client->frameBuffer;
	const struct reference_error *error = &quality->error;
	struct reference_rect all = {0, 0, REFERENCE_WIDTH, REFERENCE_HEIGHT};
	size_t frame = reference_find(&quality->reference, picture, &all, 1);

	printf("{\"updates\":%llu,\"rects\":%llu,\"whole\":%llu",
			(unsigned long long)quality->updates,
			(unsigned long long)quality->rects_total,
			(unsigned long long)quality->whole);
	printf(",\"lossy_pixels\":%llu,\"db\":%.2f,\"reference_db\":%.2f",
			(unsigned long long)error->pixels,
			reference_db(error->squares, error->pixels),
			reference_db(error->reference_squares, error->pixels));
	printf(",\"worst_loss_db\":%.2f,\"exact_at_end\":%d}\n",
			quality->worst_db,
			reference_is(&quality->reference, frame, picture));
}

int main(int argc, char **argv)
{
	struct quality *quality = calloc(1, sizeof(*quality));
	int level;

	errno = 0;
	if (argc != 7 || !quality)
		bench_die("see the head of quality.c");
	level = atoi(argv[4]);
	reference_open(&quality->reference, argv[2], argv[3], level);
	join(quality, atoi(argv[1]), level, atoi(argv[5]));
	watch(quality, strtod(argv[6], NULL));
	print(quality);
	return 0;
}
