/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/histogram.h"

/*
 * The event loop, and how long each turn of it takes: while one runs, every
 * key, picture and viewer of the daemon waits. A turn that took too long is
 * logged, not more often than once a minute.
 *
 * Threads: loop thread only.
 * Errors:  -errno of the loop.
 */
struct server_loop {
	uint64_t since_us;
	struct core_histogram hold; /* of each turn, as time passed */
	struct core_histogram cpu;  /* as this thread computed in it */
	uint64_t quiet_until_us;
	unsigned unlogged;
};

/* No turn should take longer. */
#define SERVER_LOOP_HOLD_MAX_US UINT64_C(20000)

/* Until sd_event_exit; returns its code. `loop` is zeroed to begin with. */
int server_loop_run(struct server_loop *loop, sd_event *event);
