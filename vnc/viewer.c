/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/viewer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "vnc/viewer-private.h"

void vnc_viewer_describe_peer(
		const struct core_address *peer, char text[VNC_PEER_TEXT_BYTES])
{
	char address[CORE_ADDRESS_TEXT_BYTES];

	if (peer->storage.ss_family == AF_UNIX) {
		snprintf(text, VNC_PEER_TEXT_BYTES, "unix");
		return;
	}
	core_address_format(peer, address);
	snprintf(text, VNC_PEER_TEXT_BYTES, "%.*s", VNC_PEER_TEXT_BYTES - 1,
			address);
}

/* ---- the end ----------------------------------------------------------------
 */

static void end(struct vnc_viewer *viewer)
{
	viewer->state = VIEWER_ENDED;
	sd_event_source_set_enabled(viewer->deadline, SD_EVENT_OFF);
	sd_event_source_set_enabled(viewer->resume, SD_EVENT_OFF);
	viewer->home->ended(viewer->home->context, viewer);
}

void vnc_viewer_note_why(struct vnc_viewer *viewer, const char *why)
{
	snprintf(viewer->why, sizeof(viewer->why), "%s", why);
}

void vnc_viewer_log_turned_away(const struct vnc_viewer *viewer)
{
	net_doorkeeper_log(viewer->home->doorkeeper, "%s: %s turned away: %s",
			viewer->home->name, viewer->peer, viewer->why);
}

void vnc_viewer_close(struct vnc_viewer *viewer, const char *why)
{
	if (viewer->state == VIEWER_ENDED)
		return;
	if (viewer->state == VIEWER_REFUSED) { /* which has been logged */
		end(viewer);
		return;
	}
	vnc_viewer_note_why(viewer, why);
	if (viewer->joined)
		log_info("%s: viewer %llu, %s, left: %s", viewer->home->name,
				(unsigned long long)viewer->id, viewer->peer,
				why);
	else
		vnc_viewer_log_turned_away(viewer);
	end(viewer);
}

/* What it was late with: mostly somebody typing a password. */
static const char *lateness(const struct vnc_viewer *viewer)
{
	switch (viewer->handshake.state) {
	case VNC_HANDSHAKE_RESPONSE:
	case VNC_HANDSHAKE_PLAIN:
		return "no password in time; login_limit gives more";
	case VNC_HANDSHAKE_LOGIN:
		return "its login was not answered in time";
	default:
		return "no handshake in time";
	}
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct vnc_viewer *viewer = userdata;

	(void)source;
	(void)usec;
	vnc_viewer_close(viewer, lateness(viewer));
	return 0;
}

/* A stranger's place is wanted by somebody from elsewhere. */
static void on_displaced(void *context)
{
	struct vnc_viewer *viewer = context;

	net_stranger_dismiss(viewer->stranger);
	viewer->stranger = NULL;
	vnc_viewer_close(viewer, "others wait, and too many came from there");
}

void vnc_viewer_on_failed(void *context, const char *why)
{
	vnc_viewer_close(context, why);
}

/* ---- the stream's events ----------------------------------------------------
 */

/*
 * Updates come after all messages that are here: they are made once, however
 * often a viewer changes its mind.
 */
static void on_readable(void *context)
{
	struct vnc_viewer *viewer = context;
	size_t size, used;

	viewer->read_us = clock_now_us();
	do {
		const uint8_t *bytes = net_stream_peek(viewer->stream, &size);

		used = 0;
		if (viewer->state == VIEWER_REFUSED)
			used = size;
		else if (viewer->state == VIEWER_HANDSHAKE)
			used = vnc_viewer_take_handshake(viewer, bytes, size);
		else if (viewer->state == VIEWER_JOINED)
			used = vnc_viewer_take_message(viewer, bytes, size);
		net_stream_consume(viewer->stream, used);
	} while (used > 0);
	net_stream_flush(viewer->stream);
	if (viewer->state == VIEWER_JOINED && viewer->update_due)
		vnc_composer_update(viewer->composer);
	viewer->update_due = false;
}

static void on_drained(void *context)
{
	struct vnc_viewer *viewer = context;

	if (viewer->state == VIEWER_JOINED)
		vnc_composer_update(viewer->composer);
}

/* It ended the connection; `where`: what it was in the midst of, or NULL. */
static void close_left(struct vnc_viewer *viewer, const char *where)
{
	char why[VNC_WHY_BYTES];

	snprintf(why, sizeof(why), "it closed the connection%s%s",
			where ? " " : "", where ? where : "");
	if (viewer->state != VIEWER_HANDSHAKE || where) {
		vnc_viewer_close(viewer, why);
		return;
	}
	vnc_viewer_note_why(viewer, why);
	end(viewer); /* who only looked in is not worth a line */
}

static void on_closed(void *context, int rc)
{
	struct vnc_viewer *viewer = context;
	const char *why = net_stream_get_why(viewer->stream);

	if (viewer->state == VIEWER_ENDED)
		return;
	if (rc == 0)
		close_left(viewer, why);
	else if (why)
		vnc_viewer_close(viewer, why);
	else if (rc == -ETIMEDOUT)
		vnc_viewer_close(viewer, "it takes nothing any more");
	else
		vnc_viewer_close(viewer, strerrordesc_np(-rc));
}

static int on_resume(sd_event_source *source, void *userdata)
{
	(void)source;
	on_readable(userdata);
	return 0;
}

static const struct net_stream_handler stream_handler = {
		.readable = on_readable,
		.drained = on_drained,
		.closed = on_closed,
};

/* ---- life -------------------------------------------------------------------
 */

static int add_timers(struct vnc_viewer *viewer)
{
	sd_event *event = viewer->home->event;
	int rc = sd_event_add_time_relative(event, &viewer->deadline,
			CLOCK_MONOTONIC, viewer->home->handshake_us, 0,
			on_deadline, viewer);

	if (rc < 0)
		return rc;
	rc = sd_event_add_defer(event, &viewer->resume, on_resume, viewer);
	return rc < 0 ? rc
		      : sd_event_source_set_enabled(
					viewer->resume, SD_EVENT_OFF);
}

int vnc_viewer_create(struct vnc_viewer **out,
		const struct vnc_viewer_home *home,
		const struct vnc_viewer_arrival *arrival)
{
	struct vnc_viewer *viewer = calloc(1, sizeof(*viewer));
	int rc;

	*out = NULL;
	if (!viewer) {
		net_stream_destroy(arrival->stream);
		return -ENOMEM;
	}
	viewer->home = home;
	viewer->id = arrival->id;
	viewer->ticket = arrival->ticket;
	viewer->address = *arrival->peer;
	viewer->connected_us = clock_now_us();
	vnc_viewer_describe_peer(arrival->peer, viewer->peer);
	viewer->stream = arrival->stream;
	net_stream_set_handler(viewer->stream, &stream_handler, viewer);
	rc = add_timers(viewer);
	if (rc < 0)
		goto fail;
	vnc_viewer_start_handshake(viewer);
	viewer->stranger = arrival->stranger;
	if (viewer->stranger)
		net_stranger_set_displaced(
				viewer->stranger, on_displaced, viewer);
	*out = viewer;
	return 0;

fail:
	vnc_viewer_destroy(viewer);
	return rc;
}

void vnc_viewer_destroy(struct vnc_viewer *viewer)
{
	if (!viewer)
		return;
	sd_event_source_disable_unref(viewer->deadline);
	sd_event_source_disable_unref(viewer->resume);
	vnc_composer_destroy(viewer->composer);
	net_stream_destroy(viewer->stream);
	net_stranger_dismiss(viewer->stranger);
	free(viewer);
}

void vnc_viewer_screen_changed(struct vnc_viewer *viewer)
{
	if (viewer->state == VIEWER_JOINED)
		vnc_composer_update(viewer->composer);
}

void vnc_viewer_set_held(struct vnc_viewer *viewer, bool held)
{
	if (viewer->state == VIEWER_JOINED)
		vnc_composer_set_held(viewer->composer, held);
}

void vnc_viewer_set_leds(struct vnc_viewer *viewer, uint8_t hid_leds)
{
	if (viewer->state == VIEWER_JOINED)
		vnc_composer_set_leds(viewer->composer, hid_leds);
}

void vnc_viewer_title_changed(struct vnc_viewer *viewer)
{
	if (viewer->state == VIEWER_JOINED)
		vnc_composer_title_changed(viewer->composer);
}

vnc_viewer_id vnc_viewer_get_id(const struct vnc_viewer *viewer)
{
	return viewer->id;
}

bool vnc_viewer_has_place(const struct vnc_viewer *viewer)
{
	return viewer->has_place;
}

bool vnc_viewer_has_joined(const struct vnc_viewer *viewer)
{
	return viewer->joined;
}

bool vnc_viewer_has_ended(const struct vnc_viewer *viewer)
{
	return viewer->state == VIEWER_ENDED;
}

bool vnc_viewer_is_known(const struct vnc_viewer *viewer)
{
	return viewer->known;
}

const char *vnc_viewer_get_why(const struct vnc_viewer *viewer)
{
	return viewer->why;
}

void vnc_viewer_get_info(
		const struct vnc_viewer *viewer, struct vnc_viewer_info *info)
{
	*info = (struct vnc_viewer_info){
			.id = viewer->id,
			.connected_us = viewer->connected_us,
			.bytes_sent = net_stream_sent(viewer->stream),
	};
	snprintf(info->peer, sizeof(info->peer), "%s", viewer->peer);
	if (!viewer->composer)
		return;
	info->updates = vnc_composer_get_updates(viewer->composer);
	vnc_composer_describe(viewer->composer, info->encoding);
}
