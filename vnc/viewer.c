/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/viewer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/stream.h"
#include "vnc/compose.h"
#include "vnc/handshake.h"
#include "vnc/input.h"
#include "vnc/rfb-read.h"
#include "vnc/rfb-write.h"

#define WHY_BYTES 128

enum viewer_state {
	VIEWER_HANDSHAKE,
	VIEWER_REFUSED, /* told so; what it still says is not read */
	VIEWER_JOINED,
	VIEWER_ENDED,
};

struct vnc_viewer {
	const struct vnc_viewer_home *home;
	vnc_viewer_id id;
	enum viewer_state state;
	bool joined;                   /* it was one; stays so to the end */
	bool known;                    /* the handler has heard of it */
	struct net_stranger *stranger; /* until it joined */
	struct net_stream *stream;
	sd_event_source *deadline; /* of the handshake or the refusal */
	sd_event_source *resume;   /* on when a login was answered */
	struct core_address address;
	struct vnc_handshake handshake;
	struct vnc_reader reader;
	struct vnc_input input;
	uint64_t read_us;              /* when the newest bytes were */
	struct vnc_composer *composer; /* NULL until it joined */
	bool update_due;               /* it said what may call for one */
	uint64_t connected_us;
	char peer[VNC_PEER_TEXT_BYTES];
	char why[WHY_BYTES]; /* it was refused or ended; else "" */
};

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

static void note_why(struct vnc_viewer *viewer, const char *why)
{
	snprintf(viewer->why, sizeof(viewer->why), "%s", why);
}

static void log_turned_away(const struct vnc_viewer *viewer)
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
	note_why(viewer, why);
	if (viewer->joined)
		log_info("%s: viewer %llu, %s, left: %s", viewer->home->name,
				(unsigned long long)viewer->id, viewer->peer,
				why);
	else
		log_turned_away(viewer);
	end(viewer);
}

/* What it is told goes out first; the delay also slows down guessing. */
static void refuse(struct vnc_viewer *viewer, const char *why)
{
	note_why(viewer, why);
	log_turned_away(viewer);
	viewer->state = VIEWER_REFUSED;
	sd_event_source_set_time_relative(
			viewer->deadline, viewer->home->refusal_us);
	net_stream_flush(viewer->stream);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	vnc_viewer_close(userdata, "no handshake in time");
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

static void on_failed(void *context, const char *why)
{
	vnc_viewer_close(context, why);
}

/* ---- the handshake ----------------------------------------------------------
 */

static const char *handshake_failure(int rc)
{
	switch (rc) {
	case -EPROTONOSUPPORT:
		return "no security type in common";
	case -EPROTO:
		return "it does not speak RFB";
	default:
		return strerrordesc_np(-rc);
	}
}

static void send_server_init(struct vnc_viewer *viewer)
{
	struct vnc_writer writer = {0};
	uint8_t format[VNC_PIXEL_FORMAT_BYTES];
	uint32_t width_px, height_px;

	vnc_composer_get_size(viewer->composer, &width_px, &height_px);
	vnc_pixel_format_write(&vnc_pixel_format_native, format);
	vnc_write_u16(&writer, width_px);
	vnc_write_u16(&writer, height_px);
	vnc_write_bytes(&writer, format, sizeof(format));
	vnc_write_text(&writer, viewer->home->title);
	net_stream_write(viewer->stream, writer.bytes, writer.used);
}

static void join(struct vnc_viewer *viewer)
{
	const struct vnc_viewer_home *home = viewer->home;
	const struct vnc_composer_parts parts = {
			.event = home->event,
			.stream = viewer->stream,
			.encoder = home->encoder,
			.library = home->library,
			.screen = home->screen,
			.figures = home->figures,
			.name = home->name,
			.title = home->title,
			.failed = on_failed,
			.context = viewer,
	};
	int rc = vnc_composer_create(&viewer->composer, &parts);

	if (rc < 0) {
		vnc_viewer_close(viewer, strerrordesc_np(-rc));
		return;
	}
	send_server_init(viewer);
	net_stranger_dismiss(viewer->stranger);
	viewer->stranger = NULL;
	sd_event_source_set_enabled(viewer->deadline, SD_EVENT_OFF);
	viewer->state = VIEWER_JOINED;
	if (!home->joined(home->context, viewer)) {
		vnc_viewer_close(viewer, "as many viewers as may be are here");
		return;
	}
	viewer->joined = true;
	viewer->known = true;
	log_info("%s: viewer %llu joined from %s", home->name,
			(unsigned long long)viewer->id, viewer->peer);
	if (home->handler->joined)
		home->handler->joined(home->handler_context, viewer->id,
				viewer->handshake.alone);
}

/* Where nobody else decides. */
static const char *judge(const struct vnc_login *login)
{
	switch (login->proof) {
	case VNC_PROOF_NONE:
		return NULL;
	case VNC_PROOF_PASSWORD:
		return login->proved ? NULL : "Wrong password";
	case VNC_PROOF_USER:
		break;
	}
	return "Users are not known here";
}

static void on_login(void *context, const struct vnc_login *login)
{
	struct vnc_viewer *viewer = context;
	const struct vnc_viewer_home *home = viewer->home;

	if (!home->handler->login) {
		vnc_viewer_answer_login(viewer, judge(login));
		return;
	}
	viewer->known = true;
	home->handler->login(home->handler_context, viewer->id, login);
}

/*
 * What it has sent meanwhile is read by the loop, not from within this call:
 * it may lead to others of the handler.
 */
void vnc_viewer_answer_login(struct vnc_viewer *viewer, const char *refusal)
{
	if (viewer->state != VIEWER_HANDSHAKE ||
			viewer->handshake.state != VNC_HANDSHAKE_LOGIN)
		return;
	vnc_handshake_answer(&viewer->handshake, refusal);
	if (refusal)
		refuse(viewer, refusal);
	else
		sd_event_source_set_enabled(viewer->resume, SD_EVENT_ONESHOT);
}

static size_t take_handshake(
		struct vnc_viewer *viewer, const uint8_t *bytes, size_t size)
{
	ssize_t used = vnc_handshake_feed(&viewer->handshake, bytes, size);

	if (used == -EPROTO) { /* there is no way to tell it */
		vnc_viewer_close(viewer, handshake_failure((int)used));
		return 0;
	}
	if (used < 0) {
		refuse(viewer, handshake_failure((int)used));
		return 0;
	}
	if (viewer->state == VIEWER_HANDSHAKE &&
			viewer->handshake.state == VNC_HANDSHAKE_DONE)
		join(viewer);
	return (size_t)used;
}

/* ---- messages ---------------------------------------------------------------
 */

static void pass_key(
		struct vnc_viewer *viewer, const struct vnc_message *message)
{
	const struct vnc_viewer_home *home = viewer->home;
	const struct vnc_key key = {
			.keysym = message->key.keysym,
			.xt_code = message->key.xt_code,
			.down = message->key.down,
			.read_us = viewer->read_us,
	};

	home->handler->key(home->handler_context, viewer->id, &key);
}

static void pass_pointer(
		struct vnc_viewer *viewer, const struct vnc_message *message)
{
	const struct vnc_viewer_home *home = viewer->home;
	struct vnc_pointer pointer;
	uint32_t width_px, height_px;

	/* The size that it knew when it pointed, not the screen's newest. */
	vnc_composer_get_size(viewer->composer, &width_px, &height_px);
	vnc_input_translate(
			&viewer->input, message, width_px, height_px, &pointer);
	home->handler->pointer(home->handler_context, viewer->id, &pointer);
}

static void take(struct vnc_viewer *viewer, const struct vnc_message *message)
{
	switch (message->kind) {
	case VNC_MESSAGE_SET_PIXEL_FORMAT:
		vnc_composer_take_pixel_format(
				viewer->composer, &message->pixel_format);
		break;
	case VNC_MESSAGE_SET_ENCODINGS:
		vnc_composer_take_encodings(viewer->composer, message);
		break;
	case VNC_MESSAGE_UPDATE_REQUEST:
		vnc_composer_take_request(viewer->composer, message);
		break;
	case VNC_MESSAGE_KEY:
		pass_key(viewer, message);
		return;
	case VNC_MESSAGE_POINTER:
		pass_pointer(viewer, message);
		return;
	case VNC_MESSAGE_CUT_TEXT: /* the target has no clipboard */
		return;
	case VNC_MESSAGE_CONTINUOUS_UPDATES:
		vnc_composer_take_continuous_updates(viewer->composer, message);
		break;
	case VNC_MESSAGE_FENCE:
		vnc_composer_take_fence(viewer->composer, message);
		break;
	case VNC_MESSAGE_SET_DESKTOP_SIZE:
		vnc_composer_take_desktop_size(viewer->composer);
		break;
	case VNC_MESSAGE_KINDS:
		return;
	}
	viewer->update_due = true;
}

static bool may(const struct vnc_viewer *viewer, enum vnc_message_kind kind)
{
	const struct vnc_viewer_home *home = viewer->home;

	return !home->handler->may ||
			home->handler->may(home->handler_context, viewer->id,
					kind);
}

static size_t take_message(
		struct vnc_viewer *viewer, const uint8_t *bytes, size_t size)
{
	struct vnc_message message;
	bool whole;
	ssize_t used;

	viewer->reader.extended_buttons =
			vnc_composer_told_extended_buttons(viewer->composer);
	used = vnc_message_read(&viewer->reader, bytes, size, &message, &whole);
	if (used < 0) {
		vnc_viewer_close(viewer,
				used == -EMSGSIZE
						? "it sent a message too long"
						: "it sent what is no message");
		return 0;
	}
	if (whole) {
		if (may(viewer, message.kind))
			take(viewer, &message);
		else
			viewer->home->figures->forbidden++;
		vnc_composer_end_message(viewer->composer);
	}
	return (size_t)used;
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
			used = take_handshake(viewer, bytes, size);
		else if (viewer->state == VIEWER_JOINED)
			used = take_message(viewer, bytes, size);
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

static void on_closed(void *context, int rc)
{
	struct vnc_viewer *viewer = context;

	if (viewer->state == VIEWER_HANDSHAKE && rc == 0) {
		note_why(viewer, "it closed the connection");
		end(viewer); /* who only looked in is not worth a line */
	} else if (rc == 0)
		vnc_viewer_close(viewer, "it closed the connection");
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

static int open_stream(struct vnc_viewer *viewer, int fd)
{
	struct net_transport *transport;
	int rc = net_socket_create(&transport, fd);

	if (rc < 0) {
		close(fd);
		return rc;
	}
	rc = net_stream_create(&viewer->stream, viewer->home->event, transport,
			viewer->home->stall_us, &stream_handler, viewer);
	if (rc < 0)
		net_transport_destroy(transport);
	return rc;
}

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

static void start_handshake(struct vnc_viewer *viewer)
{
	const struct vnc_handshake_parts parts = {
			.stream = viewer->stream,
			.peer = &viewer->address,
			.security = viewer->home->security,
			.password = viewer->home->password,
			.login = on_login,
			.context = viewer,
	};

	vnc_handshake_init(&viewer->handshake, &parts);
	net_stream_flush(viewer->stream);
}

int vnc_viewer_create(struct vnc_viewer **out,
		const struct vnc_viewer_home *home, vnc_viewer_id id, int fd,
		const struct core_address *peer, struct net_stranger *stranger)
{
	struct vnc_viewer *viewer = calloc(1, sizeof(*viewer));
	int rc;

	*out = NULL;
	if (!viewer) {
		close(fd);
		return -ENOMEM;
	}
	viewer->home = home;
	viewer->id = id;
	viewer->address = *peer;
	viewer->connected_us = clock_now_us();
	vnc_viewer_describe_peer(peer, viewer->peer);
	rc = open_stream(viewer, fd);
	if (rc < 0)
		goto fail;
	rc = add_timers(viewer);
	if (rc < 0)
		goto fail;
	start_handshake(viewer);
	viewer->stranger = stranger;
	if (stranger)
		net_stranger_set_displaced(stranger, on_displaced, viewer);
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
