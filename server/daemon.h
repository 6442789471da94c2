/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <systemd/sd-event.h>

#include "config/config.h"
#include "server/target.h"

/*
 * The targets that are served, as the newest good configuration wants them. A
 * target that cannot be served now (its address is taken) is tried again; it
 * keeps nobody else from being served.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno, the cause logged.
 */
struct server_daemon;

/*
 * Serves nothing yet. Takes the listening sockets that systemd passed. What is
 * kept is in the directory `state_path`, which need not be there; borrowed.
 */
int server_daemon_create(struct server_daemon **out, sd_event *event,
		const char *state_path);

/* Ends all targets. NULL is allowed. */
void server_daemon_destroy(struct server_daemon *daemon);

/*
 * Takes `config`. Targets that it no longer has end, changed ones end and
 * start anew, new ones start; equal ones are left alone, viewers and all.
 */
void server_daemon_apply(struct server_daemon *daemon, struct config *config);

/* What the configuration names; *running_n of them are served now. */
size_t server_daemon_count(
		const struct server_daemon *daemon, size_t *running_n);

/* In the order of the file; NULL if it is not being served. */
struct server_target *server_daemon_get_target(
		const struct server_daemon *daemon, size_t index);
/* NULL: none of that name is being served. */
struct server_target *server_daemon_find_target(
		const struct server_daemon *daemon, const char *name);
/* The -errno for which a target is not served now; 0: it is. */
int server_daemon_get_failure(const struct server_daemon *daemon, size_t index);

struct server_audit *server_daemon_get_audit(
		const struct server_daemon *daemon);

/* What happens to targets and sessions; borrowed. */
struct server_events *server_daemon_get_events(
		const struct server_daemon *daemon);

/* Of all targets together; borrowed. */
struct server_sessions *server_daemon_get_sessions(
		const struct server_daemon *daemon);

/* Those for all targets; borrowed. */
const struct config_macros *server_daemon_get_macros(
		const struct server_daemon *daemon);

/* What all parts share; borrowed. */
const struct server_shared *server_daemon_get_shared(
		const struct server_daemon *daemon);

/* In force, until another one is applied. */
const struct config_web *server_daemon_get_web_config(
		const struct server_daemon *daemon);

/*
 * A descriptor of its own for the socket that systemd has bound for `name`; -1:
 * there is none.
 */
int server_daemon_copy_listener(
		const struct server_daemon *daemon, const char *name);

/* Borrowed. */
struct server_setup *server_daemon_get_setup(
		const struct server_daemon *daemon);

/* As server_daemon_get_failure; -ENOENT: there is none of that name. */
int server_daemon_find_failure(
		const struct server_daemon *daemon, const char *name);

const struct config_target *server_daemon_get_config(
		const struct server_daemon *daemon, size_t index);
