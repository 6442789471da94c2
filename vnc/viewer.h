/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/address.h"
#include "core/workers.h"
#include "net/doorkeeper.h"
#include "video/screen.h"
#include "vnc/encoder.h"
#include "vnc/server.h"

/*
 * One RFB connection: first a stranger who has 10 s to shake hands, then a
 * viewer who is shown the screen and whose input is passed on.
 *
 * Threads: loop thread only.
 * Errors:  -errno at creation; later ones end the connection, logged with the
 *          cause.
 */
struct vnc_viewer;

/* What all viewers of one server share; borrowed. */
struct vnc_viewer_home {
	sd_event *event;
	struct vnc_encoder *encoder;
	struct core_workers *library;
	struct video_screen *screen;
	struct net_doorkeeper *doorkeeper;
	struct vnc_figures *figures;
	const char *name;
	const char *title; /* of the desktop; may change */
	unsigned security;
	const char *password; /* VNC_PASSWORD_BYTES */
	struct net_tls *tls;  /* NULL: none */
	uint64_t handshake_us;
	uint64_t refusal_us; /* between a failure and the end */
	uint64_t stall_us;
	const struct vnc_server_handler *handler;
	void *handler_context;
	/* It may come in; is there a place for it, kept until it has ended? */
	bool (*take_place)(void *context, struct vnc_viewer *viewer);
	/* Handshake done. */
	void (*joined)(void *context, struct vnc_viewer *viewer);
	/* It is over: destroy it, but not from within this call. */
	void (*ended)(void *context, struct vnc_viewer *viewer);
	void *context;
};

/* Who comes. */
struct vnc_viewer_arrival {
	vnc_viewer_id id;          /* is what the handler hears */
	struct net_stream *stream; /* taken, even on failure */
	const struct core_address *peer;
	struct net_stranger *stranger; /* taken on success; NULL: it is none */
	uint64_t ticket; /* it need prove nothing but that; 0: it has none */
};

int vnc_viewer_create(struct vnc_viewer **out,
		const struct vnc_viewer_home *home,
		const struct vnc_viewer_arrival *arrival);

/* Not from within one of its callbacks. NULL is allowed. */
void vnc_viewer_destroy(struct vnc_viewer *viewer);

/* None has an effect before the handshake is done. */
void vnc_viewer_screen_changed(struct vnc_viewer *viewer);
void vnc_viewer_set_held(struct vnc_viewer *viewer, bool held);
void vnc_viewer_set_leds(struct vnc_viewer *viewer, uint8_t hid_leds);
void vnc_viewer_title_changed(struct vnc_viewer *viewer);

/* See vnc_server_answer_login. */
void vnc_viewer_answer_login(struct vnc_viewer *viewer, const char *refusal);

/* `ended` is called from within, unless it has ended already. */
void vnc_viewer_close(struct vnc_viewer *viewer, const char *why);

vnc_viewer_id vnc_viewer_get_id(const struct vnc_viewer *viewer);
bool vnc_viewer_has_place(const struct vnc_viewer *viewer);
bool vnc_viewer_has_joined(const struct vnc_viewer *viewer);
bool vnc_viewer_has_ended(const struct vnc_viewer *viewer);

/* The handler has heard of it: `login` or `joined` was called. */
bool vnc_viewer_is_known(const struct vnc_viewer *viewer);

/* Why it ended; borrowed. */
const char *vnc_viewer_get_why(const struct vnc_viewer *viewer);
void vnc_viewer_get_info(
		const struct vnc_viewer *viewer, struct vnc_viewer_info *info);

/* As the log calls it: "192.0.2.1:40312", "unix". */
#define VNC_PEER_TEXT_BYTES 64
void vnc_viewer_describe_peer(const struct core_address *peer,
		char text[VNC_PEER_TEXT_BYTES]);
