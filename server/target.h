/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "capture/file.h"
#include "capture/source.h"
#include "config/config.h"
#include "core/histogram.h"
#include "core/workers.h"
#include "hid-gadget/input.h"
#include "net/tls.h"
#include "server/access.h"
#include "server/caller.h"
#include "server/choices.h"
#include "server/events.h"
#include "server/layouts.h"
#include "server/snapshot.h"
#include "server/turn.h"
#include "server/typing.h"
#include "vnc/server.h"

/*
 * One controlled machine: a source, a screen, a keyboard with pointers, a
 * typist and an RFB server, tied together. While there is no picture, the
 * screen says why.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation, the cause logged; later failures are
 *          states that the parts recover from.
 */
struct server_macros;
struct server_target;

/* What all targets share; borrowed, outlives them. */
struct server_shared {
	sd_event *event;
	struct core_workers *workers;
	struct core_workers *library; /* one thread, for libvncserver */
	struct server_access *access;
	struct net_tls *tls;
	struct server_events *events;
	struct server_layouts *layouts;
	struct server_macros *macros;
	struct server_choices *choices; /* NULL: nothing is chosen */
};

/*
 * `config` is borrowed; see server_target_set_config. `listen_fd` comes from
 * systemd and is taken on success; -1: there is none.
 */
int server_target_create(struct server_target **out,
		const struct server_shared *shared,
		const struct config_target *config, int listen_fd);

/* Releases every key, closes every viewer. NULL is allowed. */
void server_target_destroy(struct server_target *target);

const struct config_target *server_target_get_config(
		const struct server_target *target);

/*
 * An equal configuration takes the place of the one that goes away. The
 * password in its file may be another one.
 */
void server_target_set_config(struct server_target *target,
		const struct config_target *config);

/*
 * The keyboard goes to a viewer, or with 0 from who has it to who asks, or to
 * nobody, since `by` wants it. -EPERM: that viewer may not operate. -ENODEV:
 * there is no keyboard.
 */
int server_target_give_control(struct server_target *target,
		vnc_viewer_id viewer, const struct server_caller *by);

/*
 * A viewer takes it if it is free or may be taken, or asks for it. -ENODEV:
 * there is no keyboard.
 */
int server_target_ask_control(
		struct server_target *target, vnc_viewer_id viewer);

/*
 * Whoever asks for it uses keyboard and pointers: as one of its own viewers
 * here, or under a number of its own, *actor, that counts as a viewer's for
 * server_typist_point and the like. What was begun is ended by
 * server_target_acted; then who has no viewer lets go of all.
 * -ENODEV: there is no keyboard; -EPERM: it may not operate; -EBUSY: somebody
 * else does.
 */
int server_target_act(struct server_target *target,
		const struct server_caller *caller, vnc_viewer_id *actor);
void server_target_acted(struct server_target *target, vnc_viewer_id actor);

/* Who that number was given to last; NULL: it is a viewer, or nobody. */
const struct server_caller *server_target_find_actor(
		const struct server_target *target, vnc_viewer_id viewer);

/* What a caller does with a pointer: buttons are as in reports. */
struct server_pointing {
	bool absolute;
	double x; /* from 0 to 1, if it is absolute */
	double y;
	int dx; /* if it is not */
	int dy;
	uint8_t buttons;
	int wheel; /* steps; up is positive */
	int horizontal_wheel;
};

/* At once, as server_target_act. */
int server_target_point(struct server_target *target,
		const struct server_caller *caller,
		const struct server_pointing *pointing);

/* As capture_source_set_edid. */
int server_target_set_edid(
		struct server_target *target, const struct capture_edid *edid);

/* It lasts: see server/choices.h. */
int server_target_keep_edid(struct server_target *target,
		const struct capture_edid *edid, server_json_file_saved *saved,
		void *context);

/*
 * Begin to type, as server_target_act. `steps` are taken on success. `delay_ms`
 * 0: as configured. -EALREADY: something is being typed; -EHOSTDOWN: the host
 * is off; and as server_target_act.
 */
int server_target_type(struct server_target *target,
		const struct server_caller *caller, struct server_steps *steps,
		unsigned delay_ms, uint64_t *id);

/* Called once, when what was begun last has ended: NULL wants nothing. */
typedef void server_target_typed(
		void *context, enum server_typing_result result);
void server_target_await_typed(struct server_target *target,
		server_target_typed *typed, void *context);

/* What it types, not as one of its viewers, ends: it has lost its session, or
 * token. */
void server_target_end_caller(struct server_target *target,
		enum server_caller_kind kind, uint64_t session);

/* Who operates, for people; NULL: nobody. */
const char *server_target_get_operator_name(const struct server_target *target);

void server_target_stop_typing(
		struct server_target *target, enum server_typing_result result);

/* {"active":...} of what is or was typed last; new. */
json_t *server_target_describe_text(const struct server_target *target);

/* What a viewer of the caller's has cut, as server_clipboard_get. */
char *server_target_get_clipboard(const struct server_target *target,
		const struct server_caller *caller, size_t *size);

/* Never NULL. */
const struct hid_layout *server_target_get_layout(
		const struct server_target *target);

/* One of server_shared's layouts, until the configuration changes it. */
void server_target_set_layout(
		struct server_target *target, const struct hid_layout *layout);

/* The one that it has lasts: see server/choices.h. */
int server_target_keep_layout(struct server_target *target,
		server_json_file_saved *saved, void *context);

/*
 * A viewer that comes by HTTP: RFB begins on `stream`, which is taken even on
 * failure. `session` is that of its login there, which says who it is.
 */
int server_target_adopt(struct server_target *target, struct net_stream *stream,
		const struct core_address *peer, uint64_t session);

/* See server_snapshots_take. */
int server_target_take_snapshot(struct server_target *target,
		const struct server_snapshot_options *options,
		server_snapshot_done *done, void *context);

/* How a file is played that a configuration names; no descriptors. */
struct capture_file_options server_target_file_options(
		const struct config_capture *config);

/* For status and figures; borrowed. `input` is NULL without a usb section. */
struct server_target_parts {
	const struct capture_source *source;
	const struct hid_input *input;
	const struct server_turn *turn;
	const struct vnc_server *vnc;
	const struct server_session_place *place; /* of its sessions */
	const struct core_histogram *damage; /* of each picture's compare */
	uint64_t since_us;                   /* it is served */
};
struct server_target_parts server_target_get_parts(
		const struct server_target *target);
