/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/pseudo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/client.h"

/* ---- beside pictures --------------------------------------------------------
 */

static void extensions_are_acknowledged_once(void **state)
{
	static const int32_t all[] = {NAME, CURSOR, QEMU_KEY, EXTENDED_BUTTONS};
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, TIGHT, NAME, CURSOR, QEMU_KEY, EXTENDED_BUTTONS);
	client_request_all(client, false);
	client_next_update(client, &message);
	for (size_t i = 0; i < 4; i++) {
		const struct client_rect *rect = client_find(&message, all[i]);

		assert_non_null(rect);
		assert_int_equal(rect->width_px, 0);
		assert_int_equal(rect->height_px, 0);
	}
	assert_memory_equal(
			client_find(&message, NAME)->data, "\0\0\0\5rack1", 9);
	client_expect_picture(client);

	CLIENT_SET(client, TIGHT, NAME, CURSOR, QEMU_KEY, EXTENDED_BUTTONS);
	client_request_all(client, false);
	client_next_update(client, &message);
	for (size_t i = 0; i < 4; i++)
		assert_null(client_find(&message, all[i]));
	client_close(client);
}

static void who_lists_nothing_is_told_nothing(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	vnc_server_set_leds(client->rig->server, 7);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].encoding, RAW);
	client_close(client);
}

/* HID: Num, Caps, Scroll. RFB: Scroll, Num, Caps. */
static void leds_come_in_rfb_order(void **state)
{
	static const uint8_t rfb[8] = {0, 2, 4, 6, 1, 3, 5, 7};
	struct rig *rig = *state;
	struct client_message message;
	struct client *qemu = client_join(rig), *vmware = client_join(rig);

	CLIENT_SET(qemu, RAW, QEMU_LEDS, VMWARE_LEDS);
	CLIENT_SET(vmware, RAW, VMWARE_LEDS);
	client_request_all(qemu, false);
	client_next_update(qemu, &message);
	assert_null(client_find(&message, QEMU_LEDS)); /* not known yet */
	client_request_all(vmware, false);
	client_next_update(vmware, &message);
	client_request_all(qemu, true);
	client_request_all(vmware, true);
	client_sync(qemu);
	client_sync(vmware);
	for (uint8_t leds = 0; leds < 8; leds++) {
		const struct client_rect *rect;

		vnc_server_set_leds(rig->server, leds);
		vnc_server_set_leds(rig->server, leds); /* once is enough */
		client_next_update(qemu, &message);
		assert_int_equal(message.rects_n, 1);
		rect = client_find(&message, QEMU_LEDS);
		assert_non_null(rect);
		assert_int_equal(rect->data[0], rfb[leds]);
		client_next_update(vmware, &message);
		rect = client_find(&message, VMWARE_LEDS);
		assert_non_null(rect);
		assert_memory_equal(rect->data, "\0\0\0", 3);
		assert_int_equal(rect->data[3], rfb[leds]);
	}
	client_expect_silence(qemu);
	client_close(qemu);
	client_close(vmware);
}

static void a_newcomer_hears_the_leds(void **state)
{
	struct client_message message;
	struct client *client;

	vnc_server_set_leds(((struct rig *)*state)->server, 2);
	client = client_join(*state);
	CLIENT_SET(client, RAW, QEMU_LEDS);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_int_equal(client_find(&message, QEMU_LEDS)->data[0], 4);
	client_close(client);
}

/* ---- fences and continuous updates ------------------------------------------
 */

static void fences_come_back(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	client_send_fence(client, 0xffffffff, "twelve bytes", 12);
	client_send_key(client, 'a', true); /* what SyncNext waits for */
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_FENCE);
	assert_int_equal(message.fence_flags, 7); /* those that we know */
	assert_int_equal(message.fence_bytes, 12);
	assert_memory_equal(message.fence, "twelve bytes", 12);
	client_send_fence(client, 0, "what?", 5); /* an echo of nothing */
	client_expect_silence(client);
	client_close(client);
}

/*
 * Before the answer pixels have the old format, after it the new one: also
 * when a picture is being made that must be sent.
 */
static void a_fence_says_where_the_format_changes(void **state)
{
	static const uint8_t small[16] = {
			16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0};
	static const uint8_t native[20] = {0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0,
			255, 0, 255, 16, 8, 0};
	struct client_message message;
	struct client *client = client_join(*state);

	client_set_pixel_format(client, small);
	rig_close_gate(*state);
	client_request_all(client, false);
	client_sync(client);
	client_send_fence(client, 0x80000004, "now", 3);
	client_send(client, native, sizeof(native));
	client_send_fence(client, 0x80000000, "then", 4);
	client_send_key(client, 'a', true);
	rig_run_until_heard(*state, 2); /* RIG_WATCHED, and all is read */
	assert_int_equal(client->input_used, 0);
	rig_open_gate(*state);
	client_next_update(client, &message);
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_FENCE);
	assert_memory_equal(message.fence, "now", 3);
	client_next(client, &message);
	assert_memory_equal(message.fence, "then", 4);
	client->bytes_per_pixel = 4;
	client_request_all(client, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

static void a_viewer_may_not_hoard_fences(void **state)
{
	struct client *client = client_join(*state);

	for (unsigned i = 0; i < 100; i++)
		client_send_fence(client, 0x80000004, "0123456789", 10);
	client_expect_end(client);
	client_close(client);
}

static void fence_and_continuous_are_announced_once(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, RAW, CONTINUOUS); /* without fences: no */
	client_expect_silence(client);
	CLIENT_SET(client, RAW, FENCE);
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_FENCE);
	assert_int_equal(message.fence_flags, 0x80000000);
	CLIENT_SET(client, RAW, FENCE, CONTINUOUS);
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_END_OF_CONTINUOUS);
	CLIENT_SET(client, RAW, FENCE, CONTINUOUS);
	client_expect_silence(client);
	client_close(client);
}

static struct client *join_continuous(struct rig *rig)
{
	struct client_message message;
	struct client *client = client_join(rig);

	CLIENT_SET(client, TIGHT, FENCE, CONTINUOUS, DESKTOP_SIZE);
	client_next(client, &message);
	client_next(client, &message);
	client_send_continuous(client, true, 0, 0, client->width_px,
			client->height_px);
	return client;
}

static void take_fence(struct client *client, bool echo,
		const struct client_message *fence)
{
	assert_int_equal(fence->type, CLIENT_FENCE);
	assert_true(fence->fence_flags & 0x80000000);
	if (echo)
		client_send_fence(client, fence->fence_flags & 7, fence->fence,
				fence->fence_bytes);
}

/*
 * An update and the fence behind it, maybe one before it, too; they are echoed
 * if `echo`.
 */
static void next_continuous(
		struct client *client, bool echo, struct client_message *update)
{
	struct client_message fence;

	client_next(client, update);
	if (update->type == CLIENT_FENCE) {
		take_fence(client, echo, update);
		client_next(client, update);
	}
	assert_int_equal(update->type, CLIENT_UPDATE);
	client_next(client, &fence);
	take_fence(client, echo, &fence);
}

static void continuous_updates_come_unasked(void **state)
{
	struct client_message message;
	struct client *client = join_continuous(*state);

	next_continuous(client, true, &message);
	client_expect_picture(client);
	for (uint32_t i = 0; i < 5; i++) {
		rig_touch(*state, i * 20, i * 10);
		next_continuous(client, true, &message);
		client_expect_picture(client);
	}
	client_request_all(client, false);
	next_continuous(client, true, &message);
	client_request_all(client, true); /* says nothing now */
	client_expect_silence(client);
	client_send_continuous(client, false, 0, 0, 0, 0);
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_END_OF_CONTINUOUS);
	rig_touch(*state, 5, 5);
	client_expect_silence(client);
	client_close(client);
}

static void continuous_updates_keep_to_their_area(void **state)
{
	struct client_message message;
	struct client *client = join_continuous(*state);

	next_continuous(client, true, &message);
	client_send_continuous(client, true, 64, 0, 64, 64);
	client_sync(client);
	rig_touch(*state, 3, 3);
	client_expect_silence(client);
	rig_touch(*state, 100, 3);
	next_continuous(client, true, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].x_px, 96);
	client_close(client);
}

/* What is being made when they end is not sent: nobody asked for it. */
static void nothing_comes_after_the_end(void **state)
{
	struct client_message message;
	struct client *client = join_continuous(*state);

	next_continuous(client, true, &message);
	rig_close_gate(*state);
	client_sync(client);
	rig_touch(*state, 3, 3);
	client_send_continuous(client, false, 0, 0, 0, 0);
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_END_OF_CONTINUOUS);
	rig_open_gate(*state);
	client_expect_silence(client);
	client_request_all(client, true);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

/* What the fallback makes cannot be dropped: the end waits for it. */
static void the_end_comes_after_what_must_be_sent(void **state)
{
	static const uint8_t format[16] = {
			16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0};
	struct client_message message;
	struct client *client = client_join(*state);

	client_set_pixel_format(client, format);
	CLIENT_SET(client, RAW, FENCE, CONTINUOUS);
	client_next(client, &message);
	client_next(client, &message);
	client_send_continuous(client, true, 0, 0, client->width_px,
			client->height_px);
	next_continuous(client, true, &message);
	client_sync(client);
	rig_close_gate(*state);
	rig_touch(*state, 3, 3);
	client_send_continuous(client, false, 0, 0, 0, 0);
	client_sync(client);
	assert_int_equal(client->input_used, 0);
	rig_open_gate(*state);
	client_next_update(client, &message);
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_END_OF_CONTINUOUS);
	client_expect_silence(client);
	client_close(client);
}

static void the_end_is_always_answered(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	client_send_continuous(client, false, 0, 0, 0, 0);
	client_next(client, &message);
	assert_int_equal(message.type, CLIENT_END_OF_CONTINUOUS);
	client_close(client);
}

/* Pictures that nobody echoes are not sent on and on. */
static void the_window_closes_without_echoes(void **state)
{
	struct client_message message;
	struct client *client;
	unsigned updates = 0;

	rig_show_noise(*state, 32, 22, 99);
	client = join_continuous(*state);
	do { /* 2 KiB of noise each, and a window of 4 at first */
		next_continuous(client, false, &message);
		updates++;
		rig_show_noise(*state, 32, 22, updates);
		client_sync(client);
		rig_run_jobs(*state);
		client_sync(client);
	} while (client->input_used > 0);
	assert_int_equal(updates, 2);
	client_request_all(client, false);       /* asked for, it comes */
	next_continuous(client, true, &message); /* all is echoed by this */
	client_expect_picture(client);
	rig_touch(*state, 3, 3);
	next_continuous(client, true, &message);
	client_close(client);
}

static void continuous_updates_follow_a_new_size(void **state)
{
	struct client_message message;
	struct client *client = join_continuous(*state);

	next_continuous(client, true, &message);
	rig_show_noise(*state, 64, 64, 3);
	client_next_update(client, &message);
	assert_int_equal(message.rects[0].encoding, DESKTOP_SIZE);
	next_continuous(client, true, &message); /* the old area, cut */
	client_expect_picture(client);
	client_close(client);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(extensions_are_acknowledged_once),
			test(who_lists_nothing_is_told_nothing),
			test(leds_come_in_rfb_order),
			test(a_newcomer_hears_the_leds),
			test(fences_come_back),
			test(a_fence_says_where_the_format_changes),
			test(a_viewer_may_not_hoard_fences),
			test(fence_and_continuous_are_announced_once),
			test(continuous_updates_come_unasked),
			test(continuous_updates_keep_to_their_area),
			test(nothing_comes_after_the_end),
			test(the_end_comes_after_what_must_be_sent),
			test(the_end_is_always_answered),
			test(the_window_closes_without_echoes),
			test(continuous_updates_follow_a_new_size),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
