/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "server/session.h"

/*
 * How long one may be logged in to a target: without touching keyboard or
 * pointer, and at all. Who stays longer is sent away. Clocks that are set have
 * no effect.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation.
 */
struct server_limits;

/* Of the sessions of that place. 0: no such limit. Both are borrowed. */
int server_limits_create(struct server_limits **out, sd_event *event,
		struct server_sessions *sessions,
		const struct server_session_place *place, uint64_t idle_us,
		uint64_t session_us);

/* NULL is allowed. */
void server_limits_destroy(struct server_limits *limits);

/* A session has begun: from now on its time runs. */
void server_limits_watch(struct server_limits *limits);

/*
 * Send away whose time is up. Returns when to look again; UINT64_MAX: there is
 * nobody whose time runs.
 */
uint64_t server_limits_enforce(
		const struct server_limits *limits, uint64_t now_us);
