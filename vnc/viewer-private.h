/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "net/stream.h"
#include "vnc/compose.h"
#include "vnc/handshake.h"
#include "vnc/input.h"
#include "vnc/rfb-read.h"
#include "vnc/viewer.h"

/*
 * What the files of the viewer share, and nobody else includes:
 *   viewer.c           its life, and what its stream tells
 *   viewer-login.c     until it is in: handshake, login, refusal
 *   viewer-messages.c  what it says once it is in
 */
#define VNC_WHY_BYTES 128

enum viewer_state {
	VIEWER_HANDSHAKE,
	VIEWER_REFUSED, /* told so; what it still says is not read */
	VIEWER_JOINED,
	VIEWER_ENDED,
};

struct vnc_viewer {
	const struct vnc_viewer_home *home;
	vnc_viewer_id id;
	enum viewer_state state;
	bool has_place;                /* may come in; stays so to the end */
	bool joined;                   /* is one; stays so to the end */
	bool known;                    /* the handler has heard of it */
	uint64_t ticket;               /* it came with; 0: with none */
	struct net_stranger *stranger; /* until it joined */
	struct net_stream *stream;
	sd_event_source *deadline; /* of the handshake or the refusal */
	sd_event_source *resume;   /* on when a login was answered */
	struct core_address address;
	struct vnc_handshake handshake;
	struct vnc_reader reader;
	bool keeps_cut_text; /* what is being skipped is wanted */
	struct vnc_input input;
	uint64_t read_us;              /* when the newest bytes were */
	struct vnc_composer *composer; /* NULL until it joined */
	bool update_due;               /* it said what may call for one */
	uint64_t connected_us;
	char peer[VNC_PEER_TEXT_BYTES];
	char why[VNC_WHY_BYTES]; /* it was refused or ended; else "" */
};

/* ---- life: viewer.c ---------------------------------------------------------
 */

void vnc_viewer_note_why(struct vnc_viewer *viewer, const char *why);
void vnc_viewer_log_turned_away(const struct vnc_viewer *viewer);

/* A composer's `failed`; closes. */
void vnc_viewer_on_failed(void *context, const char *why);

/* ---- until it is in: viewer-login.c -----------------------------------------
 */

void vnc_viewer_start_handshake(struct vnc_viewer *viewer);

/* Both return how many bytes are done with; 0: more are needed. */
size_t vnc_viewer_take_handshake(
		struct vnc_viewer *viewer, const uint8_t *bytes, size_t size);

/* ---- messages: viewer-messages.c --------------------------------------------
 */

size_t vnc_viewer_take_message(
		struct vnc_viewer *viewer, const uint8_t *bytes, size_t size);
