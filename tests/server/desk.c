/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/server/desk.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* The clock of the typists under test. */
static uint64_t now_us = 1000000;

static uint64_t get_now_us(void)
{
	return now_us;
}

void desk_wait(uint64_t us)
{
	now_us += us;
}

static int open_function(void *context, enum hid_function function)
{
	struct desk *desk = context;
	int fd = desk->gadget[function];

	desk->gadget[function] = -1;
	return fd == -1 ? -ENODEV : fd;
}

static void ignore_state(void *context, enum hid_state state)
{
	(void)context;
	(void)state;
}

static void ignore_leds(void *context, uint8_t leds)
{
	(void)context;
	(void)leds;
}

static const struct hid_input_handler handler = {
		.open = open_function,
		.state = ignore_state,
		.leds = ignore_leds,
};

static enum server_role role_of(void *context, vnc_viewer_id viewer)
{
	(void)context;
	(void)viewer;
	return SERVER_ROLE_OPERATOR;
}

static void on_lost(void *context)
{
	struct desk *desk = context;

	server_typist_release(desk->typist);
}

static void ignore_change(
		void *context, const struct server_turn_change *change)
{
	(void)context;
	(void)change;
}

static const struct server_turn_handler turn_handler = {
		.role = role_of,
		.lost = on_lost,
		.changed = ignore_change,
};

void desk_settle(struct desk *desk)
{
	while (sd_event_run(desk->event, 0) > 0)
		;
}

size_t desk_read_newest(struct desk *desk, enum hid_function function,
		uint8_t report[16])
{
	uint8_t packet[16] = {0};
	size_t reports_n = 0;
	ssize_t length;

	desk_settle(desk);
	memset(report, 0, 16);
	while ((length = recv(desk->host[function], packet, sizeof(packet),
				MSG_DONTWAIT)) > 0) {
		memcpy(report, packet, sizeof(packet));
		reports_n++;
	}
	return reports_n;
}

bool desk_read_keyboard(
		struct desk *desk, uint8_t report[HID_KEYBOARD_REPORT_BYTES])
{
	return recv(desk->host[HID_FUNCTION_KEYBOARD], report,
			       HID_KEYBOARD_REPORT_BYTES,
			       MSG_DONTWAIT) == HID_KEYBOARD_REPORT_BYTES;
}

/* Each keyboard report since the last call as "modifiers:key key" text. */
static const char *read_keys(struct desk *desk, char text[512])
{
	uint8_t packet[HID_KEYBOARD_REPORT_BYTES];
	size_t used = 0;

	desk_settle(desk);
	text[0] = '\0';
	while (desk_read_keyboard(desk, packet)) {
		used += (size_t)snprintf(text + used, 512 - used,
				"%s%02x:", used ? " " : "", packet[0]);
		for (int i = 2; i < HID_KEYBOARD_REPORT_BYTES; i++)
			if (packet[i])
				used += (size_t)snprintf(text + used,
						512 - used, "%02x", packet[i]);
	}
	return text;
}

static int set_up(void **state, enum config_control control,
		struct server_typist_options options)
{
	static struct desk desk;
	uint8_t report[16];
	char text[512];

	assert_true(sd_event_new(&desk.event) >= 0);
	for (int i = 0; i < HID_FUNCTIONS; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX,
						 SOCK_SEQPACKET | SOCK_NONBLOCK,
						 0, pair),
				0);
		desk.gadget[i] = pair[0];
		desk.host[i] = pair[1];
	}
	assert_int_equal(hid_input_create(&desk.input, desk.event, "rack1",
					 &handler, &desk),
			0);
	assert_int_equal(server_turn_create(&desk.turn, control, get_now_us,
					 &turn_handler, &desk),
			0);
	options.name = "rack1";
	options.now_us = get_now_us;
	options.turn = desk.turn;
	assert_int_equal(server_typist_create(
					 &desk.typist, desk.input, &options),
			0);
	read_keys(&desk, text); /* whatever the start says */
	desk_read_newest(&desk, HID_FUNCTION_ABSOLUTE, report);
	desk_read_newest(&desk, HID_FUNCTION_RELATIVE, report);
	*state = &desk;
	return 0;
}

int desk_set_up(void **state)
{
	return set_up(state, CONFIG_CONTROL_IDLE,
			(struct server_typist_options){
					.pointer = SERVER_POINTER_ABSOLUTE});
}

int desk_set_up_relative(void **state)
{
	return set_up(state, CONFIG_CONTROL_IDLE,
			(struct server_typist_options){
					.pointer = SERVER_POINTER_RELATIVE});
}

int desk_set_up_seize(void **state)
{
	return set_up(state, CONFIG_CONTROL_SEIZE,
			(struct server_typist_options){
					.pointer = SERVER_POINTER_ABSOLUTE});
}

int desk_set_up_with(void **state, void (*interrupted)(void *context),
		void (*pasted)(void *context, vnc_viewer_id viewer),
		void *context)
{
	return set_up(state, CONFIG_CONTROL_IDLE,
			(struct server_typist_options){
					.interrupted = interrupted,
					.pasted = pasted,
					.context = context});
}

int desk_tear_down(void **state)
{
	struct desk *desk = *state;

	server_typist_destroy(desk->typist);
	server_turn_destroy(desk->turn);
	hid_input_destroy(desk->input);
	for (int i = 0; i < HID_FUNCTIONS; i++)
		close(desk->host[i]);
	sd_event_unref(desk->event);
	return 0;
}

void desk_key(struct desk *desk, vnc_viewer_id viewer, uint32_t keysym,
		uint32_t xt_code, bool down)
{
	const struct vnc_key event = {keysym, xt_code, down, 0};

	server_typist_key(desk->typist, viewer, &event);
}

void desk_assert_keys(struct desk *desk, const char *expected)
{
	char text[512];

	assert_string_equal(read_keys(desk, text), expected);
}
