/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/api-events.h"

#include <errno.h>
#include <stdlib.h>

#include "core/clock.h"
#include "server/daemon.h"
#include "server/events.h"
#include "server/permissions.h"
#include "server/target-describe.h"

#define PULSE_US (15 * CLOCK_US_PER_S)

struct follower {
	struct server_daemon *daemon;
	struct server_api_stream *stream;
	struct server_event_listener listener;
	sd_event_source *pulse;
};

static const struct server_caller *caller_of(const struct follower *follower)
{
	return server_api_stream_get_caller(follower->stream);
}

/* Takes `data`. What cannot be written ends the stream, from the loop. */
static void write_event(struct follower *follower, enum server_event_type type,
		json_t *data)
{
	struct core_bytes *bytes;

	if (server_event_format(&bytes, type, data) == 0)
		server_api_stream_write(follower->stream, bytes);
	core_bytes_unref(bytes);
	json_decref(data);
}

static bool may_hear(const struct follower *follower,
		enum server_event_type type, const char *target)
{
	/* Who logs in over HTTP does so everywhere. */
	if (type == SERVER_EVENT_SESSION && !target)
		target = "";
	return server_permissions_suffice(
			server_caller_role(caller_of(follower), target),
			server_event_needed(type));
}

static void write_target(struct follower *follower, size_t index)
{
	const char *name =
			server_daemon_get_config(follower->daemon, index)->name;

	if (may_hear(follower, SERVER_EVENT_TARGET, name))
		write_event(follower, SERVER_EVENT_TARGET,
				server_target_describe(follower->daemon, index,
						caller_of(follower)));
}

static void write_all(struct follower *follower)
{
	size_t running_n;
	size_t targets_n = server_daemon_count(follower->daemon, &running_n);

	write_event(follower, SERVER_EVENT_HELLO, NULL);
	for (size_t i = 0; i < targets_n; i++)
		write_target(follower, i);
}

static void write_changed(struct follower *follower, const char *name)
{
	size_t running_n;
	size_t index = server_target_find_index(follower->daemon, name);

	if (index < server_daemon_count(follower->daemon, &running_n))
		write_target(follower, index);
}

static void write_control(struct follower *follower, const char *name)
{
	const struct server_target *target =
			server_daemon_find_target(follower->daemon, name);

	if (target)
		write_event(follower, SERVER_EVENT_CONTROL,
				server_target_describe_control(follower->daemon,
						target, caller_of(follower)));
}

static void on_event(void *context, const struct server_event *event)
{
	struct follower *follower = context;

	if (!may_hear(follower, event->type, event->target))
		return;
	switch (event->type) {
	case SERVER_EVENT_HELLO:
		write_all(follower);
		return;
	case SERVER_EVENT_TARGET:
		write_changed(follower, event->target);
		return;
	case SERVER_EVENT_CONTROL:
		write_control(follower, event->target);
		return;
	case SERVER_EVENT_TEXT:
	case SERVER_EVENT_SESSION:
	case SERVER_EVENT_TYPES:
		break;
	}
	write_event(follower, event->type, json_incref((json_t *)event->data));
}

static int on_pulse(sd_event_source *source, uint64_t due_us, void *userdata)
{
	static const char comment[] = ":\n\n";
	struct follower *follower = userdata;
	struct core_bytes *bytes;

	(void)due_us;
	if (core_bytes_copy(&bytes, comment, sizeof(comment) - 1) == 0)
		server_api_stream_write(follower->stream, bytes);
	core_bytes_unref(bytes);
	sd_event_source_set_time(source, clock_now_us() + PULSE_US);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void destroy(struct follower *follower)
{
	sd_event_source_disable_unref(follower->pulse);
	free(follower);
}

static void on_closed(void *context)
{
	struct follower *follower = context;

	server_events_leave(server_daemon_get_events(follower->daemon),
			&follower->listener);
	destroy(follower);
}

static struct follower *create(struct server_daemon *daemon)
{
	struct follower *follower = calloc(1, sizeof(*follower));

	if (!follower)
		return NULL;
	follower->daemon = daemon;
	follower->listener.event = on_event;
	follower->listener.context = follower;
	if (sd_event_add_time_relative(
			    server_events_get_loop(
					    server_daemon_get_events(daemon)),
			    &follower->pulse, CLOCK_MONOTONIC, PULSE_US, 0,
			    on_pulse, follower) >= 0)
		return follower;
	destroy(follower);
	return NULL;
}

static void fail(struct server_api_call *call, int rc)
{
	if (rc == -EOPNOTSUPP)
		server_api_call_fail(call, 406, NULL,
				"events are for HTTP; ask for \"targets\" again instead");
	else if (rc == -EUSERS)
		server_api_call_fail(call, 503, NULL,
				"too many listen already; ask again later");
	else
		server_api_call_reply(call, NULL);
}

void server_api_events(struct server_api_call *call)
{
	struct follower *follower = create(server_api_call_get_daemon(call));
	int rc = -ENOMEM;

	if (follower)
		rc = server_api_call_stream(call, "text/event-stream",
				on_closed, follower, &follower->stream);
	if (rc < 0) {
		if (follower)
			destroy(follower);
		fail(call, rc);
		return;
	}
	server_events_listen(server_daemon_get_events(follower->daemon),
			&follower->listener);
	write_all(follower);
}
