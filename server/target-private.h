/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <time.h>

#include "server/target.h"
#include "server/typist.h"

/*
 * What the files of the target share, and nobody else includes:
 *   target.c          its life
 *   target-picture.c  what the screen shows, and why if it is no picture
 *   target-devices.c  where pictures come from and keys go to
 *   target-viewers.c  who looks and types
 *   target-control.c  who operates
 */
struct server_target {
	const struct config_target *config;
	const struct server_shared *shared;
	struct video_screen *screen;
	struct hid_input *input;
	struct server_turn *turn;
	struct server_typist *typist;
	struct vnc_server *vnc;
	struct capture_source *source;
	sd_event_source *first_frame_timer;
	uint64_t since_us;
	struct core_histogram damage;
	bool held;          /* viewers wait for a fresh frame */
	time_t state_began; /* wall clock, for people */
	enum capture_state state;
	int cable_fd[HID_FUNCTIONS]; /* our ends of the source's; -1: used */
};

/* Of the source. */
extern const struct capture_handler server_target_capture_handler;

int server_target_create_screen(struct server_target *target);
int server_target_create_source(struct server_target *target);
int server_target_create_turn(struct server_target *target);
int server_target_create_input(struct server_target *target);
int server_target_create_vnc(struct server_target *target, int listen_fd);

/* What the source says of itself becomes a card. */
void server_target_show_state(struct server_target *target);

/* Somebody looks now, or nobody does any more. */
void server_target_set_watched(struct server_target *target, bool watched);

/* The password in its file may be another one. */
void server_target_reload_password(struct server_target *target);
