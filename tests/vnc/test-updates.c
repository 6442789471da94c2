/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/client.h"
#include "tests/vnc/picture.h"
#include "tests/vnc/tight-decode.h"

/* ---- requests ---------------------------------------------------------------
 */

static void a_request_brings_the_picture(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	client_request_all(client, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

static void nothing_is_sent_unasked(void **state)
{
	struct client *client = client_join(*state);

	rig_touch(*state, 5, 5);
	client_expect_silence(client);
	client_close(client);
}

/* An incremental request stays open until something changes. */
static void an_open_request_waits_for_a_change(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	client_request_all(client, false);
	client_next_update(client, &message);
	client_request_all(client, true);
	client_expect_silence(client);
	rig_touch(*state, 70, 40);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].x_px, 64);
	assert_int_equal(message.rects[0].y_px, 32);
	assert_int_equal(message.rects[0].width_px, 16);
	assert_int_equal(message.rects[0].height_px, 16);
	client_expect_picture(client);
	rig_touch(*state, 5, 5);
	client_expect_silence(client); /* one request, one update */
	client_close(client);
}

static void what_changed_meanwhile_comes_at_once(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	client_request_all(client, false);
	client_next_update(client, &message);
	rig_touch(*state, 3, 3);
	rig_touch(*state, 100, 50);
	rig_touch(*state, 3, 3);
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 2);
	client_expect_picture(client);
	client_close(client);
}

static void a_full_request_sends_what_did_not_change(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	for (unsigned i = 0; i < 3; i++) {
		client_request_all(client, false);
		client_next_update(client, &message);
		memset(client->canvas, 0xff,
				RIG_WIDTH_PX * RIG_HEIGHT_PX *
						sizeof(uint32_t));
	}
	client_request(client, false, 20, 20, 10, 10);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].x_px, 16);
	assert_int_equal(message.rects[0].width_px, 16);
	assert_int_equal(client->canvas[20 * RIG_WIDTH_PX + 20],
			picture_pixel(client->rig->frame, 20, 20));
	client_expect_silence(client);
	client_close(client);
}

#define ALL 0, 0, 0, 0, 0, RIG_WIDTH_PX, 0, RIG_HEIGHT_PX
#define TIGHT 0, 0, 0, 7
#define RAW_ONLY 0, 0, 0, 0
static const uint8_t changing_minds[] = {
		2,
		0,
		0,
		1,
		TIGHT, /* SetEncodings */
		3,
		0,
		ALL, /* FramebufferUpdateRequest */
		2,
		0,
		0,
		1,
		RAW_ONLY, /* another mind */
		3,
		0,
		ALL, /* and once more */
		3,
		0,
		ALL,
};
#undef ALL
#undef TIGHT
#undef RAW_ONLY

/* A flood of changing minds costs one picture for all that came together. */
static void what_comes_together_gets_one_answer(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	client_send(client, changing_minds, sizeof(changing_minds));
	client_next_update(client, &message);
	assert_int_equal(message.rects[0].encoding, RAW);
	client_expect_picture(client);
	client_expect_silence(client);
	client_close(client);
}

/* Changes outside of what was asked for wait for another request. */
static void the_area_of_a_request_is_respected(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	client_request_all(client, false);
	client_next_update(client, &message);
	rig_touch(*state, 3, 3);
	client_request(client, true, 64, 0, 64, 64);
	client_expect_silence(client);
	rig_touch(*state, 65, 3);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].x_px, 64);
	client_request_all(client, true);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

static void odd_areas_are_harmless(void **state)
{
	static const uint32_t areas[][4] = {
			{0, 0, 0, 0},
			{65535, 65535, 65535, 65535},
			{127, 63, 65535, 1},
			{128, 0, 1, 1},
			{0, 64, 10, 10},
			{0, 0, 65535, 65535},
	};
	struct client *client = client_join(*state);
	struct client_message message;

	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
		client_request(client, i % 2, areas[i][0], areas[i][1],
				areas[i][2], areas[i][3]);
	client_sync(client);
	client_request_all(client, false);
	do
		client_next_update(client, &message);
	while (message.rects[0].width_px < RIG_WIDTH_PX);
	client_close(client);
}

/* Wishes wait; what is asked besides pictures is answered. */
static void nothing_is_sent_while_held(void **state)
{
	struct rig *rig = *state;
	struct client_message message;
	struct client *client = client_join(rig);

	vnc_server_set_held(rig->server, true);
	client_request_all(client, false);
	client_expect_silence(client);
	rig_touch(rig, 3, 3);
	client_expect_silence(client);
	vnc_server_set_held(rig->server, false);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_close(client);
}

/* ---- encodings and formats --------------------------------------------------
 */

static void tight_is_used_when_listed(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, ZRLE, TIGHT, RAW);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_int_equal(message.rects[0].encoding, TIGHT);
	client_expect_picture(client);
	client_close(client);
}

static bool any_jpeg(struct client *client, struct client_message *message)
{
	client_next_update(client, message);
	assert_non_null(client->tight);
	return client->tight->kind == TIGHT_JPEG;
}

static void jpeg_is_only_for_who_names_a_quality(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	rig_show(*state,
			picture_create(RIG_WIDTH_PX, RIG_HEIGHT_PX,
					PICTURE_PHOTO, 1));
	CLIENT_SET(client, TIGHT);
	client_request_all(client, false);
	assert_false(any_jpeg(client, &message));
	client_expect_picture(client);

	CLIENT_SET(client, TIGHT, QUALITY_6);
	client_request_all(client, false);
	assert_true(any_jpeg(client, &message));

	CLIENT_SET(client, TIGHT); /* replaces all that was said before */
	client_request_all(client, false);
	assert_false(any_jpeg(client, &message));
	client_expect_picture(client);
	client_close(client);
}

/* The list changes while a JPEG is being made: it is not sent. */
static void a_list_holds_for_what_is_being_made(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	rig_show(*state,
			picture_create(RIG_WIDTH_PX, RIG_HEIGHT_PX,
					PICTURE_PHOTO, 1));
	CLIENT_SET(client, TIGHT, QUALITY_6);
	rig_close_gate(*state);
	client_request_all(client, false);
	client_sync(client);
	CLIENT_SET(client, TIGHT);
	client_sync(client);
	rig_open_gate(*state);
	assert_false(any_jpeg(client, &message));
	client_expect_picture(client);
	client_expect_silence(client);
	client_close(client);
}

/* 5-6-5 goes through the library, raw or not. */
static void other_formats_go_through_the_fallback(void **state)
{
	static const uint8_t format[16] = {
			16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0};
	struct client_message message;
	struct client *client = client_join(*state);

	client_set_pixel_format(client, format);
	CLIENT_SET(client, RAW);
	for (unsigned i = 0; i < 3; i++) {
		size_t pixels = 0;

		client_request_all(client, false);
		client_next_update(client, &message);
		for (size_t j = 0; j < message.rects_n; j++) {
			assert_int_equal(message.rects[j].encoding, RAW);
			pixels += message.rects[j].width_px *
					message.rects[j].height_px;
		}
		assert_int_equal(pixels, RIG_WIDTH_PX * RIG_HEIGHT_PX);
	}
	client_expect_silence(client);
	client_close(client);
}

/* ---- sizes ------------------------------------------------------------------
 */

static void a_new_size_is_told_alone_and_first(void **state)
{
	static const int32_t ways[] = {DESKTOP_SIZE, EXTENDED_SIZE};

	for (size_t i = 0; i < 2; i++) {
		struct client_message message;
		struct client *client = client_join(*state);
		uint32_t width_px = i == 0 ? 160 : 96;

		CLIENT_SET(client, RAW, ways[i]);
		client_request_all(client, true);
		client_next_update(client, &message);
		client_request_all(client, true);
		client_sync(client);
		rig_show_noise(*state, width_px, 100, 1);
		client_next_update(client, &message);
		assert_int_equal(message.rects_n, 1);
		assert_int_equal(message.rects[0].encoding, ways[i]);
		assert_int_equal(message.rects[0].width_px, width_px);
		assert_int_equal(message.rects[0].height_px, 100);
		client_expect_silence(client); /* it must ask for the picture */
		client_request_all(client, true);
		client_next_update(client, &message);
		client_expect_picture(client);
		client_close(client);
	}
}

static void the_newest_way_to_tell_a_size_wins(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, RAW, DESKTOP_SIZE, EXTENDED_SIZE);
	rig_show_noise(*state, 160, 100, 1);
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_int_equal(message.rects[0].encoding, EXTENDED_SIZE);
	/* One screen, all of it, with a number that is not 0. */
	assert_memory_equal(message.rects[0].data,
			"\1\0\0\0\0\0\0\1\0\0\0\0\0\240\0\144\0\0\0\0", 20);
	client_close(client);
}

static void who_cannot_follow_a_new_size_is_let_go(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, RAW);
	client_request_all(client, false);
	client_next_update(client, &message);
	client_request_all(client, true);
	client_sync(client);
	rig_show_noise(*state, 160, 100, 1);
	client_expect_end(client);
	client_close(client);
}

/* The size it had is the size that its pictures have. */
static void a_picture_of_the_old_size_is_not_sent(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, TIGHT, DESKTOP_SIZE);
	rig_close_gate(*state);
	client_request_all(client, false);
	client_sync(client);
	rig_show_noise(*state, 160, 100, 1);
	rig_open_gate(*state);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].encoding, DESKTOP_SIZE);
	client_request_all(client, true);
	client_next_update(client, &message);
	client_expect_picture(client);
	client_expect_silence(client);
	client_close(client);
}

/* The fallback's streams have a memory: what is begun is sent, before. */
static void the_fallback_finishes_before_a_new_size(void **state)
{
	static const uint8_t format[16] = {
			16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0};
	struct client_message message;
	struct client *client = client_join(*state);

	client_set_pixel_format(client, format);
	CLIENT_SET(client, RAW, DESKTOP_SIZE);
	client_request_all(client, false);
	client_sync(client);
	rig_show_noise(*state, 160, 100, 1);
	client_next_update(client, &message);
	client_request_all(client, true);
	if (message.rects[0].encoding == RAW)
		client_next_update(client, &message);
	assert_int_equal(message.rects[0].encoding, DESKTOP_SIZE);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_int_equal(message.rects[0].encoding, RAW);
	client_close(client);
}

static void each_full_request_hears_the_size(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, RAW, EXTENDED_SIZE);
	for (unsigned i = 0; i < 2; i++) {
		client_request_all(client, false);
		client_next_update(client, &message);
		assert_int_equal(message.rects_n, 1);
		assert_int_equal(message.rects[0].encoding, EXTENDED_SIZE);
		assert_int_equal(message.rects[0].x_px, 0); /* our own doing */
		assert_int_equal(message.rects[0].width_px, RIG_WIDTH_PX);
		client_next_update(client, &message);
		assert_int_equal(message.rects[0].encoding, RAW);
		client_expect_picture(client);
	}
	client_request_all(client, true);
	client_expect_silence(client);
	client_close(client);
}

static void a_wish_for_a_size_is_refused(void **state)
{
	static const uint8_t wish[24] = {251, 0, 4, 0, 3, 0, 1};
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, RAW, EXTENDED_SIZE);
	client_send(client, wish, sizeof(wish));
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].encoding, EXTENDED_SIZE);
	assert_int_equal(message.rects[0].x_px, 1); /* you asked */
	assert_int_equal(message.rects[0].y_px, 1); /* prohibited */
	assert_int_equal(message.rects[0].width_px, RIG_WIDTH_PX);
	client_close(client);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(a_request_brings_the_picture),
			test(nothing_is_sent_unasked),
			test(an_open_request_waits_for_a_change),
			test(what_changed_meanwhile_comes_at_once),
			test(a_full_request_sends_what_did_not_change),
			test(what_comes_together_gets_one_answer),
			test(the_area_of_a_request_is_respected),
			test(odd_areas_are_harmless),
			test(nothing_is_sent_while_held),
			test(tight_is_used_when_listed),
			test(jpeg_is_only_for_who_names_a_quality),
			test(a_list_holds_for_what_is_being_made),
			test(other_formats_go_through_the_fallback),
			test(a_new_size_is_told_alone_and_first),
			test(the_newest_way_to_tell_a_size_wins),
			test(who_cannot_follow_a_new_size_is_let_go),
			test(a_picture_of_the_old_size_is_not_sent),
			test(the_fallback_finishes_before_a_new_size),
			test(each_full_request_hears_the_size),
			test(a_wish_for_a_size_is_refused),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
