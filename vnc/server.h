/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/address.h"
#include "core/workers.h"
#include "video/screen.h"

/*
 * The RFB server of one target: listens, shakes hands, shows the screen to
 * any number of viewers and passes their input on. A viewer that stalls,
 * breaks off or lies hurts nobody but itself.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation, the cause logged; later failures close
 *          one viewer and are logged with its address.
 */
struct vnc_server;
struct vnc_figures;

/* Names one viewer while it is connected; never 0, never used again. */
typedef uint64_t vnc_viewer_id;

struct vnc_key {
	uint32_t keysym;  /* X keysym; 0 if only the code is known */
	uint32_t xt_code; /* QEMU's extended key event; 0 if not sent */
	bool down;
	uint64_t read_us; /* from the viewer; CLOCK_MONOTONIC */
};

/* Button bits as in RFC 6143, 7.5.5: wheel excluded, see the steps. */
#define VNC_BUTTON_LEFT 0x01
#define VNC_BUTTON_MIDDLE 0x02
#define VNC_BUTTON_RIGHT 0x04
#define VNC_BUTTON_BACK 0x08
#define VNC_BUTTON_FORWARD 0x10

struct vnc_pointer {
	uint32_t x_px; /* inside the size that the viewer knew: width_px ... */
	uint32_t y_px;
	uint32_t width_px;
	uint32_t height_px;
	uint8_t buttons;         /* VNC_BUTTON_ */
	int8_t wheel;            /* steps begun by this event; up is positive */
	int8_t horizontal_wheel; /* right is positive */
};

struct vnc_server_handler {
	/* The first viewer came (true) or the last one left. */
	void (*watched)(void *context, bool watched);
	void (*key)(void *context, vnc_viewer_id viewer,
			const struct vnc_key *key);
	void (*pointer)(void *context, vnc_viewer_id viewer,
			const struct vnc_pointer *pointer);
	/* Release what it holds. */
	void (*left)(void *context, vnc_viewer_id viewer);
};

enum vnc_security { VNC_SECURITY_NONE, VNC_SECURITY_VNCAUTH };

#define VNC_PASSWORD_BYTES 8

struct net_doorkeeper;

struct vnc_server_options {
	const char *name; /* desktop name and log lines */
	struct core_address listen;
	int listen_fd; /* from systemd, taken on success; -1: bind `listen` */
	enum vnc_security security;
	char password[VNC_PASSWORD_BYTES]; /* VncAuth, zero-padded */
	unsigned viewers_max;
	struct net_doorkeeper *doorkeeper; /* borrowed; NULL: one of its own */
	/* 0 stands for the usual: 10 s, 1 s, 20 s. */
	uint64_t handshake_us; /* all of it */
	uint64_t refusal_us;   /* from a wrong answer to the end */
	uint64_t stall_us;     /* without progress, when something is queued */
};

/*
 * `workers` encode; `library` is the pool of one thread for libvncserver. The
 * screen is borrowed, outlives the server and shows a picture already.
 * -EACCES: security "none" where others than this machine can connect.
 */
int vnc_server_create(struct vnc_server **out, sd_event *event,
		struct core_workers *workers, struct core_workers *library,
		struct video_screen *screen,
		const struct vnc_server_options *options,
		const struct vnc_server_handler *handler, void *context);

/*
 * Where it listens: what was asked for, with the port that was found for port
 * 0.
 */
void vnc_server_get_address(
		const struct vnc_server *server, struct core_address *address);

/* Not from within the handler. Closes every viewer; `left` and `watched` are
 * not called. NULL is allowed. */
void vnc_server_destroy(struct vnc_server *server);

/* The screen shows something new (after video_screen_show). */
void vnc_server_screen_changed(struct vnc_server *server);

/*
 * While held, no picture is sent and requests wait: what the screen shows is
 * known to be old. Everything else goes on. Not held at first.
 */
void vnc_server_set_held(struct vnc_server *server, bool held);

/* VncAuth, zero-padded: for whoever connects from now on. */
void vnc_server_set_password(struct vnc_server *server,
		const char password[VNC_PASSWORD_BYTES]);

/* LED bits of HID order: 0 Num, 1 Caps, 2 Scroll. Told to every viewer. */
void vnc_server_set_leds(struct vnc_server *server, uint8_t leds);

struct vnc_viewer_info {
	vnc_viewer_id id;
	char peer[64];     /* address and port, or "unix" */
	char encoding[32]; /* "tight q6", "tight lossless", "zrle", "raw" ... */
	uint64_t connected_us;
	uint64_t updates; /* sent */
	uint64_t bytes_sent;
};

/* Of all viewers together, those that have left included; borrowed. */
const struct vnc_figures *vnc_server_get_figures(
		const struct vnc_server *server);

/* Writes at most `infos_n`; returns how many viewers there are. */
size_t vnc_server_list_viewers(const struct vnc_server *server,
		struct vnc_viewer_info *infos, size_t infos_n);
