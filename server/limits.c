/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/clock.h"

#define NEVER UINT64_MAX

struct server_limits {
	struct server_sessions *sessions;
	const struct server_session_place *place;
	uint64_t idle_us; /* 0: no limit */
	uint64_t session_us;
	sd_event_source *timer; /* off while nobody is here */
};

static uint64_t due_us(uint64_t since_us, uint64_t limit_us)
{
	return limit_us ? since_us + limit_us : NEVER;
}

/* Closes the session if its time is up; returns when it will be. */
static uint64_t enforce(const struct server_limits *limits,
		struct server_session *session, uint64_t now_us)
{
	uint64_t idle_due_us = due_us(session->input_us, limits->idle_us);
	uint64_t end_due_us = due_us(session->login_us, limits->session_us);
	char why[64];

	if (now_us >= end_due_us)
		snprintf(why, sizeof(why), "it was here for %" PRIu64 " s",
				limits->session_us / CLOCK_US_PER_S);
	else if (now_us >= idle_due_us)
		snprintf(why, sizeof(why), "no input for %" PRIu64 " s",
				limits->idle_us / CLOCK_US_PER_S);
	else
		return idle_due_us < end_due_us ? idle_due_us : end_due_us;
	server_session_close(session, why);
	return NEVER;
}

uint64_t server_limits_enforce(
		const struct server_limits *limits, uint64_t now_us)
{
	struct server_session *session = NULL;
	uint64_t next_us = NEVER;

	while ((session = server_session_next(limits->sessions, session))) {
		uint64_t at_us;

		if (session->place != limits->place)
			continue;
		at_us = enforce(limits, session, now_us);
		if (at_us < next_us)
			next_us = at_us;
	}
	return next_us;
}

static int on_timer(sd_event_source *source, uint64_t at_us, void *userdata)
{
	uint64_t next_us = server_limits_enforce(userdata, clock_now_us());

	(void)at_us;
	if (next_us == NEVER)
		return 0;
	sd_event_source_set_time(source, next_us);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/*
 * While the timer is on, it is due before any newcomer is: the limits are the
 * same for all, and the others came earlier. So it is only ever turned on.
 */
void server_limits_watch(struct server_limits *limits)
{
	int state = SD_EVENT_OFF;

	if (!limits->idle_us && !limits->session_us)
		return;
	sd_event_source_get_enabled(limits->timer, &state);
	if (state == SD_EVENT_OFF)
		on_timer(limits->timer, 0, limits);
}

int server_limits_create(struct server_limits **out, sd_event *event,
		struct server_sessions *sessions,
		const struct server_session_place *place, uint64_t idle_us,
		uint64_t session_us)
{
	struct server_limits *limits = calloc(1, sizeof(*limits));
	int rc;

	*out = NULL;
	if (!limits)
		return -ENOMEM;
	limits->sessions = sessions;
	limits->place = place;
	limits->idle_us = idle_us;
	limits->session_us = session_us;
	rc = sd_event_add_time(event, &limits->timer, CLOCK_MONOTONIC, 0, 0,
			on_timer, limits);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(limits->timer, SD_EVENT_OFF);
	*out = limits;
	return 0;

fail:
	server_limits_destroy(limits);
	return rc;
}

void server_limits_destroy(struct server_limits *limits)
{
	if (!limits)
		return;
	sd_event_source_disable_unref(limits->timer);
	free(limits);
}
