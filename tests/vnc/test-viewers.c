/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/client.h"

static const struct rig_event *heard(struct rig *rig, size_t index)
{
	rig_run_until_heard(rig, index + 1);
	return &rig->events[index];
}

/* ---- coming and going -------------------------------------------------------
 */

static void first_and_last_are_told(void **state)
{
	struct rig *rig = *state;
	struct client *first, *second;
	vnc_viewer_id first_id, second_id;

	first = client_join(rig);
	assert_int_equal(heard(rig, 0)->kind, RIG_WATCHED);
	second = client_join(rig);
	client_send_key(first, 'a', true);
	first_id = heard(rig, 1)->viewer;
	client_send_key(second, 'b', true);
	second_id = heard(rig, 2)->viewer;
	assert_int_not_equal(first_id, 0);
	assert_int_not_equal(second_id, 0);
	assert_int_not_equal(first_id, second_id);

	client_close(first);
	assert_int_equal(heard(rig, 3)->kind, RIG_LEFT);
	assert_int_equal(heard(rig, 3)->viewer, first_id);
	client_close(second);
	assert_int_equal(heard(rig, 4)->kind, RIG_LEFT);
	assert_int_equal(heard(rig, 4)->viewer, second_id);
	assert_int_equal(heard(rig, 5)->kind, RIG_UNWATCHED);
	rig_run(rig);
	assert_int_equal(rig->events_n, 6);
}

static void strangers_are_not_told(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_connect(rig);

	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, "RFB 003.008\n\1", 13);
	client_close(client);
	client = client_join(rig); /* by now the other was seen to go */
	assert_int_equal(heard(rig, 0)->kind, RIG_WATCHED);
	client_close(client);
	assert_int_equal(heard(rig, 2)->kind, RIG_UNWATCHED);
	assert_int_equal(rig->events_n, 3);
}

static void viewers_are_listed(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);
	struct client *stranger = client_connect(rig);
	struct client_message message;
	struct vnc_viewer_info infos[2];

	client_expect(stranger, "RFB 003.008\n", 12);
	CLIENT_SET(client, 7, -26);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_int_equal(vnc_server_list_viewers(rig->server, infos, 2), 1);
	assert_int_not_equal(infos[0].id, 0);
	assert_memory_equal(infos[0].peer, "127.0.0.1:", 10);
	assert_string_equal(infos[0].encoding, "tight q6");
	assert_int_equal(infos[0].updates, 1);
	assert_true(infos[0].bytes_sent > 50);
	assert_int_equal(vnc_server_list_viewers(rig->server, NULL, 0), 1);
	client_close(client);
	client_close(stranger);
}

static void a_unix_socket_serves_too(void **state)
{
	struct rig *rig = *state;
	struct vnc_viewer_info info;
	struct client_message message;
	struct client *client;
	char folder[] = "/tmp/test-viewers-XXXXXX", text[64];

	assert_non_null(mkdtemp(folder));
	snprintf(text, sizeof(text), "unix:%s/vnc", folder);
	rig_stop(rig);
	assert_int_equal(core_address_parse(&rig->options.listen, text), 0);
	rig_start(rig);
	client = client_join(rig);
	client_request_all(client, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	vnc_server_list_viewers(rig->server, &info, 1);
	assert_string_equal(info.peer, "unix");
	assert_string_equal(info.encoding, "raw");
	client_close(client);
	rig_stop(rig);
	assert_int_equal(rmdir(folder), 0);
}

/* ---- input ------------------------------------------------------------------
 */

static void keys_are_passed_on(void **state)
{
	static const uint8_t qemu[] = {
			255, 0, 0, 0, 0, 0, 0xff, 0x61, 0, 0, 0, 0x54};
	struct rig *rig = *state;
	struct client *client = client_join(rig);

	client_send_key(client, 0xff0d, true);
	client_send(client, qemu, sizeof(qemu));
	assert_int_equal(heard(rig, 1)->kind, RIG_KEY);
	assert_int_equal(heard(rig, 1)->key.keysym, 0xff0d);
	assert_int_equal(heard(rig, 1)->key.xt_code, 0);
	assert_true(heard(rig, 1)->key.down);
	assert_int_equal(heard(rig, 2)->key.keysym, 0xff61);
	assert_int_equal(heard(rig, 2)->key.xt_code, 0x54);
	assert_false(heard(rig, 2)->key.down);
	client_close(client);
}

/* Each row: the mask, then the buttons and steps that come of it. */
static void wheels_turn_on_the_rising_edge(void **state)
{
	static const struct {
		uint8_t mask;
		uint8_t buttons;
		int8_t wheel;
		int8_t horizontal;
	} rows[] = {
			{0x01, VNC_BUTTON_LEFT, 0, 0},
			{0x05, VNC_BUTTON_LEFT | VNC_BUTTON_RIGHT, 0, 0},
			{0x0d, VNC_BUTTON_LEFT | VNC_BUTTON_RIGHT, 1, 0},
			{0x0d, VNC_BUTTON_LEFT | VNC_BUTTON_RIGHT, 0, 0},
			{0x05, VNC_BUTTON_LEFT | VNC_BUTTON_RIGHT, 0, 0},
			{0x0d, VNC_BUTTON_LEFT | VNC_BUTTON_RIGHT, 1, 0},
			{0x02, VNC_BUTTON_MIDDLE, 0, 0},
			{0x10, 0, -1, 0},
			{0x20, 0, 0, -1},
			{0x40, 0, 0, 1},
			{0x00, 0, 0, 0},
			{0x48, 0, 1, 1},
			{0x80, VNC_BUTTON_BACK, 0, 0},
			{0x00, 0, 0, 0},
	};
	struct rig *rig = *state;
	struct client *client = client_join(rig);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vnc_pointer *pointer;

		client_send_pointer(client, rows[i].mask, 10, 20);
		pointer = &heard(rig, i + 1)->pointer;
		assert_int_equal(pointer->buttons, rows[i].buttons);
		assert_int_equal(pointer->wheel, rows[i].wheel);
		assert_int_equal(pointer->horizontal_wheel, rows[i].horizontal);
		assert_int_equal(pointer->x_px, 10);
		assert_int_equal(pointer->y_px, 20);
	}
	client_close(client);
}

/* From the acknowledgement on, bit 7 marks a second byte. */
static void more_buttons_after_the_acknowledgement(void **state)
{
	static const struct {
		uint8_t second;
		uint8_t buttons;
	} rows[] = {{1, VNC_BUTTON_BACK}, {2, VNC_BUTTON_FORWARD},
			{3, VNC_BUTTON_BACK | VNC_BUTTON_FORWARD}, {0, 0}};
	struct rig *rig = *state;
	struct client *client = client_join(rig);
	struct client_message message;

	CLIENT_SET(client, 0, EXTENDED_BUTTONS);
	client_send_pointer(client, 0x80, 1, 1); /* listed, not answered */
	assert_int_equal(heard(rig, 1)->pointer.buttons, VNC_BUTTON_BACK);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_non_null(client_find(&message, EXTENDED_BUTTONS));
	for (size_t i = 0; i < 4; i++) {
		client_send_pointer(client, 0x81, 1, 1);
		client_send(client, &rows[i].second, 1);
		assert_int_equal(heard(rig, i + 2)->pointer.buttons,
				rows[i].buttons | VNC_BUTTON_LEFT);
	}
	client_send_pointer(client, 0x04, 1, 1);
	assert_int_equal(heard(rig, 6)->pointer.buttons, VNC_BUTTON_RIGHT);
	client_close(client);
}

static void the_pointer_stays_on_the_screen(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);

	client_send_pointer(client, 0, 65535, 65535);
	client_send_pointer(client, 0, RIG_WIDTH_PX, 0);
	client_send_pointer(client, 0, RIG_WIDTH_PX - 1, RIG_HEIGHT_PX - 1);
	for (size_t i = 1; i <= 3; i++) {
		const struct vnc_pointer *pointer = &heard(rig, i)->pointer;

		assert_int_equal(pointer->x_px, RIG_WIDTH_PX - 1);
		assert_int_equal(pointer->y_px, i == 2 ? 0 : RIG_HEIGHT_PX - 1);
		assert_int_equal(pointer->width_px, RIG_WIDTH_PX);
		assert_int_equal(pointer->height_px, RIG_HEIGHT_PX);
	}
	client_close(client);
}

/* A viewer points at what it sees, until it is told of another size. */
static void the_pointer_is_on_the_screen_that_was_told(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);
	struct client_message message;

	CLIENT_SET(client, 0, DESKTOP_SIZE);
	rig_show_noise(rig, 320, 200, 1);
	client_send_pointer(client, 0, 319, 199);
	assert_int_equal(heard(rig, 1)->pointer.width_px, RIG_WIDTH_PX);
	assert_int_equal(heard(rig, 1)->pointer.x_px, RIG_WIDTH_PX - 1);
	client_request_all(client, true);
	client_next_update(client, &message);
	client_send_pointer(client, 0, 319, 199);
	assert_int_equal(heard(rig, 2)->pointer.width_px, 320);
	assert_int_equal(heard(rig, 2)->pointer.x_px, 319);
	client_close(client);
}

/* ---- those who break off or lie ---------------------------------------------
 */

static void half_a_message_holds_nobody(void **state)
{
	struct rig *rig = *state;
	struct client *half = client_join(rig);
	struct client *other = client_join(rig);
	struct client_message message;

	client_send(half, "\4\1\0\0\0", 5);
	client_request_all(other, false);
	client_next_update(other, &message);
	client_expect_picture(other);
	assert_int_equal(rig->events_n, 1);
	client_send(half, "\0\0a", 3);
	assert_int_equal(heard(rig, 1)->key.keysym, 'a');
	client_close(half);
	client_close(other);
}

static void nonsense_ends_the_connection(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} cases[] = {
			{"\1", 1},
			{"\7", 1},                       /* file transfer */
			{"\372\1\1\2", 4},               /* xvp */
			{"\377\1\0\0", 4},               /* QEMU's audio */
			{"\2\0\377\377", 4},             /* 65535 encodings */
			{"\6\0\0\0\377\377\377\0", 8},   /* a text of -256 */
			{"\6\0\0\0\1\0\0\0", 8},         /* of 16 MiB */
			{"\370\0\0\0\200\0\0\0\101", 9}, /* a fence of 65 */
			{"\0\0\0\0\7\7\0\1\0\1\0\1\0\1\2\1\0\0\0\0", 20},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client *client = client_join(rig);

		client_send(client, cases[i].bytes, cases[i].size);
		if (i == 5) /* that one is short enough: it is skipped */
			for (size_t j = 0; j < 256; j++)
				client_send(client, "\1", 1);
		if (i == 5)
			client_sync(client);
		else
			client_expect_end(client);
		client_close(client);
	}
}

static void a_long_text_goes_by(void **state)
{
	static const uint8_t head[] = {6, 0, 0, 0, 0, 4, 0, 0};
	static const uint8_t text[256 << 10];
	struct client *client = client_join(*state);

	client_send(client, head, sizeof(head));
	client_send(client, text, sizeof(text));
	client_sync(client);
	client_close(client);
}

/* ---- those who stall --------------------------------------------------------
 */

/* A viewer that does not read is felt soon when its buffer is small. */
static struct client *join_and_stall(struct rig *rig)
{
	struct client *client = client_connect(rig);
	int size = 64 << 10;

	setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	client_shake_hands(client);
	CLIENT_SET(client, 0, DESKTOP_SIZE);
	for (unsigned i = 0; i < 8; i++)
		client_request_all(client, false);
	return client;
}

static uint64_t bytes_sent(struct rig *rig)
{
	struct vnc_viewer_info infos[2];

	vnc_server_list_viewers(rig->server, infos, 2);
	return infos[0].bytes_sent;
}

/* Its queue holds one picture; the others get theirs, and new sizes, at once.
 */
static void a_stalled_viewer_holds_nobody(void **state)
{
	struct rig *rig = *state;
	struct client *stalled, *other;
	struct client_message message;
	uint64_t stuck_bytes;

	rig_show_noise(rig, 1920, 1080, 1);
	stalled = join_and_stall(rig);
	other = client_join(rig);
	CLIENT_SET(other, 0, DESKTOP_SIZE);
	client_request_all(other, false);
	client_next_update(other, &message);
	client_expect_picture(other);
	stuck_bytes = bytes_sent(rig);
	assert_true(stuck_bytes < 1920 * 1080 * 4);

	for (uint32_t i = 0; i < 4; i++) {
		client_request_all(other, true);
		client_sync(other);
		rig_show_noise(rig, 320 + i * 32, 200, i);
		client_next_update(other, &message);
		assert_int_equal(message.rects[0].encoding, DESKTOP_SIZE);
		client_request_all(other, true);
		client_next_update(other, &message);
		client_expect_picture(other);
	}
	/* It has stood still, and the four sizes did not pile up behind. */
	client_next_update(stalled, &message);
	assert_int_equal(stalled->width_px, 1920);
	client_request_all(stalled, true);
	client_next_update(stalled, &message);
	assert_int_equal(message.rects[0].encoding, DESKTOP_SIZE);
	assert_int_equal(stalled->width_px, 320 + 3 * 32);
	client_request_all(stalled, true);
	client_next_update(stalled, &message);
	client_expect_picture(stalled);
	client_close(stalled);
	client_close(other);
}

static bool has_one_update(void *context)
{
	struct vnc_viewer_info info;

	vnc_server_list_viewers(((struct rig *)context)->server, &info, 1);
	return info.updates == 1;
}

/* Pictures shown to one that does not read are all let go again. */
static void a_viewer_that_never_reads_costs_one_update(void **state)
{
	struct rig *rig = *state;
	struct client *stalled;

	rig_show_noise(rig, 1920, 1080, 1);
	stalled = join_and_stall(rig);
	rig_run_until(rig, has_one_update, rig);
	for (uint32_t i = 0; i < 10; i++) {
		client_request_all(stalled, false);
		rig_show_noise(rig, 1920, 1080, i);
		rig_run_jobs(rig);
	}
	assert_true(has_one_update(rig));
	client_close(stalled);
}

static void a_viewer_that_takes_nothing_is_let_go(void **state)
{
	struct rig *rig = *state;
	struct client *stalled, *other;

	rig_stop(rig);
	rig->options.stall_us = 200 * CLOCK_US_PER_MS;
	rig_start(rig);
	other = client_join(rig);
	rig_show_noise(rig, 1920, 1080, 1);
	stalled = join_and_stall(rig);
	while (rig->lefts == 0)
		rig_run(rig);
	assert_int_equal(vnc_server_list_viewers(rig->server, NULL, 0), 1);
	client_sync(other); /* silent, but nothing waits for it */
	client_close(stalled);
	client_close(other);
}

/* Answers are small, but who never reads them could ask for many. */
static void asking_without_reading_ends(void **state)
{
	struct rig *rig = *state;
	struct client *client;

	rig_stop(rig);
	rig->options.stall_us = 3600 * CLOCK_US_PER_S;
	rig_start(rig);
	rig_show_noise(rig, 1920, 1080, 1);
	client = join_and_stall(rig);
	rig_run_until(rig, has_one_update, rig);
	for (unsigned i = 0; i < 8000 && rig->lefts == 0; i++) {
		client_send_fence(client, 0x80000000, "0123456789", 10);
		rig_run(rig);
	}
	assert_int_equal(rig->lefts, 1);
	client_close(client);
}

/* ---- caps -------------------------------------------------------------------
 */

static void too_many_viewers_are_turned_away(void **state)
{
	struct rig *rig = *state;
	struct client *first, *second, *third, *early;

	rig_stop(rig);
	rig->options.viewers_max = 2;
	rig_start(rig);
	early = client_connect(rig); /* comes in time, but is slow */
	client_expect(early, "RFB 003.008\n", 12);
	first = client_join(rig);
	second = client_join(rig);
	third = client_connect(rig);
	client_expect_end(third);
	assert_int_equal(third->input_used, 0);
	client_send(early, "RFB 003.008\n\1\1", 14);
	client_expect(early, "\1\1\0\0\0\1\0\0\0\42", 10);
	client_expect(early, "As many viewers as may be are here", 34);
	client_expect_end(early);
	assert_int_equal(vnc_server_list_viewers(rig->server, NULL, 0), 2);
	client_close(first);
	rig_run_until_heard(rig, 2);
	client_close(third);
	third = client_join(rig);
	client_close(early);
	client_close(second);
	client_close(third);
}

static void reconnecting_leaves_nothing_behind(void **state)
{
	struct rig *rig = *state;
	unsigned rounds = getenv("RACKHAND_TEST_FULL") ? 3000 : 300;
	unsigned fds = rig_open_fds();

	for (unsigned i = 0; i < rounds; i++) {
		struct client_message message;
		struct client *client = client_join(rig);

		if (i % 3 == 1)
			client_request_all(client, false);
		if (i % 3 == 2) {
			client_request_all(client, false);
			client_next_update(client, &message);
		}
		client_close(client);
	}
	while (rig->lefts < rounds)
		rig_run(rig);
	rig_run_jobs(rig);
	assert_int_equal(rig_open_fds(), fds);
	assert_int_equal(vnc_server_list_viewers(rig->server, NULL, 0), 0);
}

/* With viewers in every state, and an update being made. */
static void a_server_can_stop_at_any_time(void **state)
{
	struct rig *rig = *state;
	struct client *stranger = client_connect(rig);
	struct client *idle = client_join(rig);
	struct client *waiting = client_join(rig);

	rig_close_gate(rig);
	client_request_all(waiting, false);
	client_sync(waiting);
	rig_stop(rig);
	rig_open_gate(rig);
	client_expect_end(stranger);
	client_expect_end(idle);
	client_expect_end(waiting);
	assert_int_equal(rig->lefts, 0);
	client_close(stranger);
	client_close(idle);
	client_close(waiting);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(first_and_last_are_told),
			test(strangers_are_not_told),
			test(viewers_are_listed),
			test(a_unix_socket_serves_too),
			test(keys_are_passed_on),
			test(wheels_turn_on_the_rising_edge),
			test(more_buttons_after_the_acknowledgement),
			test(the_pointer_stays_on_the_screen),
			test(the_pointer_is_on_the_screen_that_was_told),
			test(half_a_message_holds_nobody),
			test(nonsense_ends_the_connection),
			test(a_long_text_goes_by),
			test(a_stalled_viewer_holds_nobody),
			test(a_viewer_that_never_reads_costs_one_update),
			test(a_viewer_that_takes_nothing_is_let_go),
			test(asking_without_reading_ends),
			test(too_many_viewers_are_turned_away),
			test(reconnecting_leaves_nothing_behind),
			test(a_server_can_stop_at_any_time),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
