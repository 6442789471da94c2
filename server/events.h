/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <jansson.h>
#include <systemd/sd-event.h>

#include "core/bytes.h"
#include "server/role.h"

/*
 * What has changed, for those who want to be told instead of asking again and
 * again. Publishers only say so; listeners hear of it in a later turn of the
 * loop, all in the same order, so that nobody is called from within a change
 * that is half done.
 *
 * Threads: loop thread only.
 * Errors:  0 or -errno at creation. An event that memory is too short for, or
 *          that too many others are waiting before, is lost; listeners then
 *          get a SERVER_EVENT_HELLO.
 */
struct server_events;

enum server_event_type {
	SERVER_EVENT_HELLO,   /* nothing is known of before: ask for it all */
	SERVER_EVENT_TARGET,  /* a target is another one than it was */
	SERVER_EVENT_CONTROL, /* somebody took, gave, asked for the keyboard */
	SERVER_EVENT_TEXT,    /* a text that is being typed is further */
	SERVER_EVENT_SESSION, /* somebody logged in, or is gone */
	SERVER_EVENT_TYPES
};

struct server_event {
	enum server_event_type type;
	const char *target; /* its name; NULL: of none */
	/* Borrowed. NULL: whoever hears it looks for itself. */
	const json_t *data;
};

/* Embedded in the listener's own struct, which fills in the first two. */
struct server_event_listener {
	void (*event)(void *context, const struct server_event *event);
	void *context;
	struct server_event_listener *next; /* of the others */
};

/* Those that wait to be told; of targets, only the newest of each type does. */
#define SERVER_EVENTS_WAITING_MAX 256

int server_events_create(struct server_events **out, sd_event *event);

/* Of the loop that listeners are told from; borrowed. */
sd_event *server_events_get_loop(const struct server_events *events);

/* No listener is left. NULL is allowed. */
void server_events_destroy(struct server_events *events);

/* `target` is copied or NULL, `data` is taken or NULL. NULL `events`: nobody is
 * told. */
void server_events_publish(struct server_events *events,
		enum server_event_type type, const char *target, json_t *data);

/* Hears what is published from now on. */
void server_events_listen(struct server_events *events,
		struct server_event_listener *listener);

/* Also from within a listener's `event`. One that does not listen is allowed.
 */
void server_events_leave(struct server_events *events,
		struct server_event_listener *listener);

/* "target", "session" ... */
const char *server_event_name(enum server_event_type type);

/* The least role, on the event's target or else anywhere, of who may hear; of a
 * session without a target, everywhere. */
enum server_role server_event_needed(enum server_event_type type);

/* As a server-sent event: "event: target\ndata: {...}\n\n". -ENOMEM. */
int server_event_format(struct core_bytes **out, enum server_event_type type,
		const json_t *data);
