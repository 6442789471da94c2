/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/desk.h"
#include "vnc/figures.h"

static void forbid(struct desk *desk, enum vnc_message_kind kind)
{
	desk->forbidden |= 1U << kind;
}

static void forbidden_input_is_not_heard(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client = desk_join(rig, desk);
	size_t before = rig->events_n;

	forbid(desk, VNC_MESSAGE_KEY);
	forbid(desk, VNC_MESSAGE_POINTER);
	client_send_key(client, 'a', true);
	client_send_pointer(client, 1, 1, 1);
	client_sync(client);
	assert_int_equal(rig->events_n, before);
	assert_int_equal(vnc_server_get_figures(rig->server)->forbidden, 2);
	desk->forbidden = 0;
	client_send_key(client, 'a', true);
	client_sync(client);
	assert_int_equal(rig->events_n, before + 1);
	assert_int_equal(vnc_server_get_figures(rig->server)->forbidden, 2);
	client_close(client);
}

static void forbidden_requests_get_nothing(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client = desk_join(rig, desk);
	struct client_message message;

	forbid(desk, VNC_MESSAGE_UPDATE_REQUEST);
	client_request_all(client, false);
	client_expect_silence(client);
	desk->forbidden = 0;
	client_request_all(client, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

static void forbidden_fences_are_not_echoed(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client = desk_join(rig, desk);

	forbid(desk, VNC_MESSAGE_FENCE);
	client_send_fence(client, 0x80000000, "x", 1);
	client_send_key(client, 'a', true);
	rig_run_until_heard(rig, rig->events_n + 1);
	desk->forbidden = 0;
	client_expect_silence(client);
	client_close(client);
}

static void forbidden_encodings_change_nothing(void **state)
{
	static const uint8_t bgr233[16] = {
			8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6};
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client = desk_join(rig, desk);
	struct client_message message;

	forbid(desk, VNC_MESSAGE_SET_ENCODINGS);
	forbid(desk, VNC_MESSAGE_SET_PIXEL_FORMAT);
	CLIENT_SET(client, TIGHT, NAME);
	client_set_pixel_format(client, bgr233);
	client->bytes_per_pixel = 4;
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_non_null(client_find(&message, RAW));
	assert_null(client_find(&message, NAME));
	client_expect_picture(client);
	client_close(client);
}

static void cut_text_comes_in_pieces(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client = desk_join(rig, desk);

	client_send(client, "\6\0\0\0\0\0\0\5he", 10);
	client_send(client, "llo", 3);
	client_sync(client);
	assert_int_equal(desk->cut_whole, 5);
	assert_int_equal(desk->cut_n, 5);
	assert_memory_equal(desk->cut, "hello", 5);
	/* an extended clipboard, which is no text; the next one is */
	client_send(client, "\6\0\0\0\377\377\377\373xxxxx", 13);
	client_send(client, "\6\0\0\0\0\0\0\1a", 9);
	client_sync(client);
	assert_int_equal(desk->cut_whole, 1);
	assert_memory_equal(desk->cut, "a", 1);
	client_close(client);
}

/* Its text is skipped all the same, and the next message is read. */
static void forbidden_text_is_skipped(void **state)
{
	struct rig *rig = *state;
	struct desk *desk = desk_open(rig, VNC_SECURITY_NONE);
	struct client *client = desk_join(rig, desk);

	forbid(desk, VNC_MESSAGE_CUT_TEXT);
	client_send(client, "\6\0\0\0\0\0\0\5hello", 13);
	client_sync(client);
	assert_int_equal(desk->cut_whole + desk->cut_n, 0);
	client_close(client);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, rig_set_up, desk_close)
	const struct CMUnitTest tests[] = {
			test(forbidden_input_is_not_heard),
			test(forbidden_requests_get_nothing),
			test(forbidden_fences_are_not_echoed),
			test(forbidden_encodings_change_nothing),
			test(cut_text_comes_in_pieces),
			test(forbidden_text_is_skipped),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
