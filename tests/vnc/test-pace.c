/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/client.h"
#include "tests/vnc/picture.h"
#include "tests/vnc/tight-decode.h"

#define FRAMES (getenv("RACKHAND_TEST_FULL") ? 2000U : 60U)
#define OTHERS 3
#define EQUALS 10
#define TURNS 30 /* of the loop between frames: too few for all */

static void wait_ms(struct rig *rig, unsigned ms)
{
	uint64_t end_us = clock_now_us() + ms * CLOCK_US_PER_MS;

	while (clock_now_us() < end_us)
		rig_run(rig);
}

/* ---- viewers beside each other ----------------------------------------------
 */

/* It asks and asks, and reads nothing. */
static struct client *join_stalled(struct rig *rig)
{
	struct client *client = client_join(rig);
	int small = 4096;

	setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	client_request_all(client, false);
	return client;
}

/* Who takes nothing for 20 s is ended by the kernel: a slow machine's test may
 * outlast that. */
static void expect_no_second_update(struct rig *rig, vnc_viewer_id viewer)
{
	struct vnc_viewer_info infos[OTHERS + 1];
	size_t n = vnc_server_list_viewers(rig->server, infos, OTHERS + 1);

	for (size_t i = 0; i < n; i++)
		if (infos[i].id == viewer)
			assert_int_equal(infos[i].updates, 1);
}

static uint64_t updates_of(struct rig *rig, size_t viewer)
{
	struct vnc_viewer_info infos[EQUALS];

	vnc_server_list_viewers(rig->server, infos, EQUALS);
	return infos[viewer].updates;
}

/* Each frame is shown when all others have the one before; none is skipped. */
static void who_stalls_costs_others_no_frame(void **state)
{
	struct rig *rig = *state;
	struct client_message message;
	struct client *stalled, *others[OTHERS];

	rig_stop(rig);
	rig->options.stall_us = 3600 * CLOCK_US_PER_S; /* it shall stay */
	rig_start(rig);
	rig_show_noise(rig, 640, 480, 0);
	stalled = join_stalled(rig);
	for (unsigned i = 0; i < OTHERS; i++) {
		others[i] = client_join(rig);
		CLIENT_SET(others[i], TIGHT);
		client_request_all(others[i], false);
		client_next_update(others[i], &message);
	}
	for (uint32_t frame = 1; frame <= FRAMES; frame++) {
		for (unsigned i = 0; i < OTHERS; i++) {
			client_request_all(others[i], true);
			client_sync(others[i]);
		}
		client_request_all(stalled, frame % 2);
		rig_touch(rig, frame % 40 * 16, frame % 30 * 16);
		for (unsigned i = 0; i < OTHERS; i++) {
			client_next_update(others[i], &message);
			client_expect_picture(others[i]);
		}
	}
	expect_no_second_update(rig, 1);
	for (unsigned i = 0; i < OTHERS; i++)
		client_close(others[i]);
	client_close(stalled);
}

/* What has come is thrown away, and more is asked for. */
static void gulp(struct client *client)
{
	static uint8_t bytes[256 << 10];

	while (recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		continue;
	client_request_all(client, true);
}

/* Frames come when they come; nobody is served before the others. */
static void equal_viewers_get_equal_shares(void **state)
{
	struct rig *rig = *state;
	struct client *clients[EQUALS];
	uint64_t least = UINT64_MAX, most = 0;

	for (unsigned i = 0; i < EQUALS; i++)
		clients[i] = client_join(rig);
	for (uint32_t frame = 1; frame <= FRAMES; frame++) {
		rig_show_noise(rig, RIG_WIDTH_PX, RIG_HEIGHT_PX, frame);
		for (unsigned i = 0; i < EQUALS; i++)
			gulp(clients[i]);
		for (unsigned i = 0; i < TURNS; i++)
			sd_event_run(rig->event, 100);
	}
	for (unsigned i = 0; i < EQUALS; i++) {
		uint64_t updates = updates_of(rig, i);

		least = updates < least ? updates : least;
		most = updates > most ? updates : most;
		client_close(clients[i]);
	}
	assert_true(most > 10);
	assert_true(least * 100 >= most * 95);
}

/* ---- slow links -------------------------------------------------------------
 */

static struct vnc_viewer_info info_of(struct rig *rig)
{
	struct vnc_viewer_info info;

	assert_int_equal(vnc_server_list_viewers(rig->server, &info, 1), 1);
	return info;
}

/* A new photo is asked for and comes. Returns its bytes. */
static uint64_t next_photo(
		struct client *client, uint32_t seed, const char *encoding)
{
	struct rig *rig = client->rig;
	struct client_message message;
	uint64_t before = info_of(rig).bytes_sent;

	rig_show(rig,
			picture_create(RIG_WIDTH_PX, RIG_HEIGHT_PX,
					PICTURE_PHOTO, seed));
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_int_equal(client->tight->kind, TIGHT_JPEG);
	assert_string_equal(info_of(rig).encoding, encoding);
	return info_of(rig).bytes_sent - before;
}

/* Each picture is so long on its way, as far as we can see. */
static void a_slow_link_gets_a_coarser_class(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);
	uint64_t fine, coarse;

	CLIENT_SET(client, TIGHT, QUALITY_6);
	fine = next_photo(client, 1, "tight q6");
	wait_ms(rig, 260);
	next_photo(client, 2, "tight q6");
	wait_ms(rig, 260);
	coarse = next_photo(client, 1, "tight q6 (slow link: q2)");
	assert_true(coarse < fine);
	wait_ms(rig, 260);
	next_photo(client, 2, "tight q6 (slow link: q2)");
	CLIENT_SET(client, TIGHT, QUALITY_6 - 6); /* its own wish */
	next_photo(client, 1, "tight q0");
	client_close(client);
}

/* JPEG is for those who ask for it, whatever their link. */
static void a_slow_link_without_a_level_stays_lossless(void **state)
{
	struct rig *rig = *state;
	struct client_message message;
	struct client *client = client_join(rig);

	CLIENT_SET(client, TIGHT);
	for (uint32_t i = 0; i < 4; i++) {
		rig_show_noise(rig, RIG_WIDTH_PX, RIG_HEIGHT_PX, i);
		client_request_all(client, true);
		client_next_update(client, &message);
		client_expect_picture(client);
		assert_string_equal(info_of(rig).encoding, "tight lossless");
		wait_ms(rig, 260);
	}
	client_close(client);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(who_stalls_costs_others_no_frame),
			test(equal_viewers_get_equal_shares),
			test(a_slow_link_gets_a_coarser_class),
			test(a_slow_link_without_a_level_stays_lossless),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
