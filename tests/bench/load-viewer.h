/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/tool.h"
#include "tests/bench/walk.h"

/*
 * One viewer of the load: connects, asks for the next update as soon as one
 * begins, and looks at nothing but where updates end.
 *
 * Threads: one. Errors: a connection that cannot be made ends the program;
 * one that is lost is said on stderr and counted.
 */
#define LOAD_BUFFER_BYTES 16384

struct load_wishes {
	int port;
	int quality; /* 0 to 9; -1: lossless */
	bool copyrect;
	bool http;       /* a stream of JPEGs instead of RFB */
	bool continuous; /* with fences, where the server has both */
	bool stalls;     /* reads one update, then asks without reading */
	const struct bench_stamps *stamps; /* NULL: no latency */
};

struct load_numbers {
	uint64_t updates;
	uint64_t bytes;
	struct walk_counts counts;
};

struct load_viewer {
	struct load_wishes wishes;
	int fd; /* -1: lost */
	struct walk walk;
	uint8_t buffer[LOAD_BUFFER_BYTES];
	size_t held_bytes;
	bool continuous;
	bool stalled;
	uint64_t begun_us; /* the update that comes in */
	uint64_t ended_us; /* the one before; 0: none */
	uint64_t shown_us; /* when the newest picture was taken that counted */
	uint64_t updates;
	uint64_t bytes;
	struct load_numbers base; /* what was before the measuring */
};

/* Of all viewers, while they are measured. */
struct load_times {
	bool measuring;
	struct bench_samples interval; /* from one update's end to the next */
	struct bench_samples transfer; /* from first to last byte */
	struct bench_samples latency;  /* from frame ready to last byte */
};

void load_viewer_connect(
		struct load_viewer *viewer, const struct load_wishes *wishes);

/* There is something to read, perhaps. */
void load_viewer_read(struct load_viewer *viewer, struct load_times *times);

void load_viewer_ask(struct load_viewer *viewer);

/* From now on it is measured. */
void load_viewer_begin(struct load_viewer *viewer);
struct load_numbers load_viewer_numbers(const struct load_viewer *viewer);
