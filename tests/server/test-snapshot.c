/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/snapshot.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"

#define LONG_US (3600 * CLOCK_US_PER_S)

static const struct server_snapshot_options png = {VIDEO_STILL_PNG, 0};
static const struct server_snapshot_options small_png = {VIDEO_STILL_PNG, 8};
static const struct server_snapshot_options jpeg = {VIDEO_STILL_JPEG, 0};

/* A target, as far as snapshots know it. */
struct rig {
	sd_event *loop;
	struct core_workers *workers;
	struct server_snapshots *snapshots;
	struct video_frame *shown; /* NULL: the newest picture is old */
	struct video_frame *card;
	struct video_frame *comes_at_once; /* when it is wanted */
	unsigned wanted_n;
	bool wanted;
};

/* What somebody got. */
struct answer {
	unsigned times;
	int rc;
	struct core_bytes *bytes;
};

static struct video_frame *get(void *context, bool late)
{
	struct rig *rig = context;

	return late ? rig->card : rig->shown;
}

static void want(void *context, bool wanted)
{
	struct rig *rig = context;

	assert_true(rig->wanted != wanted);
	rig->wanted = wanted;
	rig->wanted_n += wanted;
	if (wanted && rig->comes_at_once)
		server_snapshots_frame(rig->snapshots, rig->comes_at_once);
}

static const struct server_snapshot_handler handler = {get, want};

static void on_done(void *context, int rc, struct core_bytes *bytes)
{
	struct answer *answer = context;

	answer->times++;
	answer->rc = rc;
	answer->bytes = bytes ? core_bytes_ref(bytes) : NULL;
}

static void create(struct rig *rig, uint64_t limit_us)
{
	server_snapshots_destroy(rig->snapshots);
	assert_int_equal(server_snapshots_create(&rig->snapshots, rig->loop,
					 rig->workers, limit_us, &handler, rig),
			0);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_true(sd_event_new(&rig->loop) >= 0);
	assert_int_equal(core_workers_create(&rig->workers, rig->loop, 2), 0);
	assert_int_equal(video_frame_create(&rig->card, 16, 16), 0);
	create(rig, LONG_US);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	server_snapshots_destroy(rig->snapshots);
	core_workers_destroy(rig->workers);
	assert_int_equal(rig->card->refs, 1);
	video_frame_unref(rig->card);
	sd_event_unref(rig->loop);
	free(rig);
	return 0;
}

static struct video_frame *draw(uint8_t blue)
{
	struct video_frame *frame;

	assert_int_equal(video_frame_create(&frame, 16, 16), 0);
	memset(video_frame_pixels(frame), blue,
			video_layout_plane_bytes(&frame->layout, 0));
	return frame;
}

static void take(struct rig *rig, struct answer *answer,
		const struct server_snapshot_options *options)
{
	*answer = (struct answer){0};
	assert_int_equal(server_snapshots_take(rig->snapshots, options, on_done,
					 answer),
			0);
	assert_int_equal(answer->times, 0);
}

static void wait_for(struct rig *rig, const struct answer *answer)
{
	while (answer->times == 0)
		assert_true(sd_event_run(rig->loop, UINT64_MAX) >= 0);
}

/* All that can happen without anybody doing anything. */
static void settle(struct rig *rig)
{
	while (sd_event_run(rig->loop, 0) > 0)
		;
}

static void assert_shows(const struct answer *answer,
		const struct server_snapshot_options *options,
		struct video_frame *frame)
{
	struct core_bytes *expected;

	assert_int_equal(answer->times, 1);
	assert_int_equal(answer->rc, 0);
	assert_int_equal(video_still_encode(&expected, frame, options->still,
					 options->width_px),
			0);
	assert_int_equal(answer->bytes->size, expected->size);
	assert_memory_equal(
			answer->bytes->data, expected->data, expected->size);
	core_bytes_unref(expected);
	core_bytes_unref(answer->bytes);
}

static void what_is_shown_wakes_nobody(void **state)
{
	struct rig *rig = *state;
	struct answer answer;

	rig->shown = draw(1);
	take(rig, &answer, &png);
	wait_for(rig, &answer);
	assert_shows(&answer, &png, rig->shown);
	assert_int_equal(rig->wanted_n, 0);
	assert_int_equal(rig->shown->refs, 1);
	video_frame_unref(rig->shown);
}

static void an_old_picture_is_not_given(void **state)
{
	struct rig *rig = *state;
	struct video_frame *frame = draw(2);
	struct answer answer;

	take(rig, &answer, &png);
	settle(rig);
	assert_true(rig->wanted);
	assert_int_equal(answer.times, 0);
	server_snapshots_frame(rig->snapshots, frame);
	assert_true(rig->wanted); /* not within the source's own call */
	wait_for(rig, &answer);
	assert_false(rig->wanted);
	assert_int_equal(rig->wanted_n, 1);
	assert_shows(&answer, &png, frame);
	assert_int_equal(frame->refs, 1);
	video_frame_unref(frame);
}

static void all_who_wait_share_one_frame(void **state)
{
	struct rig *rig = *state;
	struct video_frame *frame = draw(3);
	struct answer same[3], small_one, other;

	take(rig, &same[0], &png);
	settle(rig);
	take(rig, &same[1], &png);
	take(rig, &small_one, &small_png);
	take(rig, &other, &jpeg);
	take(rig, &same[2], &png);
	settle(rig);
	server_snapshots_frame(rig->snapshots, frame);
	wait_for(rig, &same[0]);
	wait_for(rig, &small_one);
	wait_for(rig, &other);
	assert_int_equal(rig->wanted_n, 1);
	assert_ptr_equal(same[1].bytes, same[0].bytes);
	assert_ptr_equal(same[2].bytes, same[0].bytes);
	for (size_t i = 0; i < 3; i++)
		assert_shows(&same[i], &png, frame);
	assert_shows(&small_one, &small_png, frame);
	assert_shows(&other, &jpeg, frame);
	settle(rig);
	assert_int_equal(frame->refs, 1);
	video_frame_unref(frame);
}

static void who_asks_later_gets_a_newer_one(void **state)
{
	struct rig *rig = *state;
	struct video_frame *first = draw(4);
	struct video_frame *second = draw(5);
	struct answer answer, later;

	take(rig, &answer, &png);
	settle(rig);
	server_snapshots_frame(rig->snapshots, first);
	take(rig, &later, &png);
	settle(rig);
	assert_true(rig->wanted);
	server_snapshots_frame(rig->snapshots, second);
	wait_for(rig, &answer);
	wait_for(rig, &later);
	settle(rig);
	assert_false(rig->wanted);
	assert_shows(&answer, &png, first);
	assert_shows(&later, &png, second);
	video_frame_unref(first);
	video_frame_unref(second);
}

static void a_source_may_answer_at_once(void **state)
{
	struct rig *rig = *state;
	struct answer answer;

	rig->comes_at_once = rig->card;
	take(rig, &answer, &png);
	wait_for(rig, &answer);
	assert_false(rig->wanted);
	assert_shows(&answer, &png, rig->card);
}

static void without_a_frame_the_card_is_given(void **state)
{
	struct rig *rig = *state;
	struct answer answer;

	create(rig, 1000);
	take(rig, &answer, &png);
	wait_for(rig, &answer);
	settle(rig);
	assert_int_equal(rig->wanted_n, 1);
	assert_false(rig->wanted);
	assert_shows(&answer, &png, rig->card);
}

static void frames_that_nobody_waits_for_are_left(void **state)
{
	struct rig *rig = *state;

	server_snapshots_frame(rig->snapshots, rig->card);
	settle(rig);
	assert_int_equal(rig->card->refs, 1);
}

static void too_many_are_turned_away(void **state)
{
	struct rig *rig = *state;
	struct answer answers[SERVER_SNAPSHOT_ASKERS_MAX];

	for (size_t i = 0; i < SERVER_SNAPSHOT_ASKERS_MAX; i++)
		take(rig, &answers[i], &png);
	assert_int_equal(server_snapshots_take(rig->snapshots, &png, on_done,
					 &answers[0]),
			-EBUSY);
	settle(rig);
	server_snapshots_frame(rig->snapshots, rig->card);
	for (size_t i = 0; i < SERVER_SNAPSHOT_ASKERS_MAX; i++) {
		wait_for(rig, &answers[i]);
		assert_shows(&answers[i], &png, rig->card);
	}
}

/* One waits for the frame; one has it and is, perhaps, being seen to. */
static void the_end_answers_all(void **state)
{
	struct rig *rig = *state;
	struct answer encoded, waiting;

	rig->shown = draw(6);
	take(rig, &encoded, &png);
	assert_int_equal(sd_event_run(rig->loop, 0), 1);
	take(rig, &waiting, &png);
	server_snapshots_destroy(rig->snapshots);
	rig->snapshots = NULL;
	assert_int_equal(encoded.times, 1);
	assert_int_equal(encoded.rc, -ENODEV);
	assert_null(encoded.bytes);
	assert_int_equal(waiting.times, 1);
	assert_int_equal(waiting.rc, -ENODEV);
	core_workers_destroy(rig->workers);
	rig->workers = NULL;
	assert_int_equal(rig->shown->refs, 1);
	video_frame_unref(rig->shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
			TEST(what_is_shown_wakes_nobody),
			TEST(an_old_picture_is_not_given),
			TEST(all_who_wait_share_one_frame),
			TEST(who_asks_later_gets_a_newer_one),
			TEST(a_source_may_answer_at_once),
			TEST(without_a_frame_the_card_is_given),
			TEST(frames_that_nobody_waits_for_are_left),
			TEST(too_many_are_turned_away),
			TEST(the_end_answers_all),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
