/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "net/doorkeeper.h"
#include "net/listener.h"
#include "net/stream.h"
#include "vnc/encoder.h"
#include "vnc/figures.h"
#include "vnc/security.h"
#include "vnc/viewer.h"

#define HANDSHAKE_US (10 * CLOCK_US_PER_S)
#define REFUSAL_US (1 * CLOCK_US_PER_S)
#define STALL_US (20 * CLOCK_US_PER_S)

/* Where nobody has to say who they are: shaking hands, beyond viewers_max. */
#define NEWCOMERS_MAX 8

struct seat {
	struct vnc_viewer *viewer;
	TAILQ_ENTRY(seat) in_server;
};

struct vnc_server {
	struct vnc_viewer_home home;
	char *name;
	char title[VNC_TITLE_MAX_BYTES + 1];
	char password[VNC_PASSWORD_BYTES];
	unsigned viewers_max;
	unsigned places_n; /* taken by those who may come in */
	unsigned joined_n;
	unsigned seats_n; /* any of them, or on the way */
	vnc_viewer_id last_id;
	bool held;
	bool leds_known;
	uint8_t leds;
	struct vnc_figures figures;
	struct net_doorkeeper *own_doorkeeper; /* NULL: it was lent one */
	struct net_listener *listener;
	sd_event_source *reaper; /* on when a viewer has ended */
	TAILQ_HEAD(, seat) seats;
};

/* ---- viewers come and go ----------------------------------------------------
 */

static void seat_destroy(struct vnc_server *server, struct seat *seat)
{
	TAILQ_REMOVE(&server->seats, seat, in_server);
	server->seats_n--;
	vnc_viewer_destroy(seat->viewer);
	free(seat);
}

static bool on_take_place(void *context, struct vnc_viewer *viewer)
{
	struct vnc_server *server = context;

	(void)viewer;
	if (server->places_n >= server->viewers_max)
		return false;
	server->places_n++;
	return true;
}

static void on_joined(void *context, struct vnc_viewer *viewer)
{
	struct vnc_server *server = context;
	const struct vnc_viewer_home *home = &server->home;

	if (server->joined_n++ == 0)
		home->handler->watched(home->handler_context, true);
	vnc_viewer_set_held(viewer, server->held);
	if (server->leds_known)
		vnc_viewer_set_leds(viewer, server->leds);
}

static void on_ended(void *context, struct vnc_viewer *viewer)
{
	struct vnc_server *server = context;

	(void)viewer;
	sd_event_source_set_enabled(server->reaper, SD_EVENT_ONESHOT);
}

static void bury(struct vnc_server *server, struct seat *seat)
{
	const struct vnc_viewer_home *home = &server->home;
	bool had_joined = vnc_viewer_has_joined(seat->viewer);

	if (vnc_viewer_is_known(seat->viewer))
		home->handler->left(home->handler_context,
				vnc_viewer_get_id(seat->viewer),
				vnc_viewer_get_why(seat->viewer));
	if (vnc_viewer_has_place(seat->viewer))
		server->places_n--;
	seat_destroy(server, seat);
	if (had_joined && --server->joined_n == 0)
		home->handler->watched(home->handler_context, false);
}

/* A viewer ends deep inside its own calls, and is destroyed here. */
static int on_reap(sd_event_source *source, void *userdata)
{
	struct vnc_server *server = userdata;
	struct seat *seat = TAILQ_FIRST(&server->seats);

	(void)source;
	while (seat) {
		struct seat *next = TAILQ_NEXT(seat, in_server);

		if (vnc_viewer_has_ended(seat->viewer))
			bury(server, seat);
		seat = next;
	}
	return 0;
}

static const char *refusal(int rc)
{
	switch (rc) {
	case -EUSERS:
		return "too many that have not said who they are";
	case -EDQUOT:
		return "too many from there that have not said who they are";
	case -ENOSPC:
		return "as many viewers as may be are here";
	default:
		return strerrordesc_np(-rc);
	}
}

static int open_stream(
		struct vnc_server *server, int fd, struct net_stream **out)
{
	struct net_transport *transport;
	int rc = net_socket_create(&transport, fd);

	*out = NULL;
	if (rc < 0) {
		close(fd);
		return rc;
	}
	rc = net_stream_create(out, server->home.event, transport,
			server->home.stall_us, NULL, NULL);
	if (rc < 0)
		net_transport_destroy(transport);
	return rc;
}

static int seat_new(
		struct vnc_server *server, struct vnc_viewer_arrival *arrival)
{
	struct seat *seat = calloc(1, sizeof(*seat));
	int rc;

	arrival->id = ++server->last_id;
	if (!seat) {
		net_stream_destroy(arrival->stream);
		return -ENOMEM;
	}
	rc = vnc_viewer_create(&seat->viewer, &server->home, arrival);
	if (rc < 0) {
		free(seat);
		return rc;
	}
	TAILQ_INSERT_TAIL(&server->seats, seat, in_server);
	server->seats_n++;
	return 0;
}

static int admit_newcomer(const struct vnc_server *server)
{
	return server->seats_n < server->viewers_max + NEWCOMERS_MAX ? 0
								     : -ENOSPC;
}

/* *stranger may be NULL: nobody is one where there is nothing to prove. */
static int admit(const struct vnc_server *server,
		const struct core_address *peer, struct net_stranger **stranger)
{
	*stranger = NULL;
	if (server->places_n >= server->viewers_max)
		return -ENOSPC;
	if (server->home.security & VNC_SECURITY_NONE)
		return admit_newcomer(server);
	return net_doorkeeper_admit(server->home.doorkeeper, peer, stranger);
}

static int seat_peer(struct vnc_server *server, int fd,
		const struct core_address *peer)
{
	struct vnc_viewer_arrival arrival = {.peer = peer};
	int rc = admit(server, peer, &arrival.stranger);

	if (rc < 0) {
		close(fd);
		return rc;
	}
	rc = open_stream(server, fd, &arrival.stream);
	if (rc == 0)
		rc = seat_new(server, &arrival);
	if (rc < 0)
		net_stranger_dismiss(arrival.stranger);
	return rc;
}

static void log_turned_away(const struct vnc_server *server,
		const struct core_address *peer, int rc)
{
	char text[VNC_PEER_TEXT_BYTES];

	vnc_viewer_describe_peer(peer, text);
	net_doorkeeper_log(server->home.doorkeeper, "%s: %s turned away: %s",
			server->name, text, refusal(rc));
}

static void on_accepted(void *context, int fd, const struct core_address *peer)
{
	struct vnc_server *server = context;
	int rc = seat_peer(server, fd, peer);

	if (rc < 0)
		log_turned_away(server, peer, rc);
}

int vnc_server_adopt(struct vnc_server *server, struct net_stream *stream,
		const struct core_address *peer, uint64_t ticket,
		vnc_viewer_id *id)
{
	struct vnc_viewer_arrival arrival = {
			.stream = stream,
			.peer = peer,
			.ticket = ticket,
	};
	int rc = admit_newcomer(server);

	*id = 0;
	assert(ticket != 0);
	if (rc < 0)
		net_stream_destroy(stream);
	else
		rc = seat_new(server, &arrival);
	if (rc < 0)
		log_turned_away(server, peer, rc);
	else
		*id = arrival.id;
	return rc;
}

/* ---- opening ----------------------------------------------------------------
 */

static int learn_address(const struct vnc_server_options *options,
		struct core_address *address)
{
	int rc;

	*address = options->listen;
	if (options->listen_fd == -1)
		return 0;
	memset(address, 0, sizeof(*address));
	address->length = sizeof(address->storage);
	if (getsockname(options->listen_fd,
			    (struct sockaddr *)&address->storage,
			    &address->length) == 0)
		return 0;
	rc = -errno;
	log_error_errno(rc, "%s: descriptor %d is no socket", options->name,
			options->listen_fd);
	return rc;
}

static int check_screen(const struct vnc_server_options *options,
		const struct video_screen *screen)
{
	if (video_screen_get_frame(screen))
		return 0;
	log_error("%s: there is no picture to show", options->name);
	return -EINVAL;
}

static int listen_as_told(struct vnc_server *server, sd_event *event,
		const struct vnc_server_options *options)
{
	if (options->listen_fd != -1)
		return net_listener_create_from_fd(&server->listener, event,
				server->name, options->listen_fd, on_accepted,
				server);
	return net_listener_create(&server->listener, event, server->name,
			&options->listen, on_accepted, server);
}

static int lend_or_make_doorkeeper(struct vnc_server *server,
		const struct vnc_server_options *options)
{
	int rc = 0;

	if (!options->doorkeeper)
		rc = net_doorkeeper_create(&server->own_doorkeeper);
	server->home.doorkeeper = options->doorkeeper ? options->doorkeeper
						      : server->own_doorkeeper;
	return rc;
}

/* What is too long ends with a whole character. */
static void cut_title(char to[VNC_TITLE_MAX_BYTES + 1], const char *title)
{
	size_t length = strnlen(title, VNC_TITLE_MAX_BYTES);

	if (title[length] != '\0')
		while (length > 0 && ((uint8_t)title[length] & 0xc0) == 0x80)
			length--;
	memcpy(to, title, length);
	to[length] = '\0';
}

static uint64_t or_usual(uint64_t us, uint64_t usual_us)
{
	return us ? us : usual_us;
}

static void furnish(struct vnc_server *server, sd_event *event,
		struct core_workers *library, struct video_screen *screen,
		const struct vnc_server_options *options)
{
	server->viewers_max = options->viewers_max;
	memcpy(server->password, options->password, sizeof(server->password));
	server->home = (struct vnc_viewer_home){
			.event = event,
			.library = library,
			.screen = screen,
			.figures = &server->figures,
			.name = server->name,
			.title = server->title,
			.security = options->security,
			.password = server->password,
			.tls = options->tls,
			.handshake_us = or_usual(
					options->handshake_us, HANDSHAKE_US),
			.refusal_us = or_usual(options->refusal_us, REFUSAL_US),
			.stall_us = or_usual(options->stall_us, STALL_US),
			.take_place = on_take_place,
			.joined = on_joined,
			.ended = on_ended,
			.context = server,
	};
}

static int start_reaper(struct vnc_server *server, sd_event *event)
{
	int rc = sd_event_add_defer(event, &server->reaper, on_reap, server);

	return rc < 0 ? rc
		      : sd_event_source_set_enabled(
					server->reaper, SD_EVENT_OFF);
}

static void say_what_is_offered(const struct vnc_server *server)
{
	unsigned wanted = server->home.security;
	unsigned offered = vnc_security_available(wanted, server->home.tls);
	char where[CORE_ADDRESS_TEXT_BYTES], what[VNC_SECURITY_TEXT_BYTES];
	struct core_address address;

	vnc_server_get_address(server, &address);
	core_address_format(&address, where);
	vnc_security_describe(offered, what);
	log_info("%s: VNC on %s, offering %s", server->name, where, what);
	if (offered == wanted)
		return;
	vnc_security_describe(wanted & ~offered, what);
	log_warning("%s: without a certificate for TLS there is no %s",
			server->name, what);
}

/* The listener comes last: nothing fails once it has taken a descriptor. */
static int open_server(struct vnc_server *server, sd_event *event,
		struct core_workers *workers,
		const struct vnc_server_options *options)
{
	int rc;

	rc = lend_or_make_doorkeeper(server, options);
	if (rc < 0)
		return rc;
	rc = vnc_encoder_create(&server->home.encoder, workers,
			server->home.screen, &server->figures,
			core_simd_best());
	if (rc < 0)
		return rc;
	rc = start_reaper(server, event);
	if (rc < 0)
		return rc;
	rc = listen_as_told(server, event, options);
	if (rc < 0)
		return rc;
	say_what_is_offered(server);
	return 0;
}

int vnc_server_create(struct vnc_server **out, sd_event *event,
		struct core_workers *workers, struct core_workers *library,
		struct video_screen *screen,
		const struct vnc_server_options *options,
		const struct vnc_server_handler *handler, void *context)
{
	struct core_address address;
	struct vnc_server *server;
	int rc;

	*out = NULL;
	rc = check_screen(options, screen);
	if (rc < 0)
		return rc;
	rc = learn_address(options, &address);
	if (rc < 0)
		return rc;
	rc = vnc_security_check(options->name, &address, options->security);
	if (rc < 0)
		return rc;
	server = calloc(1, sizeof(*server));
	if (!server)
		return -ENOMEM;
	TAILQ_INIT(&server->seats);
	rc = -ENOMEM;
	server->name = strdup(options->name);
	if (!server->name)
		goto fail;
	cut_title(server->title, options->name);
	furnish(server, event, library, screen, options);
	server->home.handler = handler;
	server->home.handler_context = context;
	rc = open_server(server, event, workers, options);
	if (rc < 0)
		goto fail;
	*out = server;
	return 0;

fail:
	vnc_server_destroy(server);
	return rc;
}

void vnc_server_destroy(struct vnc_server *server)
{
	struct seat *seat;

	if (!server)
		return;
	net_listener_destroy(server->listener);
	while ((seat = TAILQ_FIRST(&server->seats)))
		seat_destroy(server, seat);
	sd_event_source_disable_unref(server->reaper);
	vnc_encoder_destroy(server->home.encoder);
	net_doorkeeper_destroy(server->own_doorkeeper);
	explicit_bzero(server->password, sizeof(server->password));
	free(server->name);
	free(server);
}

/* ---- the rest ---------------------------------------------------------------
 */

void vnc_server_screen_changed(struct vnc_server *server)
{
	struct seat *seat;

	TAILQ_FOREACH(seat, &server->seats, in_server)
	vnc_viewer_screen_changed(seat->viewer);
}

void vnc_server_set_held(struct vnc_server *server, bool held)
{
	struct seat *seat;

	server->held = held;
	TAILQ_FOREACH(seat, &server->seats, in_server)
	vnc_viewer_set_held(seat->viewer, held);
}

static struct vnc_viewer *find_viewer(
		const struct vnc_server *server, vnc_viewer_id id)
{
	const struct seat *seat;

	TAILQ_FOREACH(seat, &server->seats, in_server)
	if (vnc_viewer_get_id(seat->viewer) == id)
		return seat->viewer;
	return NULL;
}

void vnc_server_answer_login(struct vnc_server *server, vnc_viewer_id id,
		const char *refusal)
{
	struct vnc_viewer *viewer = find_viewer(server, id);

	if (viewer)
		vnc_viewer_answer_login(viewer, refusal);
}

void vnc_server_close_viewer(
		struct vnc_server *server, vnc_viewer_id id, const char *why)
{
	struct vnc_viewer *viewer = find_viewer(server, id);

	if (viewer)
		vnc_viewer_close(viewer, why);
}

void vnc_server_set_title(struct vnc_server *server, const char *title)
{
	char cut[VNC_TITLE_MAX_BYTES + 1];
	struct seat *seat;

	cut_title(cut, title);
	if (strcmp(server->title, cut) == 0)
		return;
	memcpy(server->title, cut, sizeof(cut));
	TAILQ_FOREACH(seat, &server->seats, in_server)
	vnc_viewer_title_changed(seat->viewer);
}

void vnc_server_set_password(struct vnc_server *server,
		const char password[VNC_PASSWORD_BYTES])
{
	memcpy(server->password, password, sizeof(server->password));
}

const struct vnc_figures *vnc_server_get_figures(
		const struct vnc_server *server)
{
	return &server->figures;
}

void vnc_server_set_leds(struct vnc_server *server, uint8_t leds)
{
	struct seat *seat;

	server->leds = leds;
	server->leds_known = true;
	TAILQ_FOREACH(seat, &server->seats, in_server)
	vnc_viewer_set_leds(seat->viewer, leds);
}

size_t vnc_server_list_viewers(const struct vnc_server *server,
		struct vnc_viewer_info *infos, size_t infos_n)
{
	const struct seat *seat;
	size_t count = 0;

	TAILQ_FOREACH(seat, &server->seats, in_server)
	{
		if (!vnc_viewer_has_joined(seat->viewer) ||
				vnc_viewer_has_ended(seat->viewer))
			continue;
		if (count < infos_n)
			vnc_viewer_get_info(seat->viewer, &infos[count]);
		count++;
	}
	return count;
}

void vnc_server_get_address(
		const struct vnc_server *server, struct core_address *address)
{
	net_listener_get_address(server->listener, address);
}
