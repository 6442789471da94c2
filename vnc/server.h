/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/address.h"
#include "core/workers.h"
#include "video/screen.h"
#include "vnc/message-kind.h"

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

/* How a viewer has shown who it is. */
enum vnc_proof {
	VNC_PROOF_NONE,     /* security "none": not at all */
	VNC_PROOF_PASSWORD, /* it knows the target's password, or does not */
	VNC_PROOF_USER,     /* it said a name and a password; nobody checked */
	VNC_PROOF_TICKET,   /* whoever brought it here says who it is */
};

#define VNC_USER_MAX_BYTES 64    /* of a name; longer ones are refused */
#define VNC_SECRET_MAX_BYTES 256 /* of a user's password */

/* Borrowed for the time of the call. */
struct vnc_login {
	const struct core_address *peer;
	const char *security; /* as configured: "x509plain"; or "browser" */
	enum vnc_proof proof;
	bool proved;        /* VNC_PROOF_PASSWORD: the answer was right */
	const char *user;   /* VNC_PROOF_USER, else NULL */
	const char *secret; /* the same */
	uint64_t ticket;    /* VNC_PROOF_TICKET: of vnc_server_adopt, else 0 */
};

struct vnc_server_handler {
	/* The first viewer came (true) or the last one left. */
	void (*watched)(void *context, bool watched);
	/*
	 * May it come in? Answer with vnc_server_answer_login, now or later; it
	 * may give up before, and `left` says so. NULL: whoever has proved
	 * something, or need not, comes in.
	 */
	void (*login)(void *context, vnc_viewer_id viewer,
			const struct vnc_login *login);
	/*
	 * It is in, and is shown the screen from now on. `alone`: it wants the
	 * others to leave (RFC 6143, 7.3.1). NULL: nobody needs to know.
	 */
	void (*joined)(void *context, vnc_viewer_id viewer, bool alone);
	/*
	 * May it do what this message asks? Asked before the message has any
	 * effect; one that may not is read and forgotten. NULL: it may.
	 */
	bool (*may)(void *context, vnc_viewer_id viewer,
			enum vnc_message_kind kind);
	void (*key)(void *context, vnc_viewer_id viewer,
			const struct vnc_key *key);
	void (*pointer)(void *context, vnc_viewer_id viewer,
			const struct vnc_pointer *pointer);
	/*
	 * Its clipboard, in Latin-1: first with NULL for `bytes` and how many
	 * there will be, 64 KiB at most, then in pieces. NULL: nobody wants it.
	 */
	void (*cut_text)(void *context, vnc_viewer_id viewer,
			const uint8_t *bytes, size_t size);
	/*
	 * It is gone, after `login` or `joined`: release what it holds. `why`
	 * is for people.
	 */
	void (*left)(void *context, vnc_viewer_id viewer, const char *why);
};

/* What is offered to viewers: any of them together, but NONE alone. */
enum vnc_security {
	VNC_SECURITY_X509PLAIN = 1 << 0, /* VeNCrypt: TLS with certificate */
	VNC_SECURITY_X509VNC = 1 << 1,
	VNC_SECURITY_TLSPLAIN = 1 << 2, /* VeNCrypt: TLS without one */
	VNC_SECURITY_TLSVNC = 1 << 3,
	VNC_SECURITY_VNCAUTH = 1 << 4,
	VNC_SECURITY_PLAIN = 1 << 5, /* VeNCrypt without TLS */
	VNC_SECURITY_NONE = 1 << 6,
};

#define VNC_PASSWORD_BYTES 8

struct net_doorkeeper;
struct net_stream;
struct net_tls;

struct vnc_server_options {
	const char *name; /* desktop name and log lines */
	struct core_address listen;
	int listen_fd; /* from systemd, taken on success; -1: bind `listen` */
	unsigned security;   /* of VNC_SECURITY_ */
	struct net_tls *tls; /* borrowed; NULL: no type with TLS is offered */
	/* The target's, zero-padded; all zeros: nobody can know it. */
	char password[VNC_PASSWORD_BYTES];
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

/*
 * Somebody else has let it in by other ways and brings it here: RFB begins on
 * `stream`, which is taken even on failure. It need prove nothing more: `login`
 * hears of `ticket`, which is not 0. It is no stranger to the doorkeeper.
 * -ENOSPC: there are too many on the way. Where only `viewers_max` are here, it
 * comes in far enough to be told so.
 */
int vnc_server_adopt(struct vnc_server *server, struct net_stream *stream,
		const struct core_address *peer, uint64_t ticket,
		vnc_viewer_id *id);

/*
 * The answer to `login`: NULL lets the viewer in; else it is told these words
 * and sent away. Without effect when the viewer has gone meanwhile.
 */
void vnc_server_answer_login(struct vnc_server *server, vnc_viewer_id viewer,
		const char *refusal);

/* End one viewer's connection; `left` is called later, from the loop. */
void vnc_server_close_viewer(struct vnc_server *server, vnc_viewer_id viewer,
		const char *why);

/*
 * What viewers call this desktop (UTF-8, copied): those that come, and at once
 * those here that list DesktopName. The name of the options to begin with.
 */
#define VNC_TITLE_MAX_BYTES 255
void vnc_server_set_title(struct vnc_server *server, const char *title);

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
