/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"

#define CELL 16
#define CELLS (PEER_WIDTH / CELL)
#define FRAME_BYTES (2 * (size_t)PEER_WIDTH * PEER_HEIGHT)

/* ---- colours ---- */

static uint8_t clamp(int value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Full-range BT.601, in 65536ths. */
static void put_pixel(uint8_t *out, int y, int u, int v)
{
	out[0] = clamp(y + ((116130 * u + 32768) >> 16));
	out[1] = clamp(y + ((-22554 * u - 46802 * v + 32768) >> 16));
	out[2] = clamp(y + ((91881 * v + 32768) >> 16));
	out[3] = 0;
}

static void convert(uint8_t *out, const uint8_t *in)
{
	for (size_t i = 0; i < FRAME_BYTES; i += 4) {
		put_pixel(out + 2 * i, in[i], in[i + 1] - 128, in[i + 3] - 128);
		put_pixel(out + 2 * i + 4, in[i + 2], in[i + 1] - 128,
				in[i + 3] - 128);
	}
}

/* ---- what changed ---- */

static void add_rect(
		struct peer_frame *frame, int x, int y, int width, int height)
{
	struct peer_rect *rects = frame->changed;

	for (size_t i = 0; i < frame->changed_n; i++)
		if (rects[i].x == x && rects[i].width == width &&
				rects[i].y + rects[i].height == y) {
			rects[i].height += height;
			return;
		}
	rects = realloc(rects, (frame->changed_n + 1) * sizeof(*rects));
	if (!rects)
		bench_die("no memory for rectangles");
	rects[frame->changed_n++] = (struct peer_rect){x, y, width, height};
	frame->changed = rects;
}

static int cell_differs(const uint8_t *a, const uint8_t *b, int rows)
{
	for (int row = 0; row < rows; row++)
		if (memcmp(a + (size_t)row * PEER_ROW_BYTES,
				    b + (size_t)row * PEER_ROW_BYTES,
				    4 * (size_t)CELL) != 0)
			return 1;
	return 0;
}

/* Runs of cells side by side; equal ones below each other become one. */
static void find_changes(struct peer_frame *frame, const uint8_t *before)
{
	for (int y = 0; y < PEER_HEIGHT; y += CELL) {
		int rows = PEER_HEIGHT - y < CELL ? PEER_HEIGHT - y : CELL;
		int begin = -1;

		for (int cell = 0; cell <= CELLS; cell++) {
			size_t at = (size_t)y * PEER_ROW_BYTES +
					4 * (size_t)CELL * (size_t)cell;
			int differs = cell < CELLS &&
					cell_differs(frame->pixels + at,
							before + at, rows);

			if (differs && begin == -1)
				begin = cell;
			if (differs || begin == -1)
				continue;
			add_rect(frame, begin * CELL, y, (cell - begin) * CELL,
					rows);
			begin = -1;
		}
	}
}

static void mark_all(struct peer_frame *frame)
{
	free(frame->changed);
	frame->changed = NULL;
	frame->changed_n = 0;
	add_rect(frame, 0, 0, PEER_WIDTH, PEER_HEIGHT);
}

/* ---- frames ---- */

static void read_frames(struct peer *peer, const char *path)
{
	struct bench_frames file;

	bench_frames_open(&file, path, FRAME_BYTES);
	peer->frames_n = file.n;
	peer->frames = calloc(file.n, sizeof(*peer->frames));
	if (!peer->frames)
		bench_die("no memory for frames");
	for (size_t i = 0; i < file.n; i++) {
		struct peer_frame *frame = &peer->frames[i];

		frame->pixels = malloc(2 * FRAME_BYTES);
		if (!frame->pixels)
			bench_die("no memory for frames");
		convert(frame->pixels, bench_frames_at(&file, i));
	}
	for (size_t i = 0; i < file.n; i++) {
		struct peer_frame *frame = &peer->frames[i];

		find_changes(frame,
				peer->frames[(i + file.n - 1) % file.n].pixels);
		frame->differs = frame->changed_n > 0;
	}
}

void peer_open(struct peer *peer, int argc, char **argv)
{
	long rate;

	errno = 0;
	if (argc != 6)
		bench_die("usage: %s FILE RATE PORT DAMAGE STAMPS", argv[0]);
	rate = strtol(argv[2], NULL, 10);
	peer->period_us = CLOCK_US_PER_S / (uint64_t)rate;
	peer->port = (int)strtol(argv[3], NULL, 10);
	peer->ideal_damage = strcmp(argv[4], "ideal") == 0;
	peer->stamps = bench_stamps_open(argv[5]);
	read_frames(peer, argv[1]);
	peer->due_us = clock_now_us();
}

uint64_t peer_wait_us(const struct peer *peer)
{
	uint64_t now_us = clock_now_us();

	return now_us < peer->due_us ? peer->due_us - now_us : 0;
}

static void copy(uint8_t *to, const uint8_t *from, const struct peer_rect *rect)
{
	for (int row = 0; row < rect->height; row++) {
		size_t at = (size_t)(rect->y + row) * PEER_ROW_BYTES +
				4 * (size_t)rect->x;

		memcpy(to + at, from + at, 4 * (size_t)rect->width);
	}
}

/* Whoever is late leaves frames out, as a camera's driver would. */
const struct peer_frame *peer_take(struct peer *peer, uint8_t *picture)
{
	uint64_t now_us = clock_now_us();
	struct peer_frame *frame = &peer->frames[peer->next];

	peer->next = (peer->next + 1) % peer->frames_n;
	peer->due_us += peer->period_us;
	if (peer->due_us < now_us)
		peer->due_us = now_us;
	if (!peer->ideal_damage)
		mark_all(frame);
	for (size_t i = 0; i < frame->changed_n; i++)
		copy(picture, frame->pixels, &frame->changed[i]);
	return frame;
}

void peer_stamp(const struct peer *peer, const struct peer_frame *frame)
{
	if (frame->differs)
		bench_stamps_add(peer->stamps, clock_now_us());
}
