/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/tool.h"

/*
 * What other servers are fed with: the same frames as BGRX, which is what
 * they start from, and what changed from one to the next, found beforehand so
 * that it costs them nothing.
 *
 * Threads: one. Errors: as in tool.h.
 */
#define PEER_WIDTH 1920
#define PEER_HEIGHT 1080
#define PEER_ROW_BYTES (4 * (size_t)PEER_WIDTH)

struct peer_rect {
	int x, y, width, height;
};

struct peer_frame {
	uint8_t *pixels;
	struct peer_rect *changed; /* since the frame before it */
	size_t changed_n;
	bool differs; /* from the frame before it */
};

/* How a peer is run: FILE RATE PORT DAMAGE STAMPS. */
struct peer {
	struct peer_frame *frames;
	size_t frames_n;
	uint64_t period_us;
	int port;
	int ideal_damage; /* else all of each frame counts as changed */
	struct bench_stamps *stamps;
	uint64_t due_us; /* the next frame */
	size_t next;
};

void peer_open(struct peer *peer, int argc, char **argv);

/* Until the next frame is due; 0: it is. */
uint64_t peer_wait_us(const struct peer *peer);

/* The frame that is due, copied to a picture of the peer's as far as needed. */
const struct peer_frame *peer_take(struct peer *peer, uint8_t *picture);

/* The frame can be looked at. */
void peer_stamp(const struct peer *peer, const struct peer_frame *frame);
