/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/workers.h"
#include "video/frame.h"
#include "video/screen.h"
#include "vnc/server.h"

/*
 * A server on a loopback port with one picture to show, and a record of what
 * its handler heard. Nothing runs but in rig_run and in what waits with it.
 */
#define RIG_WIDTH_PX 128
#define RIG_HEIGHT_PX 64
#define RIG_EVENTS_MAX 64

enum rig_event_kind {
	RIG_WATCHED,
	RIG_UNWATCHED,
	RIG_KEY,
	RIG_POINTER,
	RIG_LEFT
};

struct rig_event {
	enum rig_event_kind kind;
	vnc_viewer_id viewer;
	struct vnc_key key;
	struct vnc_pointer pointer;
};

struct rig {
	sd_event *event;
	struct core_workers *workers; /* one thread: jobs end in order */
	struct core_workers *library;
	struct video_screen *screen;
	struct video_frame *frame; /* the one that is shown */
	struct vnc_server_options options;
	struct vnc_server_handler handler; /* the rig's own to begin with */
	void *extra; /* a test's; its handlers' context is the rig */
	struct vnc_server *server;
	char directory[32]; /* of the certificate; "": none was made */
	size_t events_n;
	struct rig_event events[RIG_EVENTS_MAX];
	unsigned lefts;            /* counted beyond the record, too */
	struct rig_gate *gates[2]; /* NULL until closed */
};

/* cmocka's set-up and tear-down; the latter checks that nothing is left. */
int rig_set_up(void **state);
int rig_tear_down(void **state);

/*
 * The server stands after set-up; stop it, change rig->options or the handler,
 * start anew.
 */
void rig_stop(struct rig *rig);
void rig_start(struct rig *rig);

/* options.tls, with a certificate; for the time of the test. */
void rig_make_tls(struct rig *rig);
void rig_finish_tls(struct rig *rig);

/* One turn of the loop, which may wait for a moment. */
void rig_run(struct rig *rig);

/* Turns until `is_so`; fails the test if that takes much too long. */
void rig_run_until(
		struct rig *rig, bool (*is_so)(void *context), void *context);

/* Until `events_n` events were heard. */
void rig_run_until_heard(struct rig *rig, size_t events_n);

/* All jobs submitted so far have come back to the loop. */
void rig_run_jobs(struct rig *rig);

/* Show a picture and tell the server; takes the reference. */
void rig_show(struct rig *rig, struct video_frame *frame);

/* A picture of noise, so that no encoder makes it small. */
void rig_show_noise(struct rig *rig, uint32_t width_px, uint32_t height_px,
		uint32_t seed);

/* Another colour in the cell at that pixel. */
void rig_touch(struct rig *rig, uint32_t x_px, uint32_t y_px);

/* Keep both workers busy until the gate is opened; once in a test. */
void rig_close_gate(struct rig *rig);
void rig_open_gate(struct rig *rig);

unsigned rig_open_fds(void);
