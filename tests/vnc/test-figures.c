/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/client.h"
#include "tests/vnc/encoder-rig.h"
#include "tests/vnc/picture.h"

/* What is counted of pictures on their way, as viewers move them. */

static const struct vnc_figures *figures_of(const struct rig *rig)
{
	return vnc_server_get_figures(rig->server);
}

static struct client *join_with(
		struct rig *rig, const int32_t *encodings, size_t count)
{
	struct client *client = client_join(rig);

	client_set_encodings(client, encodings, count);
	return client;
}

#define JOIN_WITH(rig, ...)                                                    \
	join_with(rig, (const int32_t[]){__VA_ARGS__},                         \
			sizeof((const int32_t[]){__VA_ARGS__}) /               \
					sizeof(int32_t))

struct expected_updates {
	struct rig *rig;
	uint64_t count;
};

static bool have_been_sent(void *context)
{
	const struct expected_updates *expected = context;

	return figures_of(expected->rig)->updates == expected->count;
}

/* Asked for and sent, whether our client can read it or not. */
static void get_picture(struct client *client)
{
	struct expected_updates expected = {
			client->rig, figures_of(client->rig)->updates + 1};

	client_request_all(client, false);
	rig_run_until(client->rig, have_been_sent, &expected);
}

static void nothing_is_counted_before_anybody_looks(void **state)
{
	struct rig *rig = *state;
	static const struct vnc_figures none;

	rig_touch(rig, 0, 0);
	rig_run_jobs(rig);
	assert_memory_equal(figures_of(rig), &none, sizeof(none));
}

/* Two viewers of one class: one encode, and one that was shared. */
static void two_of_a_class_cost_one(void **state)
{
	struct rig *rig = *state;
	const struct vnc_figures *figures = figures_of(rig);
	struct client *first = JOIN_WITH(rig, TIGHT, QUALITY_6);
	struct client *second = JOIN_WITH(rig, TIGHT, QUALITY_6);

	get_picture(first);
	assert_int_equal(figures->encodes, 1);
	assert_int_equal(figures->shared, 0);
	get_picture(second);
	assert_int_equal(figures->encodes, 1);
	assert_int_equal(figures->shared, 1);
	assert_int_equal(figures->encode.samples, 1);
	assert_int_equal(figures->queue_wait.samples, 1);
	assert_int_equal(figures->updates, 2);
	client_close(first);
	client_close(second);
}

static void another_class_costs_another(void **state)
{
	struct rig *rig = *state;
	const struct vnc_figures *figures = figures_of(rig);
	struct client *lossy = JOIN_WITH(rig, TIGHT, QUALITY_6);
	struct client *exact = JOIN_WITH(rig, TIGHT);

	get_picture(lossy);
	get_picture(exact);
	assert_int_equal(figures->encodes, 2);
	assert_int_equal(figures->shared, 0);
	client_close(lossy);
	client_close(exact);
}

/* Each viewer's bytes are of its own class, as often as they are sent. */
static void bytes_are_of_a_class(void **state)
{
	static const int32_t wishes[][2] = {
			[VNC_KIND_LOSSLESS] = {TIGHT, TIGHT},
			[VNC_KIND_Q50] = {TIGHT, QUALITY_6 - 4},
			[VNC_KIND_Q80] = {TIGHT, QUALITY_6},
			[VNC_KIND_Q92] = {TIGHT, QUALITY_6 + 2},
			[VNC_KIND_RAW] = {RAW, RAW},
			[VNC_KIND_FALLBACK] = {ZRLE, ZRLE},
	};
	struct rig *rig = *state;
	const struct vnc_figures *figures = figures_of(rig);
	struct vnc_viewer_info info;

	for (unsigned kind = 0; kind < VNC_KINDS; kind++) {
		struct client *client = join_with(rig, wishes[kind], 2);
		uint64_t others = 0;

		get_picture(client);
		assert_int_equal(vnc_server_list_viewers(rig->server, &info, 1),
				1);
		assert_true(figures->bytes[kind] > 0);
		assert_true(figures->bytes[kind] < info.bytes_sent);
		for (unsigned other = kind + 1; other < VNC_KINDS; other++)
			others += figures->bytes[other];
		assert_int_equal(others, 0);
		assert_int_equal(figures->updates, kind + 1);
		client_close(client);
		rig_run_until_heard(rig, 3 * (kind + 1)); /* it has left */
	}
	assert_int_equal(figures->encodes, VNC_KINDS);
	assert_int_equal(figures->encode.samples, VNC_KINDS);
	/* a raw picture is all pixels and one header */
	assert_int_equal(figures->bytes[VNC_KIND_RAW],
			12 + RIG_WIDTH_PX * RIG_HEIGHT_PX * 4);
}

static void what_two_are_sent_counts_twice(void **state)
{
	struct rig *rig = *state;
	const struct vnc_figures *figures = figures_of(rig);
	struct client *first = JOIN_WITH(rig, RAW);
	struct client *second = JOIN_WITH(rig, RAW);

	get_picture(first);
	get_picture(second);
	assert_int_equal(figures->rectangles, 2);
	assert_int_equal(figures->bytes[VNC_KIND_RAW],
			2 * (12 + RIG_WIDTH_PX * RIG_HEIGHT_PX * 4));
	client_close(first);
	client_close(second);
}

static bool has_sent(void *context)
{
	const struct rig *rig = context;

	return figures_of(rig)->frame_to_sent.samples > 0;
}

/* The first picture may be old; what changes then is timed to its end. */
static void a_frame_is_timed_to_its_last_byte(void **state)
{
	struct rig *rig = *state;
	const struct vnc_figures *figures = figures_of(rig);
	struct client *client = JOIN_WITH(rig, TIGHT);
	struct video_frame *frame;

	get_picture(client);
	assert_int_equal(figures->frame_to_sent.samples, 0);
	client_request_all(client, true);
	client_sync(client);
	frame = picture_create(RIG_WIDTH_PX, RIG_HEIGHT_PX, PICTURE_MIXED, 2);
	frame->captured_us = clock_now_us();
	rig_show(rig, frame);
	rig_run_until(rig, has_sent, rig);
	assert_int_equal(figures->frame_to_sent.samples, 1);
	client_close(client);
}

/* A newer frame of the same picture does not make what is sent again late. */
static void what_is_sent_again_is_not_timed(void **state)
{
	struct rig *rig = *state;
	struct client *client = JOIN_WITH(rig, TIGHT);
	struct video_frame *frame;

	get_picture(client);
	rig_run_jobs(rig);
	assert_int_equal(video_frame_copy(&frame,
					 video_screen_get_frame(rig->screen)),
			0);
	frame->captured_us = clock_now_us();
	rig_show(rig, frame);
	get_picture(client);
	assert_int_equal(figures_of(rig)->updates, 2);
	assert_int_equal(figures_of(rig)->frame_to_sent.samples, 0);
	client_close(client);
}

/* What waits for a worker is not what a worker takes. */
static void waiting_is_told_from_encoding(void **state)
{
	struct encoder_rig *rig = *state;
	uint64_t waited_us;
	struct asker asker;

	encoder_plug(rig);
	encoder_ask(rig, &asker, -1);
	usleep(20000);
	encoder_unplug(rig);
	encoder_wait(rig, &asker);
	waited_us = core_histogram_percentile_us(&rig->figures.queue_wait, 1);
	assert_true(waited_us >= 20000);
	assert_int_equal(rig->figures.queue_wait.samples, rig->figures.encodes);
	assert_int_equal(rig->figures.encode.samples, rig->figures.encodes);
	encoder_drop(&asker);
}

/* What nobody wants any more is not run, and so not counted. */
static void what_is_dropped_is_not_counted(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker asker;

	encoder_plug(rig);
	encoder_ask(rig, &asker, -1);
	encoder_drop(&asker);
	vnc_encoder_destroy(rig->encoder);
	rig->encoder = NULL;
	encoder_unplug(rig);
	core_workers_destroy(rig->workers);
	rig->workers = NULL;
	assert_int_equal(rig->figures.encodes, 0);
	assert_int_equal(rig->figures.encode.samples, 0);
}

static void a_key_says_when_it_was_read(void **state)
{
	struct rig *rig = *state;
	struct client *client = client_join(rig);
	uint64_t before_us = clock_now_us();
	const struct rig_event *event;

	client_send_key(client, 'a', true);
	rig_run_until_heard(rig, 2);
	event = &rig->events[1];
	assert_int_equal(event->kind, RIG_KEY);
	assert_true(event->key.read_us >= before_us);
	assert_true(event->key.read_us <= clock_now_us());
	client_close(client);
}

static void kinds_have_names(void **state)
{
	(void)state;
	assert_string_equal(vnc_kind_name(VNC_KIND_LOSSLESS), "lossless");
	assert_string_equal(vnc_kind_name(VNC_KIND_Q80), "q80");
	assert_string_equal(vnc_kind_name(VNC_KIND_FALLBACK), "fallback");
}

#define RIG_TEST(test)                                                         \
	cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)
#define ENCODER_TEST(test)                                                     \
	cmocka_unit_test_setup_teardown(test, encoder_set_up, encoder_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			RIG_TEST(nothing_is_counted_before_anybody_looks),
			RIG_TEST(two_of_a_class_cost_one),
			RIG_TEST(another_class_costs_another),
			RIG_TEST(bytes_are_of_a_class),
			RIG_TEST(what_two_are_sent_counts_twice),
			RIG_TEST(a_frame_is_timed_to_its_last_byte),
			RIG_TEST(what_is_sent_again_is_not_timed),
			ENCODER_TEST(waiting_is_told_from_encoding),
			ENCODER_TEST(what_is_dropped_is_not_counted),
			RIG_TEST(a_key_says_when_it_was_read),
			cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
