/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

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
#include "server/events.h"
#include "server/snapshot.h"
#include "server/turn.h"
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
struct server_target;

/* What all targets share; borrowed, outlives them. */
struct server_shared {
	sd_event *event;
	struct core_workers *workers;
	struct core_workers *library; /* one thread, for libvncserver */
	struct server_access *access;
	struct net_tls *tls;
	struct server_events *events;
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
