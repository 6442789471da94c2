/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/encoder.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"
#include "tests/vnc/tight-decode.h"

#define WIDTH_PX 640
#define HEIGHT_PX 480
#define WHOLE_STRIPS 5 /* of 96 rows */

struct rig {
	sd_event *event;
	struct core_workers *workers;
	struct video_screen *screen;
	struct vnc_encoder *encoder;
	struct video_frame *frame; /* a reference of our own */
};

/* One who asks: a viewer as the encoder sees it. */
struct asker {
	struct vnc_update *update;
	unsigned ready;
};

static const struct video_rect whole = {0, 0, WIDTH_PX, HEIGHT_PX};

static void show(struct rig *rig, struct video_frame *frame)
{
	bool changed;

	video_frame_unref(rig->frame);
	rig->frame = frame;
	assert_int_equal(video_screen_show(rig->screen, frame, &changed), 0);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(core_workers_create(&rig->workers, rig->event, 2), 0);
	assert_int_equal(video_screen_create(&rig->screen), 0);
	assert_int_equal(vnc_encoder_create(&rig->encoder, rig->workers,
					 rig->screen),
			0);
	show(rig, picture_create(WIDTH_PX, HEIGHT_PX, PICTURE_MIXED, 1));
	*state = rig;
	return 0;
}

/* In the order of the daemon: encoders first, then the pool. */
static int tear_down(void **state)
{
	struct rig *rig = *state;

	vnc_encoder_destroy(rig->encoder);
	core_workers_destroy(rig->workers);
	video_screen_destroy(rig->screen);
	video_frame_unref(rig->frame);
	sd_event_unref(rig->event);
	free(rig);
	assert_int_equal(picture_alive(), 0);
	return 0;
}

static void on_ready(void *context, struct vnc_update *update)
{
	struct asker *asker = context;

	assert_ptr_equal(update, asker->update);
	asker->ready++;
}

static void ask_rects(struct rig *rig, struct asker *asker, int level,
		const struct video_rect *rects, size_t rects_n)
{
	const struct vnc_class class_ = vnc_class_for_tight(level);

	asker->ready = 0;
	assert_int_equal(vnc_encoder_request(rig->encoder, &class_, rects,
					 rects_n, on_ready, asker,
					 &asker->update),
			0);
	assert_int_equal(asker->ready, 0);
}

static void ask(struct rig *rig, struct asker *asker, int level)
{
	ask_rects(rig, asker, level, &whole, 1);
}

static void wait_for(struct rig *rig, const struct asker *asker)
{
	while (!asker->ready)
		assert_true(sd_event_run(rig->event, UINT64_MAX) > 0);
	assert_int_equal(asker->ready, 1);
	assert_int_equal(asker->update->rc, 0);
}

static void drop(struct asker *asker)
{
	vnc_update_destroy(asker->update);
	asker->update = NULL;
}

static uint64_t encoded(const struct rig *rig)
{
	return vnc_encoder_get_stats(rig->encoder).encoded;
}

static uint64_t shared(const struct rig *rig)
{
	return vnc_encoder_get_stats(rig->encoder).shared;
}

/* A way to the pool and back, behind whatever is with it. */
static void settle(struct rig *rig)
{
	struct asker last;

	ask_rects(rig, &last, -1, NULL, 0);
	wait_for(rig, &last);
	drop(&last);
}

static void decode_update(
		struct tight_decoder *decoder, const struct vnc_update *update)
{
	uint32_t rects = 0;

	for (size_t i = 0; i < update->pieces_n; i++) {
		const struct core_bytes *piece = update->pieces[i];
		size_t at = 0;

		for (; at < piece->size; rects++)
			at += tight_decode(decoder, piece->data + at,
					piece->size - at);
	}
	assert_int_equal(rects, update->rects);
}

static void assert_shown(
		const struct tight_decoder *decoder, const struct rig *rig)
{
	for (uint32_t y = 0; y < HEIGHT_PX; y++) {
		for (uint32_t x = 0; x < WIDTH_PX; x++)
			assert_int_equal(decoder->canvas[y * WIDTH_PX + x],
					picture_pixel(rig->frame, x, y));
	}
}

static void a_picture_arrives_whole(void **state)
{
	struct rig *rig = *state;
	struct tight_decoder decoder;
	struct asker asker;

	tight_decoder_init(&decoder, WIDTH_PX, HEIGHT_PX);
	ask(rig, &asker, -1);
	wait_for(rig, &asker);
	assert_false(asker.update->lossy);
	assert_int_equal(asker.update->rects, WHOLE_STRIPS);
	decode_update(&decoder, asker.update);
	assert_shown(&decoder, rig);
	drop(&asker);
	tight_decoder_finish(&decoder);
}

static void ten_viewers_cost_one(void **state)
{
	struct rig *rig = *state;
	struct asker askers[10];

	for (unsigned i = 0; i < 10; i++)
		ask(rig, &askers[i], 6);
	for (unsigned i = 0; i < 10; i++)
		wait_for(rig, &askers[i]);
	assert_int_equal(encoded(rig), WHOLE_STRIPS);
	assert_int_equal(shared(rig), 9 * WHOLE_STRIPS);
	for (unsigned i = 1; i < 10; i++) {
		assert_true(askers[i].update->lossy);
		assert_int_equal(askers[i].update->rects, WHOLE_STRIPS);
		for (unsigned j = 0; j < WHOLE_STRIPS; j++)
			assert_ptr_equal(askers[i].update->pieces[j],
					askers[0].update->pieces[j]);
	}
	for (unsigned i = 0; i < 10; i++)
		drop(&askers[i]);
}

static void who_comes_later_gets_what_was_made(void **state)
{
	struct rig *rig = *state;
	struct asker asker;

	for (unsigned i = 0; i < 3; i++) {
		ask(rig, &asker, -1);
		wait_for(rig, &asker);
		assert_int_equal(asker.update->rects, WHOLE_STRIPS);
		drop(&asker);
	}
	assert_int_equal(encoded(rig), WHOLE_STRIPS);
}

static void classes_are_kept_apart(void **state)
{
	static const int levels[] = {-1, 0, 3, 4, 7, 8, 9};
	const struct vnc_pixel_format native = vnc_pixel_format_native;
	struct vnc_pixel_format swapped = native;
	struct vnc_class raw[2];
	struct rig *rig = *state;
	struct asker asker;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		ask(rig, &asker, levels[i]);
		wait_for(rig, &asker);
		assert_int_equal(asker.update->lossy, levels[i] >= 0);
		drop(&asker);
	}
	assert_int_equal(encoded(rig), 4 * WHOLE_STRIPS);

	swapped.big_endian = true;
	raw[0] = vnc_class_for_raw(&native);
	raw[1] = vnc_class_for_raw(&swapped);
	for (size_t i = 0; i < 4; i++) {
		asker.ready = 0;
		assert_int_equal(vnc_encoder_request(rig->encoder, &raw[i % 2],
						 &whole, 1, on_ready, &asker,
						 &asker.update),
				0);
		wait_for(rig, &asker);
		drop(&asker);
	}
	assert_int_equal(encoded(rig), 6 * WHOLE_STRIPS);
}

static void only_what_changed_is_made_again(void **state)
{
	struct rig *rig = *state;
	struct tight_decoder decoder;
	struct asker asker;

	tight_decoder_init(&decoder, WIDTH_PX, HEIGHT_PX);
	ask(rig, &asker, -1);
	wait_for(rig, &asker);
	drop(&asker);
	show(rig, picture_change(rig->frame, 100, 200));
	ask(rig, &asker, -1);
	wait_for(rig, &asker);
	assert_int_equal(encoded(rig), WHOLE_STRIPS + 1);
	decode_update(&decoder, asker.update);
	assert_shown(&decoder, rig);
	drop(&asker);
	tight_decoder_finish(&decoder);
}

static void a_new_size_starts_anew(void **state)
{
	struct rig *rig = *state;
	const struct video_rect corner = {0, 0, 320, 192};
	struct asker asker;

	ask_rects(rig, &asker, -1, &corner, 1);
	wait_for(rig, &asker);
	drop(&asker);
	show(rig, picture_create(320, 200, PICTURE_MIXED, 1));
	ask_rects(rig, &asker, -1, &corner, 1);
	wait_for(rig, &asker);
	assert_int_equal(encoded(rig), 2);
	drop(&asker);
}

static void pieces_come_in_the_order_asked(void **state)
{
	static const struct video_rect rects[] = {
			{320, 400, 16, 16}, {0, 0, 16, 16}, {64, 16, 32, 48}};
	struct rig *rig = *state;
	struct tight_decoder decoder;
	struct asker asker;

	tight_decoder_init(&decoder, WIDTH_PX, HEIGHT_PX);
	ask_rects(rig, &asker, -1, rects, 3);
	wait_for(rig, &asker);
	assert_int_equal(asker.update->pieces_n, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct core_bytes *piece = asker.update->pieces[i];

		tight_decode(&decoder, piece->data, piece->size);
		assert_int_equal(decoder.x_px, rects[i].x_px);
		assert_int_equal(decoder.y_px, rects[i].y_px);
	}
	drop(&asker);
	tight_decoder_finish(&decoder);
}

static void refuses_what_is_not_in_the_picture(void **state)
{
	static const struct video_rect rects[] = {{0, 0, 0, 1}, {0, 0, 1, 0},
			{640, 0, 1, 1}, {0, 480, 1, 1}, {639, 0, 2, 1},
			{0, 0, 640, 481}, {UINT32_MAX, 0, 2, 1}};
	const struct vnc_class class_ = vnc_class_for_tight(-1);
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(rects) / sizeof(rects[0]); i++) {
		struct asker asker = {0};

		assert_int_equal(vnc_encoder_request(rig->encoder, &class_,
						 &rects[i], 1, on_ready, &asker,
						 &asker.update),
				-EINVAL);
		assert_null(asker.update);
	}
}

static void nothing_asked_is_ready_at_once(void **state)
{
	struct rig *rig = *state;
	struct asker asker;

	ask_rects(rig, &asker, -1, NULL, 0);
	wait_for(rig, &asker);
	assert_int_equal(asker.update->rects, 0);
	assert_int_equal(asker.update->pieces_n, 0);
	drop(&asker);
}

/* ---- going away in every state ---- */

/* Keeps a worker busy until it is let go. */
struct plug {
	struct core_job job;
	pthread_mutex_t gate;
};

static void plug_run(struct core_job *job)
{
	struct plug *plug = (struct plug *)job;

	pthread_mutex_lock(&plug->gate);
	pthread_mutex_unlock(&plug->gate);
}

static void plug_done(struct core_job *job)
{
	(void)job;
}

static void plug_pool(struct rig *rig, struct plug plugs[2])
{
	for (unsigned i = 0; i < 2; i++) {
		plugs[i].job = (struct core_job){
				.run = plug_run, .done = plug_done};
		pthread_mutex_init(&plugs[i].gate, NULL);
		pthread_mutex_lock(&plugs[i].gate);
		core_workers_submit(rig->workers, &plugs[i].job);
	}
}

static void unplug_pool(struct plug plugs[2])
{
	for (unsigned i = 0; i < 2; i++)
		pthread_mutex_unlock(&plugs[i].gate);
}

/* So many strips that most have to wait for a bench. */
#define CELLS 100
static void ask_cells(struct rig *rig, struct asker *asker, int level)
{
	struct video_rect rects[CELLS];

	for (uint32_t i = 0; i < CELLS; i++)
		rects[i] = (struct video_rect){
				i % 40 * 16, i / 40 * 16, 16, 16};
	ask_rects(rig, asker, level, rects, CELLS);
}

static void what_nobody_wants_any_more_is_not_made(void **state)
{
	struct rig *rig = *state;
	struct plug plugs[2];
	struct asker asker;

	plug_pool(rig, plugs);
	ask_cells(rig, &asker, -1);
	drop(&asker);
	unplug_pool(plugs);
	settle(rig);
	assert_in_range(encoded(rig), 1, 10);

	/* Those under way were finished for whoever comes next. */
	ask_cells(rig, &asker, -1);
	wait_for(rig, &asker);
	assert_int_equal(encoded(rig), CELLS);
	drop(&asker);
}

static void one_who_leaves_takes_nothing_from_the_others(void **state)
{
	struct rig *rig = *state;
	struct asker leaver, stayer;
	struct plug plugs[2];

	plug_pool(rig, plugs);
	ask_cells(rig, &leaver, -1);
	ask_cells(rig, &stayer, -1);
	drop(&leaver);
	unplug_pool(plugs);
	wait_for(rig, &stayer);
	assert_int_equal(stayer.update->rects, CELLS);
	assert_int_equal(encoded(rig), CELLS);
	drop(&stayer);
}

static void one_who_leaves_before_a_cached_answer(void **state)
{
	struct rig *rig = *state;
	struct asker asker;

	ask(rig, &asker, -1);
	wait_for(rig, &asker);
	drop(&asker);
	ask(rig, &asker, -1); /* all there: deferred */
	drop(&asker);
	settle(rig);
	assert_int_equal(asker.ready, 0);
	ask(rig, &asker, -1);
	drop(&asker); /* and now the pool ends before it comes back */
}

struct pair {
	struct asker asker;
	struct pair *other;
	unsigned *calls;
};

/* Whoever is told first sends the other away. */
static void on_ready_drop_other(void *context, struct vnc_update *update)
{
	struct pair *pair = context;

	(void)update;
	(*pair->calls)++;
	drop(&pair->other->asker);
	drop(&pair->asker);
}

static void a_callee_may_destroy_any_update(void **state)
{
	const struct vnc_class class_ = vnc_class_for_tight(-1);
	struct rig *rig = *state;
	unsigned calls = 0;
	struct pair pairs[2] = {{.other = &pairs[1], .calls = &calls},
			{.other = &pairs[0], .calls = &calls}};

	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(vnc_encoder_request(rig->encoder, &class_,
						 &whole, 1, on_ready_drop_other,
						 &pairs[i],
						 &pairs[i].asker.update),
				0);
	while (calls == 0)
		assert_true(sd_event_run(rig->event, UINT64_MAX) > 0);
	settle(rig);
	assert_int_equal(calls, 1);
}

static void the_encoder_may_go_while_jobs_are_under_way(void **state)
{
	struct rig *rig = *state;
	struct plug plugs[2];
	struct asker asker;

	plug_pool(rig, plugs);
	ask_cells(rig, &asker, 6);
	drop(&asker);
	vnc_encoder_destroy(rig->encoder);
	rig->encoder = NULL;
	unplug_pool(plugs);
	for (unsigned i = 0; i < 20; i++)
		sd_event_run(rig->event, 1000);
}

static void the_encoder_may_go_while_jobs_run(void **state)
{
	struct rig *rig = *state;
	struct asker asker;

	ask_cells(rig, &asker, 6);
	drop(&asker);
	vnc_encoder_destroy(rig->encoder);
	rig->encoder = NULL; /* tear_down ends the pool at once */
}

static void an_update_tells_that_the_pool_ended(void **state)
{
	struct rig *rig = *state;
	struct asker asker;
	struct plug plugs[2];

	plug_pool(rig, plugs);
	ask_cells(rig, &asker, -1);
	unplug_pool(plugs);
	core_workers_destroy(rig->workers);
	rig->workers = NULL;
	assert_int_equal(asker.ready, 1);
	if (asker.update->rc < 0) { /* unless the workers were that fast */
		assert_int_equal(asker.update->rc, -ECANCELED);
		assert_int_equal(asker.update->pieces_n, 0);
	}
	drop(&asker);
}

/* ---- bounds ---- */

static void the_cache_forgets_what_is_long_unused(void **state)
{
	struct rig *rig = *state;
	struct video_rect rects[600];
	struct asker asker;

	for (uint32_t i = 0; i < 600; i++)
		rects[i] = (struct video_rect){
				i % 40 * 16, i / 40 * 16, 16, 16};
	ask_rects(rig, &asker, -1, rects, 600);
	wait_for(rig, &asker);
	drop(&asker);
	assert_int_equal(encoded(rig), 600);

	/* The 512 newest are there, the 88 before them are not. */
	ask_rects(rig, &asker, -1, rects + 88, 512);
	wait_for(rig, &asker);
	drop(&asker);
	assert_in_range(encoded(rig), 600, 606); /* some end out of order */
	ask_rects(rig, &asker, -1, rects, 80);
	wait_for(rig, &asker);
	drop(&asker);
	assert_in_range(encoded(rig), 674, 686);
}

static void what_is_overtaken_leaves_the_cache(void **state)
{
	struct rig *rig = *state;
	const struct video_rect cell = {0, 0, 16, 16};
	struct core_bytes *piece;
	struct asker asker;

	ask_rects(rig, &asker, -1, &cell, 1);
	wait_for(rig, &asker);
	piece = core_bytes_ref(asker.update->pieces[0]);
	drop(&asker);
	assert_int_equal(piece->refs, 2);
	show(rig, picture_change(rig->frame, 1, 1));
	settle(rig); /* any request sweeps */
	assert_int_equal(piece->refs, 1);
	core_bytes_unref(piece);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_picture_arrives_whole),
			TEST(ten_viewers_cost_one),
			TEST(who_comes_later_gets_what_was_made),
			TEST(classes_are_kept_apart),
			TEST(only_what_changed_is_made_again),
			TEST(a_new_size_starts_anew),
			TEST(pieces_come_in_the_order_asked),
			TEST(refuses_what_is_not_in_the_picture),
			TEST(nothing_asked_is_ready_at_once),
			TEST(what_nobody_wants_any_more_is_not_made),
			TEST(one_who_leaves_takes_nothing_from_the_others),
			TEST(one_who_leaves_before_a_cached_answer),
			TEST(a_callee_may_destroy_any_update),
			TEST(the_encoder_may_go_while_jobs_are_under_way),
			TEST(the_encoder_may_go_while_jobs_run),
			TEST(an_update_tells_that_the_pool_ended),
			TEST(the_cache_forgets_what_is_long_unused),
			TEST(what_is_overtaken_leaves_the_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
