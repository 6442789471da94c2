/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "tests/bench/inline-workers.h"
#include "tests/fuzz/picture.h"
#include "tests/fuzz/tls.h"
#include "video/screen.h"

#define VIEWERS 3
#define FLIGHTS_MAX 8
#define GUESTS 128
#define TURNS_MAX 20000

#define WITH_TLS                                                               \
	(VNC_SECURITY_X509PLAIN | VNC_SECURITY_X509VNC |                       \
			VNC_SECURITY_TLSPLAIN | VNC_SECURITY_TLSVNC)

struct viewer {
	int fd; /* -1: not connected */
	bool shut;
	struct fuzz_tls *tls; /* NULL: bytes go as they are */
};

/* What the handler has been told of one viewer. */
struct guest {
	vnc_viewer_id id; /* 0: none */
	bool asked;       /* it wants to come in */
	bool answered;
	bool accepted;
	bool joined;
};

struct play {
	const struct fuzz_server_options *options;
	sd_event *event;
	struct core_workers *workers;
	struct core_workers *library;
	struct video_screen *screen;
	struct video_frame *frame;
	struct vnc_server *server;
	struct sockaddr_un address;
	socklen_t address_bytes;
	struct viewer viewer[VIEWERS];
	size_t speaker;
	struct guest guest[GUESTS]; /* those that are leaving, too */
	unsigned joined_n;
	bool watched;
	bool deaf;
	bool without_fences;
	uint8_t login; /* bit 0: refuse; bit 1: later */
	uint8_t may;   /* bits of message kinds that may not be */
};

/* ---- what the server promises its handler -----------------------------------
 */

static struct guest *find_guest(struct play *play, vnc_viewer_id id)
{
	for (size_t i = 0; i < GUESTS; i++)
		if (play->guest[i].id == id)
			return &play->guest[i];
	return NULL;
}

static struct guest *get_guest(struct play *play, vnc_viewer_id id)
{
	struct guest *guest = find_guest(play, id);

	if (guest)
		return guest;
	guest = find_guest(play, 0);
	FUZZ_CHECK(guest && id != 0);
	guest->id = id;
	return guest;
}

static void on_watched(void *context, bool watched)
{
	struct play *play = context;

	FUZZ_CHECK(play->watched != watched);
	play->watched = watched;
}

/* What it says it has shown is of a kind that was offered. */
static bool is_offered(unsigned security, const struct vnc_login *login)
{
	static const struct {
		const char *name;
		enum vnc_security security;
		enum vnc_proof proof;
	} kinds[] = {
			{"x509plain", VNC_SECURITY_X509PLAIN, VNC_PROOF_USER},
			{"x509vnc", VNC_SECURITY_X509VNC, VNC_PROOF_PASSWORD},
			{"tlsplain", VNC_SECURITY_TLSPLAIN, VNC_PROOF_USER},
			{"tlsvnc", VNC_SECURITY_TLSVNC, VNC_PROOF_PASSWORD},
			{"vncauth", VNC_SECURITY_VNCAUTH, VNC_PROOF_PASSWORD},
			{"plain", VNC_SECURITY_PLAIN, VNC_PROOF_USER},
			{"none", VNC_SECURITY_NONE, VNC_PROOF_NONE},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, login->security) == 0)
			return kinds[i].security & security &&
					kinds[i].proof == login->proof;
	return false;
}

/* Only the first answer counts. */
static void answer(struct play *play, struct guest *guest)
{
	if (guest->answered)
		return;
	guest->answered = true;
	guest->accepted = !(play->login & 1);
	vnc_server_answer_login(play->server, guest->id,
			guest->accepted ? NULL : "Wrong user name or password");
}

static void on_login(void *context, vnc_viewer_id viewer,
		const struct vnc_login *login)
{
	struct play *play = context;
	struct guest *guest = get_guest(play, viewer);

	FUZZ_CHECK(!guest->asked && !guest->joined);
	FUZZ_CHECK(login->peer);
	FUZZ_CHECK(is_offered(play->options->security, login));
	FUZZ_CHECK(!login->proved ||
			!(play->options->without & FUZZ_WITHOUT_PASSWORD));
	if (login->proof == VNC_PROOF_USER) {
		FUZZ_CHECK(strlen(login->user) <= VNC_USER_MAX_BYTES);
		FUZZ_CHECK(strlen(login->secret) <= VNC_SECRET_MAX_BYTES);
	}
	guest->asked = true;
	if (!(play->login & 2))
		answer(play, guest);
}

static void on_joined(void *context, vnc_viewer_id viewer, bool alone)
{
	struct play *play = context;
	struct guest *guest = get_guest(play, viewer);

	(void)alone;
	FUZZ_CHECK(guest->accepted ||
			play->options->without & FUZZ_WITHOUT_LOGIN);
	FUZZ_CHECK(!guest->joined);
	guest->joined = true;
	play->joined_n++;
}

static bool may(const struct play *play, enum vnc_message_kind kind)
{
	return !(play->may & 1u << (kind % 8));
}

static bool on_may(
		void *context, vnc_viewer_id viewer, enum vnc_message_kind kind)
{
	struct play *play = context;
	struct guest *guest = find_guest(play, viewer);

	FUZZ_CHECK(guest && guest->joined);
	FUZZ_CHECK(kind < VNC_MESSAGE_KINDS);
	return may(play, kind);
}

static void on_key(
		void *context, vnc_viewer_id viewer, const struct vnc_key *key)
{
	struct play *play = context;
	struct guest *guest = find_guest(play, viewer);

	(void)key;
	FUZZ_CHECK(guest && guest->joined);
	FUZZ_CHECK(may(play, VNC_MESSAGE_KEY));
}

static void on_pointer(void *context, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer)
{
	struct play *play = context;
	struct guest *guest = find_guest(play, viewer);

	FUZZ_CHECK(guest && guest->joined);
	FUZZ_CHECK(may(play, VNC_MESSAGE_POINTER));
	FUZZ_CHECK(pointer->x_px < pointer->width_px);
	FUZZ_CHECK(pointer->y_px < pointer->height_px);
	FUZZ_CHECK(pointer->wheel >= -1 && pointer->wheel <= 1);
}

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	struct play *play = context;
	struct guest *guest = find_guest(play, viewer);

	FUZZ_CHECK(guest && why);
	if (guest->joined)
		play->joined_n--;
	*guest = (struct guest){0};
}

/* ---- life -------------------------------------------------------------------
 */

/* A name that the kernel finds, and that no file has. */
static int open_listener(struct play *play)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	play->address.sun_family = AF_UNIX;
	play->address_bytes = sizeof(play->address);
	FUZZ_CHECK(fd != -1);
	FUZZ_CHECK(bind(fd, (struct sockaddr *)&play->address,
				   sizeof(sa_family_t)) == 0);
	FUZZ_CHECK(getsockname(fd, (struct sockaddr *)&play->address,
				   &play->address_bytes) == 0);
	FUZZ_CHECK(listen(fd, VIEWERS) == 0);
	return fd;
}

static void show(struct play *play, struct video_frame *frame)
{
	bool changed;

	video_frame_unref(play->frame);
	play->frame = frame;
	FUZZ_CHECK(video_screen_show(play->screen, frame, &changed) == 0);
	if (play->server)
		vnc_server_screen_changed(play->server);
}

static const struct vnc_server_handler handlers[2] = {
		{
				.watched = on_watched,
				.login = on_login,
				.joined = on_joined,
				.may = on_may,
				.key = on_key,
				.pointer = on_pointer,
				.left = on_left,
		},
		/* Who asks nobody lets in whoever has proved something. */
		{
				.watched = on_watched,
				.joined = on_joined,
				.may = on_may,
				.key = on_key,
				.pointer = on_pointer,
				.left = on_left,
		},
};

static void open_play(
		struct play *play, const struct fuzz_server_options *options)
{
	bool without_login = options->without & FUZZ_WITHOUT_LOGIN;
	struct vnc_server_options server = {
			.name = "fuzz",
			.listen_fd = open_listener(play),
			.security = options->security,
			.tls = options->security & WITH_TLS
					? fuzz_tls_get_server(!(
							  options->without &
							  FUZZ_WITHOUT_CERTIFICATE))
					: NULL,
			.viewers_max = VIEWERS - 1,
	};

	log_set_level((enum log_level) - 1);
	if (!(options->without & FUZZ_WITHOUT_PASSWORD))
		memcpy(server.password, "fuzz", 4);
	fuzz_clock_reset();
	fuzz_chance_fail(false);
	play->options = options;
	for (size_t i = 0; i < VIEWERS; i++)
		play->viewer[i].fd = -1;
	FUZZ_CHECK(sd_event_new(&play->event) >= 0);
	FUZZ_CHECK(core_workers_create(&play->workers, play->event, 1) == 0);
	FUZZ_CHECK(core_workers_create(&play->library, play->event, 1) == 0);
	FUZZ_CHECK(video_screen_create(&play->screen, core_simd_best()) == 0);
	show(play, fuzz_picture_create(0));
	FUZZ_CHECK(vnc_server_create(&play->server, play->event, play->workers,
				   play->library, play->screen, &server,
				   &handlers[without_login], play) == 0);
	fuzz_chance_fail(options->without & FUZZ_WITHOUT_CHANCE);
}

static void close_play(struct play *play)
{
	fuzz_memory_fail(0, false);
	vnc_server_destroy(play->server);
	core_workers_destroy(play->workers);
	core_workers_destroy(play->library);
	video_screen_destroy(play->screen);
	video_frame_unref(play->frame);
	sd_event_unref(play->event);
}

/* ---- viewers ----------------------------------------------------------------
 */

static void hang_up(struct viewer *viewer)
{
	fuzz_tls_destroy(viewer->tls);
	if (viewer->fd != -1)
		close(viewer->fd);
	*viewer = (struct viewer){.fd = -1};
}

static ssize_t viewer_send(
		struct viewer *viewer, const uint8_t *bytes, size_t size)
{
	if (viewer->tls)
		return fuzz_tls_send(viewer->tls, bytes, size);
	return send(viewer->fd, bytes, size, MSG_NOSIGNAL);
}

static ssize_t viewer_receive(
		struct viewer *viewer, uint8_t *bytes, size_t size)
{
	if (viewer->tls)
		return fuzz_tls_receive(viewer->tls, bytes, size);
	return recv(viewer->fd, bytes, size, 0);
}

/* What looks like a fence that asks for an answer gets it. */
static void answer_fences(struct viewer *viewer, uint8_t *bytes, size_t size)
{
	static const uint8_t asks[6] = {248, 0, 0, 0, 0x80};
	uint8_t *fence = memmem(bytes, size, asks, sizeof(asks));

	while (fence) {
		size_t left = size - (size_t)(fence - bytes);
		size_t length = left >= 9 ? 9u + fence[8] : SIZE_MAX;

		if (length <= left) {
			fence[4] = 0;
			viewer_send(viewer, fence, length);
		}
		fence = memmem(fence + 1, left - 1, asks, sizeof(asks));
	}
}

/* What it is sent is thrown away; whether there was any. */
static bool listen_to_server(struct play *play, struct viewer *viewer)
{
	static uint8_t bytes[1 << 16];
	bool any = false;
	ssize_t got;

	while (viewer->fd != -1 &&
			(got = viewer_receive(viewer, bytes, sizeof(bytes))) >
					0) {
		any = true;
		if (!play->without_fences)
			answer_fences(viewer, bytes, (size_t)got);
	}
	return any;
}

/* Until nothing happens any more. */
static void run(struct play *play)
{
	unsigned turns = 0;
	bool busy;

	do {
		busy = sd_event_run(play->event, 0) > 0;
		busy |= inline_workers_turn(play->workers);
		busy |= inline_workers_turn(play->library);
		for (size_t i = 0; i < VIEWERS && !play->deaf; i++)
			busy |= listen_to_server(play, &play->viewer[i]);
		FUZZ_CHECK(turns++ < TURNS_MAX);
	} while (busy);
	FUZZ_CHECK(play->watched == (play->joined_n > 0));
	FUZZ_CHECK(play->joined_n <= VIEWERS - 1);
}

/* All of it, unless the server takes no more or has hung up. */
static void say(struct play *play, const uint8_t *bytes, size_t size)
{
	struct viewer *viewer = &play->viewer[play->speaker];

	while (size > 0 && !viewer->shut) {
		ssize_t sent = viewer_send(viewer, bytes, size);

		if (sent <= 0)
			return;
		bytes += sent;
		size -= (size_t)sent;
		run(play);
	}
}

static void connect_viewer(struct play *play)
{
	struct viewer *viewer = &play->viewer[play->speaker];

	if (viewer->fd != -1)
		return;
	viewer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FUZZ_CHECK(viewer->fd != -1);
	FUZZ_CHECK(connect(viewer->fd, (struct sockaddr *)&play->address,
				   play->address_bytes) == 0);
	FUZZ_CHECK(fcntl(viewer->fd, F_SETFL, O_NONBLOCK) == 0);
	run(play);
	say(play, play->options->greeting, play->options->greeting_bytes);
}

/* ---- commands ---------------------------------------------------------------
 */

static void answer_logins(struct play *play, uint8_t argument)
{
	play->login = argument;
	for (size_t i = 0; i < GUESTS; i++)
		if (play->guest[i].asked && !play->guest[i].joined)
			answer(play, &play->guest[i]);
}

static void set_title(struct play *play, uint8_t argument)
{
	char title[VNC_TITLE_MAX_BYTES + 1];

	memset(title, 'a' + argument % 26, sizeof(title));
	title[argument] = '\0';
	vnc_server_set_title(play->server, title);
}

static void shut(struct viewer *viewer)
{
	if (viewer->fd != -1)
		shutdown(viewer->fd, SHUT_WR);
	viewer->shut = true;
}

/* With a server that does not, or not so, it goes on without. */
static void start_tls(struct play *play, struct viewer *viewer, bool anonymous)
{
	bool deaf = play->deaf;
	struct fuzz_tls *tls;
	int rc = -EAGAIN;

	if (viewer->tls || viewer->fd == -1 || viewer->shut)
		return;
	fuzz_tls_create(&tls, viewer->fd, anonymous);
	play->deaf = true; /* what comes now is for TLS */
	for (unsigned i = 0; i < FLIGHTS_MAX && rc == -EAGAIN; i++) {
		rc = fuzz_tls_shake_hands(tls);
		run(play);
	}
	play->deaf = deaf;
	if (rc == 0)
		viewer->tls = tls;
	else
		fuzz_tls_destroy(tls);
}

static void draw(struct play *play, uint8_t command, uint8_t argument)
{
	if (command == FUZZ_TOUCH)
		show(play, fuzz_picture_touch(play->frame, argument));
	else if (command == FUZZ_SCROLL)
		show(play, fuzz_picture_scroll(play->frame, argument));
	else
		show(play, fuzz_picture_create(argument));
}

static void obey(struct play *play, uint8_t command, uint8_t argument)
{
	struct viewer *viewer = &play->viewer[play->speaker];

	fuzz_memory_fail(0, false);
	switch ((enum fuzz_command)command) {
	case FUZZ_TIME:
		fuzz_clock_pass(argument * 20 * CLOCK_US_PER_MS);
		break;
	case FUZZ_TOUCH:
	case FUZZ_SCROLL:
	case FUZZ_SHOW:
		draw(play, command, argument);
		break;
	case FUZZ_LEDS:
		vnc_server_set_leds(play->server, argument);
		break;
	case FUZZ_HOLD:
		vnc_server_set_held(play->server, argument & 1);
		break;
	case FUZZ_TITLE:
		set_title(play, argument);
		break;
	case FUZZ_DEAF:
		play->deaf = argument & 1;
		break;
	case FUZZ_FENCES:
		play->without_fences = argument & 1;
		break;
	case FUZZ_VIEWER:
		play->speaker = argument % VIEWERS;
		break;
	case FUZZ_HANG_UP:
		hang_up(viewer);
		break;
	case FUZZ_SHUT:
		shut(viewer);
		break;
	case FUZZ_EXPEL:
		vnc_server_close_viewer(play->server,
				play->guest[argument % VIEWERS].id, "expelled");
		break;
	case FUZZ_LOGIN:
		answer_logins(play, argument);
		break;
	case FUZZ_MAY:
		play->may = argument;
		break;
	case FUZZ_MEMORY:
		fuzz_memory_fail(argument, false);
		return;
	case FUZZ_TLS:
		start_tls(play, viewer, argument & 1);
		break;
	}
	run(play);
}

/* Bytes up to the next command. */
static size_t plain_bytes(const struct fuzz_input *input)
{
	static const uint8_t begin[2] = {FUZZ_COMMAND_0, FUZZ_COMMAND_1};
	const uint8_t *found = input->size > 0
			? memmem(input->bytes, input->size, begin,
					  sizeof(begin))
			: NULL;

	return found ? (size_t)(found - input->bytes) : input->size;
}

void fuzz_server_play(const struct fuzz_server_options *options,
		struct fuzz_input *input)
{
	struct play play = {.may = 0};

	open_play(&play, options);
	while (input->size > 0) {
		size_t size = plain_bytes(input);
		const uint8_t *bytes = fuzz_take(input, &size);

		connect_viewer(&play);
		say(&play, bytes, size);
		if (input->size == 0)
			break;
		fuzz_take_u16(input);
		size = fuzz_take_u8(input);
		obey(&play, (uint8_t)size, fuzz_take_u8(input));
	}
	for (size_t i = 0; i < VIEWERS; i++)
		hang_up(&play.viewer[i]);
	run(&play);
	close_play(&play);
}
