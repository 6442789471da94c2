/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"

/*
 * A viewer that does what it is told, pixel by pixel, through a random walk of
 * pictures, updates and drops. Whatever is done must leave it with the picture
 * that was begun.
 */

#define WIDTH_PX 200  /* 12 cells and a half */
#define HEIGHT_PX 152 /* 9 cells and a half */
#define PIXELS (WIDTH_PX * HEIGHT_PX)
#define RECTS_MAX 200

/* In a pixel's fourth byte: it was sent with loss. */
#define LOSS UINT32_C(0xff000000)

static const struct video_rect whole = {0, 0, WIDTH_PX, HEIGHT_PX};

struct walk {
	uint32_t random;
	struct video_screen *screen;
	struct vnc_seen *seen;
	struct video_frame *frame;
	uint32_t viewer[PIXELS];
	/* Of the update that has begun. */
	bool begun;
	struct video_rect area;
	struct video_frame *begun_frame;
	struct video_rect rects[RECTS_MAX];
	size_t rects_n;
	size_t sent_px;
	size_t moved_px;
};

static uint32_t below(struct walk *walk, uint32_t limit)
{
	return picture_random(&walk->random) % limit;
}

static void set_up_walk(struct walk *walk, uint32_t seed)
{
	bool changed;

	*walk = (struct walk){.random = seed};
	walk->frame = picture_create(WIDTH_PX, HEIGHT_PX, PICTURE_NOISE, seed);
	assert_int_equal(video_screen_create(&walk->screen, core_simd_best()),
			0);
	assert_int_equal(video_screen_show(walk->screen, walk->frame, &changed),
			0);
	assert_int_equal(vnc_seen_create(&walk->seen, walk->screen), 0);
	vnc_seen_allow_moves(walk->seen, true);
}

static void tear_down_walk(struct walk *walk)
{
	vnc_seen_destroy(walk->seen);
	video_screen_destroy(walk->screen);
	video_frame_unref(walk->frame);
	video_frame_unref(walk->begun_frame);
}

/* ---- the picture ---- */

static uint8_t *row_of(struct video_frame *frame, uint32_t y_px)
{
	return video_frame_pixels(frame) + frame->layout.stride_bytes[0] * y_px;
}

static void draw_noise(struct walk *walk, struct video_frame *frame,
		const struct video_rect *rect)
{
	for (uint32_t y = 0; y < rect->height_px; y++) {
		uint8_t *row = row_of(frame, rect->y_px + y) + 4 * rect->x_px;

		for (uint32_t i = 0; i < 4 * rect->width_px; i++)
			row[i] = (uint8_t)(i % 4 == 3 ? 0 : below(walk, 256));
	}
}

static struct video_rect random_rect(struct walk *walk)
{
	struct video_rect rect = {
			.x_px = below(walk, WIDTH_PX),
			.y_px = below(walk, HEIGHT_PX),
	};

	rect.width_px = 1 + below(walk, WIDTH_PX - rect.x_px);
	rect.height_px = 1 + below(walk, HEIGHT_PX - rect.y_px);
	return rect;
}

/* A large area goes up or down, and what it leaves becomes new. */
static void scroll(struct walk *walk, struct video_frame *frame)
{
	struct video_rect area = {.width_px = 136 + below(walk, 65)};
	uint32_t rows;

	area.x_px = below(walk, WIDTH_PX - area.width_px + 1);
	area.height_px = 96 + below(walk, HEIGHT_PX - 96 + 1);
	area.y_px = below(walk, HEIGHT_PX - area.height_px + 1);
	if (below(walk, 2)) /* always the same one, as on a console */
		area = whole;
	rows = below(walk, 2) ? 16 : 1 + below(walk, 40);
	area.height_px -= rows;
	if (below(walk, 3)) {
		for (uint32_t y = area.y_px; y < area.y_px + area.height_px;
				y++)
			memcpy(row_of(frame, y) + 4 * area.x_px,
					row_of(frame, y + rows) + 4 * area.x_px,
					4 * area.width_px);
		area.y_px += area.height_px;
	} else {
		for (uint32_t y = area.y_px + area.height_px; y > area.y_px;
				y--)
			memcpy(row_of(frame, y + rows - 1) + 4 * area.x_px,
					row_of(frame, y - 1) + 4 * area.x_px,
					4 * area.width_px);
	}
	area.height_px = rows;
	draw_noise(walk, frame, &area);
}

static void show_next(struct walk *walk)
{
	struct video_frame *frame;
	bool changed;

	assert_int_equal(video_frame_copy(&frame, walk->frame), 0);
	if (below(walk, 4))
		scroll(walk, frame);
	for (uint32_t i = below(walk, 3); i > 0; i--) {
		struct video_rect rect = random_rect(walk);

		rect.width_px = 1 + rect.width_px / 8;
		rect.height_px = 1 + rect.height_px / 8;
		draw_noise(walk, frame, &rect);
	}
	video_frame_unref(walk->frame);
	walk->frame = frame;
	assert_int_equal(video_screen_show(walk->screen, frame, &changed), 0);
}

/* ---- the viewer ---- */

static uint32_t *viewer_at(struct walk *walk, uint32_t x_px, uint32_t y_px)
{
	return walk->viewer + WIDTH_PX * y_px + x_px;
}

static void make_move(struct walk *walk, const struct video_move *move)
{
	uint32_t copy[PIXELS];

	memcpy(copy, walk->viewer, sizeof(copy));
	for (uint32_t y = 0; y < move->to.height_px; y++)
		memcpy(viewer_at(walk, move->to.x_px, move->to.y_px + y),
				copy + WIDTH_PX * (move->from_y_px + y) +
						move->to.x_px,
				4 * move->to.width_px);
	walk->moved_px += (size_t)move->to.width_px * move->to.height_px;
}

static void paint(struct walk *walk, const struct video_rect *rect, bool lossy)
{
	for (uint32_t y = rect->y_px; y < rect->y_px + rect->height_px; y++)
		for (uint32_t x = rect->x_px; x < rect->x_px + rect->width_px;
				x++)
			*viewer_at(walk, x, y) =
					picture_pixel(walk->begun_frame, x, y) |
					(lossy ? LOSS : 0);
	walk->sent_px += (size_t)rect->width_px * rect->height_px;
}

static void expect_begun_picture(struct walk *walk)
{
	const struct video_rect *area = &walk->area;

	for (uint32_t y = area->y_px; y < area->y_px + area->height_px; y++)
		for (uint32_t x = area->x_px; x < area->x_px + area->width_px;
				x++)
			if ((*viewer_at(walk, x, y) & ~LOSS) !=
					picture_pixel(walk->begun_frame, x, y))
				fail_msg("wrong at %u, %u", x, y);
}

typedef size_t list_function(const struct vnc_seen *seen,
		const struct video_rect *area, struct video_rect *rects,
		size_t rects_n);

/* Cell by cell: a list of them all may hold those between them, too. */
static void list_cells(struct walk *walk, const struct video_rect *area,
		list_function *list)
{
	for (uint32_t y = area->y_px; y < area->y_px + area->height_px; y += 16)
		for (uint32_t x = area->x_px; x < area->x_px + area->width_px;
				x += 16)
			walk->rects_n += list(walk->seen,
					&(struct video_rect){x, y, 16, 16},
					&walk->rects[walk->rects_n], 1);
}

static void begin_listed(struct walk *walk)
{
	vnc_seen_begin(walk->seen, walk->rects, walk->rects_n);
	walk->begun = true;
	video_frame_unref(walk->begun_frame);
	walk->begun_frame = video_frame_ref(walk->frame);
}

static void begin(struct walk *walk, const struct video_rect *area, bool again)
{
	walk->area = *area;
	walk->rects_n = 0;
	vnc_seen_limit_moves(walk->seen, area);
	if (again) {
		walk->rects[walk->rects_n++] = random_rect(walk);
		vnc_seen_begin(walk->seen, walk->rects, 1);
	}
	list_cells(walk, area, vnc_seen_list_missing);
	begin_listed(walk);
}

static void begin_blurred(struct walk *walk)
{
	walk->area = (struct video_rect){0};
	walk->rects_n = 0;
	list_cells(walk, &whole, vnc_seen_list_blurred);
	begin_listed(walk);
}

static void finish(struct walk *walk, bool may_lose)
{
	const struct vnc_moves *moves = vnc_seen_get_moves(walk->seen);
	struct video_rect lossy[RECTS_MAX];
	size_t lossy_n = 0;

	assert_true(walk->area.width_px == 0 ||
			vnc_moves_lie_inside(moves, &walk->area));
	for (size_t i = 0; i < moves->n; i++)
		make_move(walk, &moves->list[i]);
	for (size_t i = 0; i < walk->rects_n; i++) {
		bool loses = may_lose && below(walk, 2);

		paint(walk, &walk->rects[i], loses);
		if (loses)
			lossy[lossy_n++] = walk->rects[i];
	}
	vnc_seen_done(walk->seen, lossy, lossy_n);
	walk->begun = false;
	expect_begun_picture(walk);
}

/* In the end everything becomes exact. */
static void come_to_rest(struct walk *walk)
{
	if (walk->begun)
		finish(walk, true);
	begin(walk, &whole, false);
	finish(walk, true);
	while (vnc_seen_tick(walk->seen))
		;
	begin_blurred(walk);
	finish(walk, false);
	vnc_seen_tick(walk->seen);
	assert_int_equal(vnc_seen_list_blurred(walk->seen, NULL, walk->rects,
					 RECTS_MAX),
			0);
	for (uint32_t i = 0; i < PIXELS; i++)
		assert_int_equal(walk->viewer[i] & LOSS, 0);
}

static void step(struct walk *walk, bool sometimes_parts)
{
	switch (below(walk, 8)) {
	case 0:
	case 1:
	case 2:
		show_next(walk);
		vnc_seen_follow(walk->seen);
		break;
	case 3:
		if (walk->begun && below(walk, 2)) {
			vnc_seen_drop(walk->seen);
			walk->begun = false;
		}
		break;
	case 4:
		vnc_seen_tick(walk->seen);
		break;
	case 5:
		if (sometimes_parts && !walk->begun && below(walk, 4) == 0)
			begin(walk, &(struct video_rect){32, 16, 144, 128},
					false);
		if (!walk->begun && below(walk, 6) == 0)
			begin_blurred(walk);
		break;
	default:
		if (walk->begun)
			finish(walk, true);
		else
			begin(walk, &whole, below(walk, 8) == 0);
		break;
	}
}

/* Now and then a viewer is slow, or everything comes to rest. */
static void take_walk(struct walk *walk, unsigned steps, bool sometimes_parts)
{
	for (unsigned i = 0; i < steps; i++) {
		step(walk, sometimes_parts);
		if (below(walk, 200) == 0)
			vnc_seen_allow_moves(walk->seen, i % 2);
		for (unsigned j = below(walk, 50) ? 0 : 2; j > 0; j--)
			show_next(walk); /* only the second is followed */
		vnc_seen_follow(walk->seen);
		for (unsigned j = below(walk, 16) ? 0 : 8; j > 0; j--) {
			show_next(walk);
			vnc_seen_follow(walk->seen);
		}
		if (below(walk, 16) == 0)
			come_to_rest(walk);
	}
}

static void a_walk_leaves_no_trace(void **state)
{
	static struct walk walk;
	unsigned walks = getenv("RACKHAND_TEST_FULL") ? 400 : 12;
	size_t moved_px = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= walks; seed++) {
		set_up_walk(&walk, seed);
		take_walk(&walk, 200, seed % 2);
		moved_px += walk.moved_px;
		tear_down_walk(&walk);
	}
	assert_true(moved_px > (size_t)walks * 10 * PIXELS);
}

/* A console that scrolls by lines, and a viewer that keeps up or does not. */
static void scroll_lines(
		struct walk *walk, unsigned frames_an_update, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++) {
		struct video_rect last = {0, HEIGHT_PX - 8 - 16, WIDTH_PX, 16};
		struct video_frame *frame;
		bool changed;

		assert_int_equal(video_frame_copy(&frame, walk->frame), 0);
		for (uint32_t y = 0; y < last.y_px; y++)
			memcpy(row_of(frame, y), row_of(frame, y + 16),
					4 * WIDTH_PX);
		draw_noise(walk, frame, &last);
		video_frame_unref(walk->frame);
		walk->frame = frame;
		assert_int_equal(video_screen_show(
						 walk->screen, frame, &changed),
				0);
		vnc_seen_follow(walk->seen);
		if (i % frames_an_update != frames_an_update - 1)
			continue;
		begin(walk, &whole, false);
		finish(walk, false);
	}
}

static size_t list_px(struct walk *walk, list_function *list)
{
	size_t sum_px = 0;

	walk->rects_n = 0;
	list_cells(walk, &whole, list);
	for (size_t i = 0; i < walk->rects_n; i++)
		sum_px += (size_t)walk->rects[i].width_px *
				walk->rects[i].height_px;
	return sum_px;
}

static void send_all_with_loss(struct walk *walk)
{
	vnc_seen_begin(walk->seen, &whole, 1);
	vnc_seen_done(walk->seen, &whole, 1);
	while (vnc_seen_tick(walk->seen))
		;
}

/* What moves is not worth being made exact until it has stood still. */
static void what_moves_is_not_settled(void **state)
{
	static struct walk walk;

	(void)state;
	set_up_walk(&walk, 1);
	send_all_with_loss(&walk);
	assert_int_equal(list_px(&walk, vnc_seen_list_blurred), PIXELS);
	scroll_lines(&walk, 2, 1); /* never sent */
	assert_int_equal(list_px(&walk, vnc_seen_list_blurred),
			8 * WIDTH_PX); /* the last half row of cells */
	assert_true(vnc_seen_tick(walk.seen));
	assert_int_equal(list_px(&walk, vnc_seen_list_blurred), 8 * WIDTH_PX);
	while (vnc_seen_tick(walk.seen))
		;
	assert_int_equal(list_px(&walk, vnc_seen_list_blurred),
			PIXELS - 16 * WIDTH_PX); /* but for the new line */
	tear_down_walk(&walk);
}

/* A viewer that cannot move things lacks what moved, and that alone. */
static void who_may_not_move_has_no_moves(void **state)
{
	static struct walk walk;

	(void)state;
	set_up_walk(&walk, 1);
	send_all_with_loss(&walk);
	scroll_lines(&walk, 2, 1);
	assert_true(vnc_seen_has_moves(walk.seen));
	assert_int_equal(list_px(&walk, vnc_seen_list_missing), 16 * WIDTH_PX);
	vnc_seen_allow_moves(walk.seen, false);
	assert_false(vnc_seen_has_moves(walk.seen));
	assert_int_equal(list_px(&walk, vnc_seen_list_missing),
			PIXELS - 8 * WIDTH_PX);
	scroll_lines(&walk, 2, 1);
	assert_false(vnc_seen_has_moves(walk.seen));
	assert_null(video_screen_get_move(walk.screen));
	tear_down_walk(&walk);
}

static void only_new_lines_are_sent(void **state)
{
	static struct walk walk;

	(void)state;
	for (unsigned frames = 1; frames <= 4; frames++) {
		set_up_walk(&walk, frames);
		begin(&walk, &whole, false);
		finish(&walk, false);
		walk.sent_px = 0;
		scroll_lines(&walk, frames, 60);
		assert_int_equal(walk.sent_px, 60 * WIDTH_PX * 16);
		tear_down_walk(&walk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_walk_leaves_no_trace),
			cmocka_unit_test(what_moves_is_not_settled),
			cmocka_unit_test(who_may_not_move_has_no_moves),
			cmocka_unit_test(only_new_lines_are_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
