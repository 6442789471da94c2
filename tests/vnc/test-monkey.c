/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "tests/vnc/client.h"
#include "tests/vnc/picture.h"

/*
 * Viewers that say anything that can be said, in any order, while the screen
 * changes under them. Nothing is asserted of what they are sent; the server
 * must live, leak nothing, and still serve a viewer that behaves. Seeds are
 * fixed; whether an update was ready before the next message is not.
 */
#define MONKEYS 4

static uint32_t pick(uint32_t *random, uint32_t n)
{
	return picture_random(random) % n;
}

static void say_pixel_format(struct client *client, uint32_t *random)
{
	static const uint8_t formats[][16] = {
			{32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0},
			{32, 24, 1, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16},
			{32, 30, 0, 1, 3, 255, 3, 255, 3, 255, 20, 10, 0},
			{16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0},
			{8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6},
			{8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	};

	client_set_pixel_format(client, formats[pick(random, 6)]);
}

static void say_encodings(struct client *client, uint32_t *random)
{
	static const int32_t numbers[] = {RAW, 1, 2, 4, 5, 6, TIGHT, ZRLE, 21,
			50, QUALITY_6, -247, EXTENDED_SIZE, CURSOR, QEMU_KEY,
			QEMU_LEDS, NAME, FENCE, CONTINUOUS, EXTENDED_BUTTONS,
			VMWARE_LEDS, -224, -309, -1063131698, INT32_MIN};
	int32_t list[17];

	for (size_t i = 0; i < 16; i++)
		list[i] = numbers[pick(
				random, sizeof(numbers) / sizeof(numbers[0]))];
	list[16] = DESKTOP_SIZE;
	client_set_encodings(client, list, 17);
}

static void say_request(struct client *client, uint32_t *random)
{
	if (pick(random, 3) > 0)
		client_request(client, pick(random, 2), 0, 0, 4096, 4096);
	else
		client_request(client, pick(random, 2), pick(random, 300),
				pick(random, 300), pick(random, 300),
				pick(random, 300));
}

static void say_continuous(struct client *client, uint32_t *random)
{
	client_send_continuous(client, pick(random, 3) > 0, pick(random, 200),
			pick(random, 200), pick(random, 400),
			pick(random, 400));
}

static void say_fence(struct client *client, uint32_t *random)
{
	uint8_t payload[64] = {0};

	payload[0] = (uint8_t)pick(random, 16); /* maybe an echo */
	client_send_fence(client, pick(random, 2) ? 0x80000007 : 1, payload,
			pick(random, 2) ? 4 : (uint8_t)pick(random, 65));
}

static void say_input(struct client *client, uint32_t *random)
{
	client_send_key(client, pick(random, 65536), pick(random, 2));
	client_send_pointer(client, (uint8_t)pick(random, 128),
			pick(random, 65536), pick(random, 65536));
}

static void say_text(struct client *client, uint32_t *random)
{
	uint8_t bytes[8 + 32] = {
			6, 0, 0, 0, 0, 0, 0, (uint8_t)pick(random, 32)};

	client_send(client, bytes, 8U + bytes[7]);
}

static void say_size(struct client *client, uint32_t *random)
{
	uint8_t bytes[8 + 16 * 3] = {
			251, 0, 1, 2, 3, 4, (uint8_t)pick(random, 4), 0};

	client_send(client, bytes, 8U + 16U * bytes[6]);
}

static void say_something(struct client *client, uint32_t *random)
{
	static void (*const things[])(struct client *, uint32_t *) = {
			say_pixel_format, say_encodings, say_request,
			say_request, say_request, say_continuous, say_fence,
			say_input, say_text, say_size};

	things[pick(random, sizeof(things) / sizeof(things[0]))](
			client, random);
}

static void change_something(struct rig *rig, uint32_t *random)
{
	uint32_t width_px = rig->frame->layout.width_px;
	uint32_t height_px = rig->frame->layout.height_px;

	switch (pick(random, 8)) {
	case 0:
		rig_show(rig,
				picture_create(16 + pick(random, 300),
						16 + pick(random, 300),
						(enum picture_kind)pick(random,
								PICTURE_KINDS),
						picture_random(random)));
		return;
	case 1:
		vnc_server_set_leds(rig->server, (uint8_t)pick(random, 8));
		return;
	case 2:
		vnc_server_set_held(rig->server, pick(random, 2));
		return;
	default:
		rig_touch(rig, pick(random, width_px), pick(random, height_px));
	}
}

/* Take what came, most of the time. */
static void listen_a_little(struct client *client, uint32_t *random)
{
	uint8_t bytes[65536];

	while (pick(random, 8) > 0 &&
			recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT) >
					0)
		continue;
}

static void run_a_little(struct rig *rig, uint32_t *random)
{
	for (uint32_t turns = pick(random, 30); turns > 0; turns--)
		assert_true(sd_event_run(rig->event, 0) >= 0);
}

static void monkeys_do_no_harm(void **state)
{
	unsigned rounds = getenv("RACKHAND_TEST_FULL") ? 100000 : 4000;
	struct rig *rig = *state;
	struct client *monkeys[MONKEYS] = {0};
	struct client_message message;
	struct client *client;
	uint32_t random = 20;

	for (unsigned i = 0; i < rounds; i++) {
		uint32_t which = pick(&random, MONKEYS);

		if (monkeys[which] && pick(&random, 60) == 0) {
			client_close(monkeys[which]);
			monkeys[which] = NULL;
		}
		if (!monkeys[which])
			monkeys[which] = client_join(rig);
		say_something(monkeys[which], &random);
		change_something(rig, &random);
		run_a_little(rig, &random);
		listen_a_little(monkeys[which], &random);
	}
	vnc_server_set_held(rig->server, false);
	client = client_join(rig);
	client_request_all(client, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
	for (size_t i = 0; i < MONKEYS; i++)
		if (monkeys[i])
			client_close(monkeys[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(monkeys_do_no_harm,
					rig_set_up, rig_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
