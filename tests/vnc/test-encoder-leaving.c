/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/encoder.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include <cmocka.h>

#include "tests/vnc/encoder-rig.h"
#include "tests/vnc/picture.h"

/* Updates, encoder and pool, gone in every state. */

/* So many strips that most have to wait for a bench. */
#define CELLS 100
static void ask_cells(struct encoder_rig *rig, struct asker *asker, int level)
{
	struct video_rect rects[CELLS];

	for (uint32_t i = 0; i < CELLS; i++)
		rects[i] = (struct video_rect){
				i % 40 * 16, i / 40 * 16, 16, 16};
	encoder_ask_rects(rig, asker, level, rects, CELLS);
}

static void what_nobody_wants_any_more_is_not_made(void **state)
{
	static const struct video_rect last = {0, 400, 16, 16};
	struct encoder_rig *rig = *state;
	struct asker asker;

	encoder_plug(rig);
	ask_cells(rig, &asker, -1);
	encoder_drop(&asker);
	encoder_ask_rects(rig, &asker, -1, &last, 1);
	encoder_unplug(rig);
	encoder_wait(rig, &asker);
	encoder_drop(&asker);
	assert_in_range(encoder_count_encoded(rig), 1, 10);

	/* Those under way were finished for whoever comes next. */
	ask_cells(rig, &asker, -1);
	encoder_wait(rig, &asker);
	assert_int_equal(encoder_count_encoded(rig), CELLS + 1);
	encoder_drop(&asker);
}

static void one_who_leaves_takes_nothing_from_the_others(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker leaver, stayer;

	encoder_plug(rig);
	ask_cells(rig, &leaver, -1);
	ask_cells(rig, &stayer, -1);
	encoder_drop(&leaver);
	encoder_unplug(rig);
	encoder_wait(rig, &stayer);
	assert_int_equal(stayer.update->rects, CELLS);
	assert_int_equal(encoder_count_encoded(rig), CELLS);
	encoder_drop(&stayer);
}

static void one_who_leaves_before_a_cached_answer(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker asker;

	encoder_ask(rig, &asker, -1);
	encoder_wait(rig, &asker);
	encoder_drop(&asker);
	encoder_ask(rig, &asker, -1); /* all there: deferred */
	encoder_drop(&asker);
	encoder_settle(rig);
	assert_int_equal(asker.ready, 0);
	encoder_ask(rig, &asker, -1);
	encoder_drop(&asker); /* and now the pool ends before it comes back */
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
	encoder_drop(&pair->other->asker);
	encoder_drop(&pair->asker);
}

static void a_callee_may_destroy_any_update(void **state)
{
	const struct vnc_class class_ = vnc_class_for_tight(-1);
	struct encoder_rig *rig = *state;
	unsigned calls = 0;
	struct pair pairs[2] = {{.other = &pairs[1], .calls = &calls},
			{.other = &pairs[0], .calls = &calls}};

	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(vnc_encoder_request(rig->encoder, &class_,
						 &encoder_whole, 1,
						 on_ready_drop_other, &pairs[i],
						 &pairs[i].asker.update),
				0);
	while (calls == 0)
		assert_true(sd_event_run(rig->event, UINT64_MAX) > 0);
	encoder_settle(rig);
	assert_int_equal(calls, 1);
}

static void the_encoder_may_go_while_jobs_are_under_way(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker asker;

	encoder_plug(rig);
	ask_cells(rig, &asker, 6);
	encoder_drop(&asker);
	vnc_encoder_destroy(rig->encoder);
	rig->encoder = NULL;
	encoder_unplug(rig);
	for (unsigned i = 0; i < 20; i++)
		sd_event_run(rig->event, 1000);
}

static void the_encoder_may_go_while_jobs_run(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker asker;

	ask_cells(rig, &asker, 6);
	encoder_drop(&asker);
	vnc_encoder_destroy(rig->encoder);
	rig->encoder = NULL; /* tear_down ends the pool at once */
}

static void an_update_tells_that_the_pool_ended(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker asker;

	encoder_plug(rig);
	ask_cells(rig, &asker, -1);
	encoder_unplug(rig);
	core_workers_destroy(rig->workers);
	rig->workers = NULL;
	assert_int_equal(asker.ready, 1);
	if (asker.update->rc < 0) { /* unless the workers were that fast */
		assert_int_equal(asker.update->rc, -ECANCELED);
		assert_int_equal(asker.update->pieces_n, 0);
	}
	encoder_drop(&asker);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, encoder_set_up, encoder_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(what_nobody_wants_any_more_is_not_made),
			TEST(one_who_leaves_takes_nothing_from_the_others),
			TEST(one_who_leaves_before_a_cached_answer),
			TEST(a_callee_may_destroy_any_update),
			TEST(the_encoder_may_go_while_jobs_are_under_way),
			TEST(the_encoder_may_go_while_jobs_run),
			TEST(an_update_tells_that_the_pool_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
