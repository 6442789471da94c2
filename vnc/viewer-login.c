/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "core/log.h"
#include "vnc/rfb-write.h"
#include "vnc/viewer-private.h"

/* What it is told goes out first; the delay also slows down guessing. */
static void refuse(struct vnc_viewer *viewer, const char *why)
{
	vnc_viewer_note_why(viewer, why);
	vnc_viewer_log_turned_away(viewer);
	viewer->state = VIEWER_REFUSED;
	sd_event_source_set_time_relative(
			viewer->deadline, viewer->home->refusal_us);
	net_stream_flush(viewer->stream);
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
			.failed = vnc_viewer_on_failed,
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
	viewer->joined = true;
	viewer->known = true;
	home->joined(home->context, viewer);
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
	case VNC_PROOF_TICKET:
		return login->ticket ? NULL : "This needs a ticket";
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

/* Told while RFB still has a place for it. */
static const char *find_place(struct vnc_viewer *viewer)
{
	const struct vnc_viewer_home *home = viewer->home;

	viewer->has_place = home->take_place(home->context, viewer);
	return viewer->has_place ? NULL : "As many viewers as may be are here";
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
	if (!refusal)
		refusal = find_place(viewer);
	vnc_handshake_answer(&viewer->handshake, refusal);
	if (refusal)
		refuse(viewer, refusal);
	else
		sd_event_source_set_enabled(viewer->resume, SD_EVENT_ONESHOT);
}

/*
 * Why a handshake came to nothing, and whether the viewer was told, so that it
 * is given the time to read it.
 */
static const struct failure {
	int rc;
	bool told;
	const char *why;
} failures[] = {
		{-EPROTONOSUPPORT, true, "no security type in common"},
		{-ENOTSUP, true, "there is no certificate to show it"},
		{-EMSGSIZE, true, "its name or password is too long"},
		{-EILSEQ, true, "its name or password is none"},
		{-EPROTO, false, "it does not speak RFB"},
		{-EBADMSG, false, "it sent bytes ahead of TLS"},
};

static void fail(struct vnc_viewer *viewer, int rc)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (failures[i].rc != rc)
			continue;
		if (failures[i].told)
			refuse(viewer, failures[i].why);
		else
			vnc_viewer_close(viewer, failures[i].why);
		return;
	}
	vnc_viewer_close(viewer, strerrordesc_np(-rc));
}

size_t vnc_viewer_take_handshake(
		struct vnc_viewer *viewer, const uint8_t *bytes, size_t size)
{
	ssize_t used = vnc_handshake_feed(&viewer->handshake, bytes, size);

	if (used < 0) {
		fail(viewer, (int)used);
		return 0;
	}
	if (viewer->stranger)
		net_stranger_set_progress(
				viewer->stranger, viewer->handshake.state);
	if (viewer->state == VIEWER_HANDSHAKE &&
			viewer->handshake.state == VNC_HANDSHAKE_DONE)
		join(viewer);
	return (size_t)used;
}

void vnc_viewer_start_handshake(struct vnc_viewer *viewer)
{
	const struct vnc_viewer_home *home = viewer->home;
	const struct vnc_handshake_parts parts = {
			.stream = viewer->stream,
			.peer = &viewer->address,
			.security = viewer->ticket
					? VNC_SECURITY_BROWSER
					: vnc_security_available(home->security,
							  home->tls),
			.ticket = viewer->ticket,
			.password = home->password,
			.tls = home->tls,
			.login = on_login,
			.context = viewer,
	};

	vnc_handshake_init(&viewer->handshake, &parts);
	net_stream_flush(viewer->stream);
}
