/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture/demo.h"
#include "capture/v4l2.h"
#include "core/clock.h"
#include "core/log.h"
#include "hid-gadget/gadget.h"
#include "server/secret.h"
#include "video/screen.h"
#include "video/text.h"

/* Before the first signal. */
#define CARD_WIDTH_PX 1024
#define CARD_HEIGHT_PX 768

/* How long a new viewer waits for a fresh frame before it is told why not. */
#define FIRST_FRAME_US UINT64_C(1500000)

struct server_target {
	const struct config_target *config;
	const struct server_shared *shared;
	struct video_screen *screen;
	struct hid_input *input;
	struct server_typist *typist;
	struct vnc_server *vnc;
	struct capture_source *source;
	sd_event_source *first_frame_timer;
	uint64_t since_us;
	struct core_histogram damage;
	bool held;          /* viewers wait for a fresh frame */
	time_t state_began; /* wall clock, for people */
	enum capture_state state;
	int cable_fd[HID_FUNCTIONS]; /* our ends of the source's; -1: used */
};

/* ---- the picture ----------------------------------------------------------
 */

static void show(struct server_target *target, struct video_frame *frame)
{
	uint64_t began_us = clock_now_us();
	bool changed;

	if (video_screen_show(target->screen, frame, &changed) < 0)
		return; /* a frame that is no frame: the source has said so */
	core_histogram_add(&target->damage, clock_now_us() - began_us);
	if (changed && target->vnc)
		vnc_server_screen_changed(target->vnc);
}

static void set_held(struct server_target *target, bool held)
{
	target->held = held;
	if (target->vnc)
		vnc_server_set_held(target->vnc, held);
	sd_event_source_set_enabled(target->first_frame_timer, SD_EVENT_OFF);
}

/* The size in which a card is drawn: of the signal, else of the last picture.
 */
static void card_size(const struct server_target *target,
		const struct capture_status *status, uint32_t *width_px,
		uint32_t *height_px)
{
	if (status && status->state == CAPTURE_STATE_OK && status->width_px) {
		*width_px = status->width_px;
		*height_px = status->height_px;
		return;
	}
	video_screen_get_size(target->screen, width_px, height_px);
	if (*width_px == 0) {
		*width_px = CARD_WIDTH_PX;
		*height_px = CARD_HEIGHT_PX;
	}
}

/* Draw the reason why there is no picture, since when, and whose it is. */
static int show_card(struct server_target *target, const char *heading,
		const char *detail)
{
	const struct capture_status *status = target->source
			? capture_source_get_status(target->source)
			: NULL;
	char since[64] = "";
	const char *const lines[VIDEO_CARD_LINES] = {
			target->config->name, since, detail};
	struct video_frame *frame;
	uint32_t width_px, height_px;
	struct tm local;
	int rc;

	localtime_r(&target->state_began, &local);
	strftime(since, sizeof(since), "since %Y-%m-%d %H:%M:%S", &local);
	card_size(target, status, &width_px, &height_px);
	rc = video_card_create(&frame, width_px, height_px, heading, lines);
	if (rc < 0) {
		log_error_errno(rc, "%s: cannot draw a message",
				target->config->name);
		return rc;
	}
	show(target, frame);
	video_frame_unref(frame);
	return 0;
}

static void show_state(struct server_target *target)
{
	const struct capture_status *status =
			capture_source_get_status(target->source);

	if (status->state == CAPTURE_STATE_OK)
		show_card(target, "waiting for the first frame", "");
	else
		show_card(target, capture_state_text(status->state),
				status->detail);
}

static void on_frame(void *context, struct video_frame *frame)
{
	struct server_target *target = context;

	show(target, frame);
	if (target->held)
		set_held(target, false);
}

static void on_status(void *context, const struct capture_status *status)
{
	struct server_target *target = context;

	if (status->state != target->state) {
		target->state = status->state;
		target->state_began = time(NULL);
	}
	if (!target->source)
		return; /* still being created */
	if (status->state != CAPTURE_STATE_OK) {
		show_state(target);
		set_held(target, false);
	} else if (target->vnc &&
			!vnc_server_list_viewers(target->vnc, NULL, 0)) {
		show_state(target); /* whoever comes next finds the right size
				     */
	}
}

static int on_first_frame_late(
		sd_event_source *source, uint64_t now_us, void *userdata)
{
	struct server_target *target = userdata;

	(void)source;
	(void)now_us;
	show_state(target);
	set_held(target, false);
	return 0;
}

static const struct capture_handler capture_handler = {
		.frame = on_frame,
		.status = on_status,
};

/* ---- viewers --------------------------------------------------------------
 */

/*
 * The picture of an unwatched target is old. A viewer that takes only one (a
 * snapshot) must not get that one, so all wait for the first fresh frame.
 */
static void on_watched(void *context, bool watched)
{
	struct server_target *target = context;
	const struct capture_status *status =
			capture_source_get_status(target->source);

	if (watched && status->state == CAPTURE_STATE_OK) {
		set_held(target, true);
		sd_event_source_set_time(target->first_frame_timer,
				clock_now_us() + FIRST_FRAME_US);
		sd_event_source_set_enabled(
				target->first_frame_timer, SD_EVENT_ONESHOT);
	}
	capture_source_set_watched(target->source, watched);
	if (!watched) {
		set_held(target, false);
		show_state(target); /* lets go of the source's buffer */
	}
}

static void on_key(
		void *context, vnc_viewer_id viewer, const struct vnc_key *key)
{
	struct server_target *target = context;

	server_typist_key(target->typist, viewer, key);
}

static void on_pointer(void *context, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer)
{
	struct server_target *target = context;

	server_typist_point(target->typist, viewer, pointer);
}

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	struct server_target *target = context;

	(void)why;
	server_typist_leave(target->typist, viewer);
}

static const struct vnc_server_handler vnc_handler = {
		.watched = on_watched,
		.key = on_key,
		.pointer = on_pointer,
		.left = on_left,
};

/* ---- keyboard and pointers ------------------------------------------------
 */

/* The far end has one life, so the descriptors can be had once. */
static int open_cable(void *context, enum hid_function function)
{
	struct server_target *target = context;
	int fd = target->cable_fd[function];

	target->cable_fd[function] = -1;
	return fd == -1 ? -ENODEV : fd;
}

static int open_gadget(void *context, enum hid_function function)
{
	struct server_target *target = context;

	return hid_gadget_open(target->config->name, function);
}

static void on_hid_state(void *context, enum hid_state state)
{
	struct server_target *target = context;

	log_info("%s: USB: %s", target->config->name, hid_state_text(state));
	if (target->typist &&
			(state == HID_STATE_ABSENT || state == HID_STATE_OFF))
		server_typist_release(target->typist);
}

static void on_leds(void *context, uint8_t leds)
{
	struct server_target *target = context;

	if (target->vnc)
		vnc_server_set_leds(target->vnc, leds);
}

static const struct hid_input_handler gadget_handler = {
		.open = open_gadget,
		.state = on_hid_state,
		.leds = on_leds,
};

static const struct hid_input_handler cable_handler = {
		.open = open_cable,
		.state = on_hid_state,
		.leds = on_leds,
};

/* ---- life -----------------------------------------------------------------
 */

/* Whose picture has no USB port of ours plugged in brings its own. */
static bool has_cable(const struct config_target *config)
{
	return config->capture.source == CONFIG_SOURCE_DEMO ||
			(config->capture.source == CONFIG_SOURCE_FILE &&
					!config->usb.enabled);
}

/* A cable between our HID functions and the USB host side of a source. */
static int create_cable(struct server_target *target, int host[HID_FUNCTIONS])
{
	for (int i = 0; i < HID_FUNCTIONS; i++) {
		int pair[2];

		if (socketpair(AF_UNIX,
				    SOCK_SEQPACKET | SOCK_NONBLOCK |
						    SOCK_CLOEXEC,
				    0, pair) == -1)
			return -errno;
		target->cable_fd[i] = pair[0];
		host[i] = pair[1];
	}
	return 0;
}

static int create_demo(
		struct server_target *target, const int host[HID_FUNCTIONS])
{
	struct capture_demo_options options = {
			.name = target->config->name,
			.keyboard_fd = host[HID_FUNCTION_KEYBOARD],
			.absolute_fd = host[HID_FUNCTION_ABSOLUTE],
			.relative_fd = host[HID_FUNCTION_RELATIVE],
	};

	return capture_demo_create(&target->source, target->shared->event,
			&options, &capture_handler, target);
}

struct capture_file_options server_target_file_options(
		const struct config_capture *config)
{
	return (struct capture_file_options){
			.path = config->file,
			.format = config->format,
			.colour = config->colour,
			.width_px = config->width_px,
			.height_px = config->height_px,
			.rate = config->rate,
			.keyboard_fd = -1,
			.absolute_fd = -1,
			.relative_fd = -1,
	};
}

static int create_file(
		struct server_target *target, const int host[HID_FUNCTIONS])
{
	struct capture_file_options options =
			server_target_file_options(&target->config->capture);

	options.name = target->config->name;
	options.keyboard_fd = host[HID_FUNCTION_KEYBOARD];
	options.absolute_fd = host[HID_FUNCTION_ABSOLUTE];
	options.relative_fd = host[HID_FUNCTION_RELATIVE];
	return capture_file_create(&target->source, target->shared->event,
			&options, &capture_handler, target);
}

static int create_v4l2(struct server_target *target)
{
	const struct config_capture *config = &target->config->capture;
	struct capture_v4l2_options options = {
			.name = target->config->name,
			.device = config->device,
			.subdevice = config->subdevice,
			.format = config->format,
			.edid = config->edid,
	};

	return capture_v4l2_create(&target->source, target->shared->event,
			target->shared->workers, &options, &capture_handler,
			target);
}

/* The source takes the far ends of the cable, if it is made at all. */
static int create_source(struct server_target *target)
{
	enum config_source source = target->config->capture.source;
	int host[HID_FUNCTIONS] = {-1, -1, -1};
	int rc = 0;

	if (has_cable(target->config))
		rc = create_cable(target, host);
	if (rc == 0 && source == CONFIG_SOURCE_DEMO)
		return create_demo(target, host);
	if (rc == 0 && source == CONFIG_SOURCE_FILE)
		return create_file(target, host);
	if (rc == 0)
		return create_v4l2(target);
	for (int i = 0; i < HID_FUNCTIONS; i++)
		if (host[i] != -1)
			close(host[i]);
	return rc;
}

static int create_input(struct server_target *target)
{
	const struct config_target *config = target->config;
	bool cable = has_cable(config);
	struct server_typist_options options = {
			.name = config->name,
			.pointer = config->usb.pointer ==
							CONFIG_POINTER_RELATIVE
					? SERVER_POINTER_RELATIVE
					: SERVER_POINTER_ABSOLUTE,
			.now_us = clock_now_us,
	};
	int rc = 0;

	if (cable || config->usb.enabled)
		rc = hid_input_create(&target->input, target->shared->event,
				config->name,
				cable ? &cable_handler : &gadget_handler,
				target);
	if (rc < 0)
		return rc;
	return server_typist_create(&target->typist, target->input, &options);
}

static int read_password(const struct config_target *config,
		char password[VNC_PASSWORD_BYTES])
{
	char why[SERVER_SECRET_WHY_BYTES];
	int rc;

	if (!config->vnc.password_file)
		return 0;
	rc = server_secret_read(config->vnc.password_file, password,
			VNC_PASSWORD_BYTES, why);
	if (rc < 0)
		log_error("%s: %s: %s", config->name, config->vnc.password_file,
				why);
	return rc;
}

static unsigned vnc_security(unsigned config)
{
	static const struct {
		enum config_security config;
		enum vnc_security vnc;
	} map[] = {
			{CONFIG_SECURITY_X509PLAIN, VNC_SECURITY_X509PLAIN},
			{CONFIG_SECURITY_X509VNC, VNC_SECURITY_X509VNC},
			{CONFIG_SECURITY_TLSPLAIN, VNC_SECURITY_TLSPLAIN},
			{CONFIG_SECURITY_TLSVNC, VNC_SECURITY_TLSVNC},
			{CONFIG_SECURITY_VNCAUTH, VNC_SECURITY_VNCAUTH},
			{CONFIG_SECURITY_PLAIN, VNC_SECURITY_PLAIN},
			{CONFIG_SECURITY_NONE, VNC_SECURITY_NONE},
	};
	unsigned security = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (config & map[i].config)
			security |= map[i].vnc;
	return security;
}

static int create_vnc(struct server_target *target, int listen_fd)
{
	const struct config_vnc *config = &target->config->vnc;
	struct vnc_server_options options = {
			.name = target->config->name,
			.listen = config->listen,
			.listen_fd = listen_fd,
			.security = vnc_security(config->security),
			.viewers_max = config->viewers_max,
			.doorkeeper = target->shared->doorkeeper,
	};
	int rc = read_password(target->config, options.password);

	if (rc == 0)
		rc = vnc_server_create(&target->vnc, target->shared->event,
				target->shared->workers,
				target->shared->library, target->screen,
				&options, &vnc_handler, target);
	explicit_bzero(options.password, sizeof(options.password));
	return rc;
}

int server_target_create(struct server_target **out,
		const struct server_shared *shared,
		const struct config_target *config, int listen_fd)
{
	struct server_target *target = calloc(1, sizeof(*target));
	int rc;

	*out = NULL;
	if (!target)
		return -ENOMEM;
	target->config = config;
	target->shared = shared;
	target->state = CAPTURE_STATE_NO_DEVICE;
	target->state_began = time(NULL);
	target->since_us = clock_now_us();
	for (int i = 0; i < HID_FUNCTIONS; i++)
		target->cable_fd[i] = -1;

	rc = sd_event_add_time(shared->event, &target->first_frame_timer,
			CLOCK_MONOTONIC, 0, 0, on_first_frame_late, target);
	if (rc < 0)
		goto fail;
	sd_event_source_set_enabled(target->first_frame_timer, SD_EVENT_OFF);
	rc = video_screen_create(&target->screen, core_simd_best());
	if (rc < 0)
		goto fail;
	video_screen_set_threshold(target->screen,
			(uint8_t)config->capture.damage_threshold);
	rc = create_source(target);
	if (rc < 0)
		goto fail;
	show_state(target);
	rc = create_input(target);
	if (rc < 0)
		goto fail;
	rc = create_vnc(target, listen_fd);
	if (rc < 0)
		goto fail;
	*out = target;
	return 0;

fail:
	log_error_errno(rc, "%s: cannot be served", config->name);
	server_target_destroy(target);
	return rc;
}

void server_target_destroy(struct server_target *target)
{
	if (!target)
		return;
	vnc_server_destroy(target->vnc);
	target->vnc = NULL; /* the parts below still call back */
	server_typist_destroy(target->typist);
	target->typist = NULL;
	hid_input_destroy(target->input);
	capture_source_destroy(target->source);
	video_screen_destroy(target->screen);
	sd_event_source_disable_unref(target->first_frame_timer);
	for (int i = 0; i < HID_FUNCTIONS; i++)
		if (target->cable_fd[i] != -1)
			close(target->cable_fd[i]);
	free(target);
}

const struct config_target *server_target_get_config(
		const struct server_target *target)
{
	return target->config;
}

void server_target_set_config(struct server_target *target,
		const struct config_target *config)
{
	char password[VNC_PASSWORD_BYTES] = {0};

	target->config = config;
	if (config->vnc.password_file && read_password(config, password) == 0)
		vnc_server_set_password(target->vnc, password);
	explicit_bzero(password, sizeof(password));
}

struct server_target_parts server_target_get_parts(
		const struct server_target *target)
{
	return (struct server_target_parts){
			.source = target->source,
			.input = target->input,
			.typist = target->typist,
			.vnc = target->vnc,
			.damage = &target->damage,
			.since_us = target->since_us,
	};
}
