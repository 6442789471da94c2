/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/client.h"
#include "tests/vnc/picture.h"
#include "tests/vnc/tight-decode.h"

#define ALL_PX (RIG_WIDTH_PX * RIG_HEIGHT_PX)

/* So long that whatever a timer was to begin has begun. */
static void wait_a_while(struct rig *rig)
{
	uint64_t end_us = clock_now_us() + 500 * CLOCK_US_PER_MS;

	while (clock_now_us() < end_us)
		rig_run(rig);
}

/* A viewer that was just sent a photo with loss, and wants to know more. */
static struct client *join_blurred(struct rig *rig)
{
	struct client_message message;
	struct client *client = client_join(rig);

	rig_show(rig,
			picture_create(RIG_WIDTH_PX, RIG_HEIGHT_PX,
					PICTURE_PHOTO, 1));
	CLIENT_SET(client, TIGHT, QUALITY_6);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_int_equal(client->tight->kind, TIGHT_JPEG);
	client_request_all(client, true);
	client_sync(client);
	return client;
}

/*
 * Steps without loss, each asked for when the one before has come, the first
 * already. Returns their pixels when the picture is the rig's.
 */
static uint64_t take_steps(struct client *client, uint64_t pixels)
{
	uint64_t sum = 0;

	while (sum < pixels) {
		struct client_message message;
		uint64_t step = 0;

		client_next_update(client, &message);
		assert_int_not_equal(client->tight->kind, TIGHT_JPEG);
		for (size_t i = 0; i < message.rects_n; i++)
			step += message.rects[i].width_px *
					message.rects[i].height_px;
		assert_true(step <= 128 << 10);
		sum += step;
		client_request_all(client, true);
	}
	client_expect_picture(client);
	return sum;
}

static void what_stands_still_becomes_exact(void **state)
{
	struct client *client = join_blurred(*state);

	client_expect_silence(client); /* not at once: it might move on */
	assert_int_equal(take_steps(client, ALL_PX), ALL_PX);
	client_expect_silence(client);
	client_close(client);
}

/* What is being made exact has not been sent: it waits, not the change. */
static void a_change_goes_first(void **state)
{
	struct client_message message;
	struct client *client = join_blurred(*state);

	rig_close_gate(*state);
	wait_a_while(*state);
	rig_touch(*state, 20, 20);
	client_sync(client);
	rig_open_gate(*state);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	assert_int_equal(message.rects[0].x_px, 16);
	assert_int_equal(message.rects[0].width_px, 16);
	assert_int_equal(message.rects[0].height_px, 16);
	client_request_all(client, true);
	take_steps(client, ALL_PX - 256);
	client_close(client);
}

/* So does a wish for all of it anew. */
static void a_full_request_goes_first(void **state)
{
	struct client_message message;
	struct client *client = join_blurred(*state);

	rig_close_gate(*state);
	wait_a_while(*state);
	client_request_all(client, false);
	client_sync(client);
	rig_open_gate(*state);
	client_next_update(client, &message);
	assert_int_equal(client->tight->kind, TIGHT_JPEG);
	client_request_all(client, true);
	take_steps(client, ALL_PX);
	client_close(client);
}

/* With nothing left to sharpen, or nobody who asks, no timer is on. */
static void it_ends(void **state)
{
	struct rig *rig = *state;
	struct client_message message;
	struct client *client = join_blurred(rig);

	take_steps(client, ALL_PX);
	client_sync(client);
	wait_a_while(rig);
	assert_int_equal(sd_event_run(rig->event, 200 * CLOCK_US_PER_MS), 0);
	client_close(client);
	rig_run_until_heard(rig, 2); /* RIG_WATCHED, RIG_LEFT */

	client = join_blurred(rig);
	client_request_all(client, false);
	client_next_update(client, &message);
	client_sync(client); /* and asks no more */
	wait_a_while(rig);
	assert_int_equal(sd_event_run(rig->event, 200 * CLOCK_US_PER_MS), 0);
	client_close(client);
}

/* In parts, and each part once, but for cells that are sent along with others.
 */
static void a_large_picture_becomes_exact_in_steps(void **state)
{
	struct client_message message;
	struct client *client = client_join(*state);

	CLIENT_SET(client, TIGHT, QUALITY_6, DESKTOP_SIZE);
	rig_show(*state, picture_create(640, 480, PICTURE_PHOTO, 1));
	client_request_all(client, true);
	client_next_update(client, &message);
	client_request_all(client, false);
	client_next_update(client, &message);
	client_request_all(client, true);
	assert_in_range(take_steps(client, 640 * 480), 640 * 480,
			640 * 480 * 21 / 20);
	client_expect_silence(client);
	client_close(client);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(what_stands_still_becomes_exact),
			test(a_change_goes_first),
			test(a_full_request_goes_first),
			test(it_ends),
			test(a_large_picture_becomes_exact_in_steps),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
