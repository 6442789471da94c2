/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/encoder-rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"

const struct video_rect encoder_whole = {
		0, 0, ENCODER_WIDTH_PX, ENCODER_HEIGHT_PX};

void encoder_show(struct encoder_rig *rig, struct video_frame *frame)
{
	bool changed;

	video_frame_unref(rig->frame);
	rig->frame = frame;
	assert_int_equal(video_screen_show(rig->screen, frame, &changed), 0);
}

static int set_up_with(void **state, unsigned threads)
{
	struct encoder_rig *rig = calloc(1, sizeof(*rig));

	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(
			core_workers_create(&rig->workers, rig->event, threads),
			0);
	assert_int_equal(
			video_screen_create(&rig->screen, core_simd_best()), 0);
	assert_int_equal(vnc_encoder_create(&rig->encoder, rig->workers,
					 rig->screen, &rig->figures,
					 core_simd_best()),
			0);
	encoder_show(rig,
			picture_create(ENCODER_WIDTH_PX, ENCODER_HEIGHT_PX,
					PICTURE_MIXED, 1));
	*state = rig;
	return 0;
}

int encoder_set_up(void **state)
{
	return set_up_with(state, 2);
}

int encoder_set_up_single(void **state)
{
	return set_up_with(state, 1);
}

/* In the order of the daemon: encoders first, then the pool. */
int encoder_tear_down(void **state)
{
	struct encoder_rig *rig = *state;

	vnc_encoder_destroy(rig->encoder);
	core_workers_destroy(rig->workers);
	video_screen_destroy(rig->screen);
	video_frame_unref(rig->frame);
	sd_event_unref(rig->event);
	free(rig);
	assert_int_equal(picture_alive(), 0);
	return 0;
}

void encoder_on_ready(void *context, struct vnc_update *update)
{
	struct asker *asker = context;

	assert_ptr_equal(update, asker->update);
	asker->ready++;
}

void encoder_ask_rects(struct encoder_rig *rig, struct asker *asker, int level,
		const struct video_rect *rects, size_t rects_n)
{
	const struct vnc_class class_ = vnc_class_for_tight(level);

	asker->ready = 0;
	assert_int_equal(vnc_encoder_request(rig->encoder, &class_, rects,
					 rects_n, encoder_on_ready, asker,
					 &asker->update),
			0);
	assert_int_equal(asker->ready, 0);
}

void encoder_ask(struct encoder_rig *rig, struct asker *asker, int level)
{
	encoder_ask_rects(rig, asker, level, &encoder_whole, 1);
}

void encoder_wait(struct encoder_rig *rig, const struct asker *asker)
{
	while (!asker->ready)
		assert_true(sd_event_run(rig->event, UINT64_MAX) > 0);
	assert_int_equal(asker->ready, 1);
	assert_int_equal(asker->update->rc, 0);
}

void encoder_drop(struct asker *asker)
{
	vnc_update_destroy(asker->update);
	asker->update = NULL;
}

uint64_t encoder_count_encoded(const struct encoder_rig *rig)
{
	return rig->figures.encodes;
}

uint64_t encoder_count_shared(const struct encoder_rig *rig)
{
	return rig->figures.shared;
}

void encoder_settle(struct encoder_rig *rig)
{
	struct asker last;

	encoder_ask_rects(rig, &last, -1, NULL, 0);
	encoder_wait(rig, &last);
	encoder_drop(&last);
}

void encoder_decode(
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

void encoder_assert_shown(const struct tight_decoder *decoder,
		const struct encoder_rig *rig)
{
	for (uint32_t y = 0; y < ENCODER_HEIGHT_PX; y++) {
		for (uint32_t x = 0; x < ENCODER_WIDTH_PX; x++)
			assert_int_equal(decoder->canvas[y * ENCODER_WIDTH_PX +
							 x],
					picture_pixel(rig->frame, x, y));
	}
}

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

void encoder_plug(struct encoder_rig *rig)
{
	for (unsigned i = 0; i < 2; i++) {
		rig->plugs[i].job = (struct core_job){
				.run = plug_run, .done = plug_done};
		pthread_mutex_init(&rig->plugs[i].gate, NULL);
		pthread_mutex_lock(&rig->plugs[i].gate);
		core_workers_submit(rig->workers, &rig->plugs[i].job);
	}
}

void encoder_unplug(struct encoder_rig *rig)
{
	for (unsigned i = 0; i < 2; i++)
		pthread_mutex_unlock(&rig->plugs[i].gate);
}
