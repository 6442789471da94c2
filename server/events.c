/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/events.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

static const struct {
	const char *name;
	enum server_role needed;
	bool newest; /* replaces one of the same target that waits */
} types[] = {
		[SERVER_EVENT_HELLO] = {"hello", SERVER_ROLE_VIEWER, true},
		[SERVER_EVENT_TARGET] = {"target", SERVER_ROLE_VIEWER, true},
		[SERVER_EVENT_CONTROL] = {"control", SERVER_ROLE_VIEWER, true},
		[SERVER_EVENT_TEXT] = {"text", SERVER_ROLE_VIEWER, true},
		[SERVER_EVENT_SESSION] = {"session", SERVER_ROLE_ADMIN, false},
};
static_assert(sizeof(types) / sizeof(types[0]) == SERVER_EVENT_TYPES,
		"each type of event has its row");

struct waiting {
	enum server_event_type type;
	char target[CONFIG_NAME_MAX + 1]; /* "": none */
	json_t *data;
};

struct server_events {
	sd_event_source *telling; /* on while something waits */
	struct server_event_listener *listeners;
	struct server_event_listener *after; /* the next one to be told */
	bool lost;
	size_t waiting_n;
	struct waiting waiting[SERVER_EVENTS_WAITING_MAX];
	struct waiting told[SERVER_EVENTS_WAITING_MAX]; /* in this turn */
};

static void tell(struct server_events *events, const struct server_event *event)
{
	struct server_event_listener *listener = events->listeners;

	for (; listener; listener = events->after) {
		events->after = listener->next;
		listener->event(listener->context, event);
	}
}

static void tell_waiting(struct server_events *events, struct waiting *waiting)
{
	const struct server_event event = {
			.type = waiting->type,
			.target = waiting->target[0] != '\0' ? waiting->target
							     : NULL,
			.data = waiting->data,
	};

	tell(events, &event);
	json_decref(waiting->data);
}

/* What is published meanwhile waits for the next turn. */
static int on_telling(sd_event_source *source, void *userdata)
{
	static const struct server_event hello = {.type = SERVER_EVENT_HELLO};
	struct server_events *events = userdata;
	size_t told_n = events->waiting_n;
	bool lost = events->lost;

	(void)source;
	memcpy(events->told, events->waiting, told_n * sizeof(events->told[0]));
	events->waiting_n = 0;
	events->lost = false;
	for (size_t i = 0; i < told_n; i++)
		tell_waiting(events, &events->told[i]);
	if (lost)
		tell(events, &hello);
	return 0;
}

int server_events_create(struct server_events **out, sd_event *event)
{
	struct server_events *events = calloc(1, sizeof(*events));
	int rc;

	*out = NULL;
	if (!events)
		return -ENOMEM;
	rc = sd_event_add_defer(event, &events->telling, on_telling, events);
	if (rc < 0)
		goto fail;
	rc = sd_event_source_set_enabled(events->telling, SD_EVENT_OFF);
	if (rc < 0)
		goto fail;
	*out = events;
	return 0;

fail:
	server_events_destroy(events);
	return rc;
}

sd_event *server_events_get_loop(const struct server_events *events)
{
	return sd_event_source_get_event(events->telling);
}

void server_events_destroy(struct server_events *events)
{
	if (!events)
		return;
	assert(!events->listeners);
	sd_event_source_disable_unref(events->telling);
	for (size_t i = 0; i < events->waiting_n; i++)
		json_decref(events->waiting[i].data);
	free(events);
}

static struct waiting *find_waiting(struct server_events *events,
		enum server_event_type type, const char *target)
{
	for (size_t i = 0; types[type].newest && i < events->waiting_n; i++)
		if (events->waiting[i].type == type &&
				strcmp(events->waiting[i].target, target) == 0)
			return &events->waiting[i];
	return NULL;
}

void server_events_publish(struct server_events *events,
		enum server_event_type type, const char *target, json_t *data)
{
	struct waiting *waiting;

	if (!events || !events->listeners) {
		json_decref(data);
		return;
	}
	sd_event_source_set_enabled(events->telling, SD_EVENT_ONESHOT);
	waiting = find_waiting(events, type, target ? target : "");
	if (waiting) {
		json_decref(waiting->data);
		waiting->data = data;
		return;
	}
	if (events->waiting_n == SERVER_EVENTS_WAITING_MAX) {
		json_decref(data);
		events->lost = true;
		return;
	}
	waiting = &events->waiting[events->waiting_n++];
	waiting->type = type;
	waiting->data = data;
	snprintf(waiting->target, sizeof(waiting->target), "%s",
			target ? target : "");
}

void server_events_listen(struct server_events *events,
		struct server_event_listener *listener)
{
	listener->next = events->listeners;
	events->listeners = listener;
}

void server_events_leave(struct server_events *events,
		struct server_event_listener *listener)
{
	struct server_event_listener **link = &events->listeners;

	while (*link && *link != listener)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = listener->next;
	if (events->after == listener)
		events->after = listener->next;
}

const char *server_event_name(enum server_event_type type)
{
	return types[type].name;
}

enum server_role server_event_needed(enum server_event_type type)
{
	return types[type].needed;
}

int server_event_format(struct core_bytes **out, enum server_event_type type,
		const json_t *data)
{
	/* Compact, so that it has no newline in it. */
	char *json = data ? json_dumps(data, JSON_COMPACT) : strdup("{}");
	char *text = NULL;
	int length = -1;
	int rc = -ENOMEM;

	*out = NULL;
	if (json)
		length = asprintf(&text, "event: %s\ndata: %s\n\n",
				types[type].name, json);
	free(json);
	if (length < 0)
		return -ENOMEM;
	rc = core_bytes_copy(out, text, (size_t)length);
	free(text);
	return rc;
}
