/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"

#define WIDTH_PX 64
#define HEIGHT_PX 32
#define ALL_PX (WIDTH_PX * HEIGHT_PX)
#define CELL_PX 256

struct rig {
	struct video_screen *screen;
	struct video_frame *frame;
	struct vnc_seen *seen;
};

static const struct video_rect whole = {0, 0, WIDTH_PX, HEIGHT_PX};
static const struct video_rect first_cell = {0, 0, 16, 16};

static void show(struct rig *rig, struct video_frame *frame)
{
	bool changed;

	video_frame_unref(rig->frame);
	rig->frame = frame;
	assert_int_equal(video_screen_show(rig->screen, frame, &changed), 0);
	if (rig->seen)
		vnc_seen_follow(rig->seen);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_int_equal(
			video_screen_create(&rig->screen, core_simd_best()), 0);
	show(rig, picture_create(WIDTH_PX, HEIGHT_PX, PICTURE_NOISE, 1));
	assert_int_equal(vnc_seen_create(&rig->seen, rig->screen), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	vnc_seen_destroy(rig->seen);
	video_screen_destroy(rig->screen);
	video_frame_unref(rig->frame);
	free(rig);
	return 0;
}

typedef size_t list_function(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n);

/* Cell by cell: a list of them all may hold those between them, too. */
static uint32_t pixels(struct rig *rig, list_function *list)
{
	struct video_rect rect;
	uint32_t sum = 0;

	for (uint32_t y = 0; y < HEIGHT_PX * 2; y += VIDEO_CELL_PX)
		for (uint32_t x = 0; x < WIDTH_PX * 2; x += VIDEO_CELL_PX) {
			const struct video_rect cell = {x, y, 16, 16};

			if (list(rig->seen, &cell, &rect, 1) > 0)
				sum += rect.width_px * rect.height_px;
		}
	return sum;
}

static uint32_t missing(struct rig *rig)
{
	return pixels(rig, vnc_seen_list_missing);
}

static uint32_t blurred(struct rig *rig)
{
	return pixels(rig, vnc_seen_list_blurred);
}

static void send(struct rig *rig, const struct video_rect *rect, bool lossy)
{
	vnc_seen_begin(rig->seen, rect, 1);
	vnc_seen_done(rig->seen, rect, lossy ? 1 : 0);
}

static void what_is_begun_is_missed_no_more(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(missing(rig), ALL_PX);
	vnc_seen_begin(rig->seen, &first_cell, 1);
	assert_int_equal(missing(rig), ALL_PX - CELL_PX);
	vnc_seen_begin(rig->seen, &whole, 1);
	assert_int_equal(missing(rig), 0);
	vnc_seen_done(rig->seen, NULL, 0);
	assert_int_equal(missing(rig), 0);
	show(rig, picture_change(rig->frame, 40, 20));
	assert_int_equal(missing(rig), CELL_PX);
}

static void what_is_dropped_is_missed_again(void **state)
{
	struct rig *rig = *state;

	send(rig, &first_cell, false);
	vnc_seen_begin(rig->seen, &whole, 1);
	vnc_seen_drop(rig->seen);
	assert_int_equal(missing(rig), ALL_PX - CELL_PX);
}

/* What changes while an update is made is missed when it is done. */
static void what_changes_meanwhile_is_missed(void **state)
{
	struct rig *rig = *state;

	vnc_seen_begin(rig->seen, &whole, 1);
	show(rig, picture_change(rig->frame, 40, 20));
	vnc_seen_done(rig->seen, NULL, 0);
	assert_int_equal(missing(rig), CELL_PX);
}

static void a_new_size_is_all_missed(void **state)
{
	struct rig *rig = *state;

	send(rig, &whole, false);
	show(rig, picture_create(WIDTH_PX * 2, HEIGHT_PX, PICTURE_NOISE, 2));
	vnc_seen_reset(rig->seen);
	assert_int_equal(missing(rig), 2 * ALL_PX);
}

static void exact_is_not_blurred(void **state)
{
	struct rig *rig = *state;

	send(rig, &whole, false);
	assert_false(vnc_seen_tick(rig->seen));
	assert_false(vnc_seen_tick(rig->seen));
	assert_int_equal(blurred(rig), 0);
}

/* Ticks until what stands still has settled; it has only just come at first. */
static void settle(struct rig *rig)
{
	uint32_t before = blurred(rig);

	for (unsigned i = 0; i < VNC_SEEN_STILL_TICKS; i++) {
		assert_true(vnc_seen_tick(rig->seen));
		assert_int_equal(blurred(rig), before);
	}
	assert_false(vnc_seen_tick(rig->seen)); /* no need for another */
}

static void what_moves_is_not_made_exact(void **state)
{
	struct rig *rig = *state;

	send(rig, &whole, true);
	settle(rig);
	assert_int_equal(blurred(rig), ALL_PX);
	for (uint32_t i = 0; i < 2 * VNC_SEEN_STILL_TICKS; i++) {
		show(rig, picture_change(rig->frame, 3, i));
		send(rig, &first_cell, true);
		assert_true(vnc_seen_tick(rig->seen));
		assert_int_equal(blurred(rig), ALL_PX - CELL_PX);
	}
	send(rig, &whole, false);
	assert_int_equal(blurred(rig), 0);
	assert_false(vnc_seen_tick(rig->seen));
}

static void exact_parts_are_made_once(void **state)
{
	struct rig *rig = *state;

	send(rig, &whole, true);
	settle(rig);
	vnc_seen_begin(rig->seen, &first_cell, 1);
	assert_int_equal(blurred(rig), ALL_PX - CELL_PX);
	vnc_seen_done(rig->seen, NULL, 0);
	assert_false(vnc_seen_tick(rig->seen));
	assert_int_equal(blurred(rig), ALL_PX - CELL_PX);
}

/* A step that gave way is found again by the next tick. */
static void a_dropped_step_is_blurred_again(void **state)
{
	struct rig *rig = *state;

	send(rig, &whole, true);
	settle(rig);
	vnc_seen_begin(rig->seen, &whole, 1);
	vnc_seen_drop(rig->seen);
	assert_false(vnc_seen_tick(rig->seen));
	assert_int_equal(blurred(rig), ALL_PX);
}

static void sent_again_with_loss_is_blurred_again(void **state)
{
	struct rig *rig = *state;

	send(rig, &whole, false);
	send(rig, &first_cell, true);      /* though it is had, and exactly */
	assert_int_equal(blurred(rig), 0); /* it is as new as what moved */
	settle(rig);
	assert_int_equal(blurred(rig), CELL_PX);
	send(rig, &first_cell, false);
	assert_int_equal(blurred(rig), 0);
	assert_false(vnc_seen_tick(rig->seen));
}

/* What was sent without loss beside a JPEG is not sent twice. */
static void only_lossy_parts_are_blurred(void **state)
{
	static const struct video_rect inner = {17, 5, 20, 10};
	struct rig *rig = *state;

	vnc_seen_begin(rig->seen, &whole, 1);
	vnc_seen_done(rig->seen, &inner, 1);
	settle(rig);
	assert_int_equal(blurred(rig), 2 * CELL_PX); /* those it touches */
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(what_is_begun_is_missed_no_more),
			test(what_is_dropped_is_missed_again),
			test(what_changes_meanwhile_is_missed),
			test(a_new_size_is_all_missed),
			test(exact_is_not_blurred),
			test(what_moves_is_not_made_exact),
			test(exact_parts_are_made_once),
			test(a_dropped_step_is_blurred_again),
			test(sent_again_with_loss_is_blurred_again),
			test(only_lossy_parts_are_blurred),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
