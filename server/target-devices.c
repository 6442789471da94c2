/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/target-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/demo.h"
#include "capture/v4l2.h"
#include "core/clock.h"
#include "core/log.h"
#include "hid-gadget/gadget.h"

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
	server_target_say_changed(target);
	if (target->typist &&
			(state == HID_STATE_ABSENT || state == HID_STATE_OFF)) {
		server_target_stop_typing(target, SERVER_TYPING_GONE);
		server_typist_release(target->typist);
	}
}

static void on_leds(void *context, uint8_t leds)
{
	struct server_target *target = context;

	if (target->typing) {
		server_typing_set_leds(target->typing, leds);
		/* what paces a text is nobody's business */
		target->leds_untold = server_typing_is_active(target->typing);
		if (target->leds_untold)
			return;
	}
	server_target_say_changed(target);
	if (target->vnc)
		vnc_server_set_leds(target->vnc, leds);
}

static void on_told(void *context)
{
	struct server_target *target = context;

	if (target->typing)
		server_typing_told(target->typing);
}

static const struct hid_input_handler gadget_handler = {
		.open = open_gadget,
		.state = on_hid_state,
		.leds = on_leds,
		.told = on_told,
};

static const struct hid_input_handler cable_handler = {
		.open = open_cable,
		.state = on_hid_state,
		.leds = on_leds,
		.told = on_told,
};

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
			.keyboard = target->config->keyboard.layout,
			.keyboard_fd = host[HID_FUNCTION_KEYBOARD],
			.absolute_fd = host[HID_FUNCTION_ABSOLUTE],
			.relative_fd = host[HID_FUNCTION_RELATIVE],
	};

	return capture_demo_create(&target->source, target->shared->event,
			&options, &server_target_capture_handler, target);
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
			&options, &server_target_capture_handler, target);
}

static int create_v4l2(struct server_target *target)
{
	const struct config_capture *config = &target->config->capture;
	struct capture_edid chosen;
	struct capture_v4l2_options options = {
			.name = target->config->name,
			.device = config->device,
			.subdevice = config->subdevice,
			.format = config->format,
			.edid = config->edid,
	};

	if (server_choices_find_edid(target->shared->choices,
			    target->config->name, config->edid, &chosen))
		options.chosen = &chosen;
	return capture_v4l2_create(&target->source, target->shared->event,
			target->shared->workers, &options,
			&server_target_capture_handler, target);
}

/* The source takes the far ends of the cable, if it is made at all. */
int server_target_create_source(struct server_target *target)
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

int server_target_create_input(struct server_target *target)
{
	const struct config_target *config = target->config;
	bool cable = has_cable(config);
	struct server_typist_options options = {
			.name = config->name,
			.pointer = config->usb.pointer ==
							CONFIG_POINTER_RELATIVE
					? SERVER_POINTER_RELATIVE
					: SERVER_POINTER_ABSOLUTE,
			.turn = target->turn,
			.now_us = clock_now_us,
			.interrupted = server_target_interrupt_typing,
			.pasted = server_target_paste,
			.context = target,
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

int server_target_set_edid(
		struct server_target *target, const struct capture_edid *edid)
{
	return capture_source_set_edid(target->source, edid);
}

int server_target_keep_edid(struct server_target *target,
		const struct capture_edid *edid, server_json_file_saved *saved,
		void *context)
{
	return server_choices_put_edid(target->shared->choices,
			target->config->name, target->config->capture.edid,
			edid, saved, context);
}
