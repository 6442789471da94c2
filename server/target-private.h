/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <time.h>

#include "server/actor.h"
#include "server/choices.h"
#include "server/clipboard.h"
#include "server/headline.h"
#include "server/limits.h"
#include "server/login.h"
#include "server/target.h"
#include "server/typist.h"

/*
 * What the files of the target share, and nobody else includes:
 *   target.c          its life
 *   target-picture.c  what the screen shows, and why if it is no picture
 *   target-devices.c  where pictures come from and keys go to
 *   target-viewers.c  who looks and types
 *   target-snapshot.c single pictures
 *   target-control.c  who operates
 *   target-pointer.c  pointing for callers
 *   target-typing.c   what is typed by itself, and for whom
 *   target-banner.c   who operates, as a line in the picture
 */

/* How long one waits for a fresh frame before one is told why not. */
#define SERVER_TARGET_FIRST_FRAME_US UINT64_C(1500000)

struct server_target {
	const struct config_target *config;
	const struct server_shared *shared;
	struct video_screen *screen;
	struct hid_input *input;
	struct server_turn *turn;
	sd_event_source *telling; /* on when viewers are to be told of it */
	/* Who gives it from outside, while that happens; else NULL. */
	const struct server_caller *turn_by;
	struct server_typist *typist;
	struct server_typing *typing; /* NULL: there is no keyboard */
	vnc_viewer_id typing_as;      /* in whose name it types */
	bool leds_untold;             /* to viewers, while it types */
	server_target_typed *typed;   /* NULL: nobody waits for its end */
	void *typed_context;
	struct server_actor actor; /* the newest that got in */
	uint64_t actors;           /* so far; no number is used twice */
	bool losing;               /* the turn passes from its operator */
	struct server_clipboard clipboard;
	struct hid_layout *us;
	const struct hid_layout *layout; /* `us`, or kept */
	struct server_layout_ask layout_ask;
	struct server_choice_layout configured; /* once it is read */
	bool layout_read;
	bool layout_chosen; /* the one that is asked for, by somebody */
	struct vnc_server *vnc;
	struct server_login *login;
	struct server_limits *limits;
	struct server_snapshots *snapshots;
	struct server_session_place place;
	char password[VNC_PASSWORD_BYTES]; /* zeros: there is none */
	struct capture_source *source;
	sd_event_source *first_frame_timer;
	uint64_t since_us;
	struct core_histogram damage;
	bool viewed;        /* by viewers */
	bool sampled;       /* for a snapshot */
	bool held;          /* viewers wait for a fresh frame */
	time_t state_began; /* wall clock, for people */
	enum capture_state state;
	char banner[SERVER_HEADLINE_BYTES]; /* in the picture; "": none */
	struct video_frame *bare; /* the picture without it; NULL: as shown */
	sd_event_source *banner_timer;
	int cable_fd[HID_FUNCTIONS]; /* our ends of the source's; -1: used */
};

/* Whoever follows the target is told that it is another one. */
void server_target_say_changed(struct server_target *target);

/* Of the source. */
extern const struct capture_handler server_target_capture_handler;

int server_target_create_screen(struct server_target *target);
int server_target_create_snapshots(struct server_target *target);
int server_target_create_source(struct server_target *target);
int server_target_create_turn(struct server_target *target);
void server_target_destroy_turn(struct server_target *target);
int server_target_create_input(struct server_target *target);
int server_target_create_viewers(struct server_target *target, int listen_fd);
void server_target_destroy_viewers(struct server_target *target);

int server_target_create_typing(struct server_target *target);
void server_target_destroy_typing(struct server_target *target);

/* The configuration may name another one. */
void server_target_reload_layout(struct server_target *target);

/* Of the typist: the operator pressed a key; or wants to paste. */
void server_target_interrupt_typing(void *context);
void server_target_paste(void *context, vnc_viewer_id viewer);

int server_target_create_banner(struct server_target *target);
void server_target_destroy_banner(struct server_target *target);

/* A new reference: the frame itself, or a copy of it with the banner. */
struct video_frame *server_target_dress(
		struct server_target *target, struct video_frame *frame);

/* A frame that has been dressed. */
void server_target_show_as_it_is(
		struct server_target *target, struct video_frame *frame);

/* As the configuration wants it. `lasting`: somebody operates. */
void server_target_announce(struct server_target *target,
		const char text[SERVER_HEADLINE_BYTES], bool lasting);

/* What the source says of itself becomes a card. */
void server_target_show_state(struct server_target *target);

/* Somebody looks now, or nobody does any more. */
void server_target_set_viewed(struct server_target *target, bool viewed);

/* The newest frame as it came, or the card that says why there is none. */
struct video_frame *server_target_get_picture(
		const struct server_target *target);

/* The configuration is another one that says the same, but for the password,
 * which may be another one in its file. */
void server_target_reload_viewers(struct server_target *target);

/* Of one that is logged in here; NULL: there is none. */
struct server_session *server_target_find_session(
		const struct server_target *target, vnc_viewer_id viewer);
