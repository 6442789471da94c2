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

#define WHOLE_STRIPS 2 /* of 240 rows */

static void a_picture_arrives_whole(void **state)
{
	struct encoder_rig *rig = *state;
	struct tight_decoder decoder;
	struct asker asker;

	tight_decoder_init(&decoder, ENCODER_WIDTH_PX, ENCODER_HEIGHT_PX);
	encoder_ask(rig, &asker, -1);
	encoder_wait(rig, &asker);
	assert_false(asker.update->lossy_n > 0);
	assert_int_equal(asker.update->pieces_n, WHOLE_STRIPS);
	encoder_decode(&decoder, asker.update);
	encoder_assert_shown(&decoder, rig);
	encoder_drop(&asker);
	tight_decoder_finish(&decoder);
}

static void ten_viewers_cost_one(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker askers[10];

	for (unsigned i = 0; i < 10; i++)
		encoder_ask(rig, &askers[i], 6);
	for (unsigned i = 0; i < 10; i++)
		encoder_wait(rig, &askers[i]);
	assert_int_equal(encoder_count_encoded(rig), WHOLE_STRIPS);
	assert_int_equal(encoder_count_shared(rig), 9 * WHOLE_STRIPS);
	for (unsigned i = 1; i < 10; i++) {
		assert_true(askers[i].update->lossy_n > 0);
		assert_int_equal(askers[i].update->pieces_n, WHOLE_STRIPS);
		for (unsigned j = 0; j < WHOLE_STRIPS; j++)
			assert_ptr_equal(askers[i].update->pieces[j],
					askers[0].update->pieces[j]);
	}
	for (unsigned i = 0; i < 10; i++)
		encoder_drop(&askers[i]);
}

static void who_comes_later_gets_what_was_made(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker asker;

	for (unsigned i = 0; i < 3; i++) {
		encoder_ask(rig, &asker, -1);
		encoder_wait(rig, &asker);
		assert_int_equal(asker.update->pieces_n, WHOLE_STRIPS);
		encoder_drop(&asker);
	}
	assert_int_equal(encoder_count_encoded(rig), WHOLE_STRIPS);
}

static void classes_are_kept_apart(void **state)
{
	static const int levels[] = {-1, 0, 3, 4, 7, 8, 9};
	const struct vnc_pixel_format native = vnc_pixel_format_native;
	struct vnc_pixel_format swapped = native;
	struct vnc_class raw[2];
	struct encoder_rig *rig = *state;
	struct asker asker;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		encoder_ask(rig, &asker, levels[i]);
		encoder_wait(rig, &asker);
		assert_int_equal(asker.update->lossy_n > 0, levels[i] >= 0);
		encoder_drop(&asker);
	}
	assert_int_equal(encoder_count_encoded(rig), 4 * WHOLE_STRIPS);

	swapped.big_endian = true;
	raw[0] = vnc_class_for_raw(&native);
	raw[1] = vnc_class_for_raw(&swapped);
	for (size_t i = 0; i < 4; i++) {
		asker.ready = 0;
		assert_int_equal(vnc_encoder_request(rig->encoder, &raw[i % 2],
						 &encoder_whole, 1,
						 encoder_on_ready, &asker,
						 &asker.update),
				0);
		encoder_wait(rig, &asker);
		encoder_drop(&asker);
	}
	assert_int_equal(encoder_count_encoded(rig), 6 * WHOLE_STRIPS);
}

static void only_what_changed_is_made_again(void **state)
{
	struct encoder_rig *rig = *state;
	struct tight_decoder decoder;
	struct asker asker;

	tight_decoder_init(&decoder, ENCODER_WIDTH_PX, ENCODER_HEIGHT_PX);
	encoder_ask(rig, &asker, -1);
	encoder_wait(rig, &asker);
	encoder_drop(&asker);
	encoder_show(rig, picture_change(rig->frame, 100, 200));
	encoder_ask(rig, &asker, -1);
	encoder_wait(rig, &asker);
	assert_int_equal(encoder_count_encoded(rig), WHOLE_STRIPS + 1);
	encoder_decode(&decoder, asker.update);
	encoder_assert_shown(&decoder, rig);
	encoder_drop(&asker);
	tight_decoder_finish(&decoder);
}

static void a_new_size_starts_anew(void **state)
{
	struct encoder_rig *rig = *state;
	const struct video_rect corner = {0, 0, 320, 192};
	struct asker asker;

	encoder_ask_rects(rig, &asker, -1, &corner, 1);
	encoder_wait(rig, &asker);
	encoder_drop(&asker);
	encoder_show(rig, picture_create(320, 200, PICTURE_MIXED, 1));
	encoder_ask_rects(rig, &asker, -1, &corner, 1);
	encoder_wait(rig, &asker);
	assert_int_equal(encoder_count_encoded(rig), 2);
	encoder_drop(&asker);
}

static void pieces_come_in_the_order_asked(void **state)
{
	static const struct video_rect rects[] = {
			{320, 400, 16, 16}, {0, 0, 16, 16}, {64, 16, 32, 48}};
	struct encoder_rig *rig = *state;
	struct tight_decoder decoder;
	struct asker asker;

	tight_decoder_init(&decoder, ENCODER_WIDTH_PX, ENCODER_HEIGHT_PX);
	encoder_ask_rects(rig, &asker, -1, rects, 3);
	encoder_wait(rig, &asker);
	assert_int_equal(asker.update->pieces_n, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct core_bytes *piece = asker.update->pieces[i];

		tight_decode(&decoder, piece->data, piece->size);
		assert_int_equal(decoder.x_px, rects[i].x_px);
		assert_int_equal(decoder.y_px, rects[i].y_px);
	}
	encoder_drop(&asker);
	tight_decoder_finish(&decoder);
}

static void refuses_what_is_not_in_the_picture(void **state)
{
	static const struct video_rect rects[] = {{0, 0, 0, 1}, {0, 0, 1, 0},
			{640, 0, 1, 1}, {0, 480, 1, 1}, {639, 0, 2, 1},
			{0, 0, 640, 481}, {UINT32_MAX, 0, 2, 1}};
	const struct vnc_class class_ = vnc_class_for_tight(-1);
	struct encoder_rig *rig = *state;

	for (size_t i = 0; i < sizeof(rects) / sizeof(rects[0]); i++) {
		struct asker asker = {0};

		assert_int_equal(vnc_encoder_request(rig->encoder, &class_,
						 &rects[i], 1, encoder_on_ready,
						 &asker, &asker.update),
				-EINVAL);
		assert_null(asker.update);
	}
}

static void nothing_asked_is_ready_at_once(void **state)
{
	struct encoder_rig *rig = *state;
	struct asker asker;

	encoder_ask_rects(rig, &asker, -1, NULL, 0);
	encoder_wait(rig, &asker);
	assert_int_equal(asker.update->rects, 0);
	assert_int_equal(asker.update->pieces_n, 0);
	encoder_drop(&asker);
}

static void assert_pixel_00(const struct asker *asker, uint32_t expected)
{
	struct tight_decoder decoder;

	tight_decoder_init(&decoder, ENCODER_WIDTH_PX, ENCODER_HEIGHT_PX);
	encoder_decode(&decoder, asker->update);
	assert_int_equal(decoder.canvas[0], expected);
	tight_decoder_finish(&decoder);
}

/* Work under way is shared only as long as the picture is the same. */
static void what_is_asked_is_the_newest(void **state)
{
	static const struct video_rect cell = {0, 0, 16, 16};
	struct encoder_rig *rig = *state;
	const uint32_t old_pixel = picture_pixel(rig->frame, 0, 0);
	struct asker before, after;

	encoder_plug(rig);
	encoder_ask_rects(rig, &before, -1, &cell, 1);
	encoder_show(rig, picture_change(rig->frame, 0, 0));
	encoder_ask_rects(rig, &after, -1, &cell, 1);
	encoder_unplug(rig);
	encoder_wait(rig, &before);
	encoder_wait(rig, &after);
	assert_pixel_00(&before, old_pixel);
	assert_pixel_00(&after, picture_pixel(rig->frame, 0, 0));
	encoder_drop(&before);
	encoder_drop(&after);
}

static void the_cache_forgets_what_is_long_unused(void **state)
{
	struct encoder_rig *rig = *state;
	struct video_rect rects[600];
	struct asker asker;

	for (uint32_t i = 0; i < 600; i++)
		rects[i] = (struct video_rect){
				i % 40 * 16, i / 40 * 16, 16, 16};
	encoder_ask_rects(rig, &asker, -1, rects, 600);
	encoder_wait(rig, &asker);
	encoder_drop(&asker);
	assert_int_equal(encoder_count_encoded(rig), 600);

	/* The 512 newest are there, the 88 before them are not. */
	encoder_ask_rects(rig, &asker, -1, rects + 88, 512);
	encoder_wait(rig, &asker);
	encoder_drop(&asker);
	assert_int_equal(encoder_count_encoded(rig), 600);
	encoder_ask_rects(rig, &asker, -1, rects, 88);
	encoder_wait(rig, &asker);
	encoder_drop(&asker);
	assert_int_equal(encoder_count_encoded(rig), 688);
}

static void what_is_overtaken_leaves_the_cache(void **state)
{
	struct encoder_rig *rig = *state;
	const struct video_rect cell = {0, 0, 16, 16};
	struct core_bytes *piece;
	struct asker asker;

	encoder_ask_rects(rig, &asker, -1, &cell, 1);
	encoder_wait(rig, &asker);
	piece = core_bytes_ref(asker.update->pieces[0]);
	encoder_drop(&asker);
	assert_int_equal(piece->refs, 2);
	encoder_show(rig, picture_change(rig->frame, 1, 1));
	encoder_settle(rig); /* any request sweeps */
	assert_int_equal(piece->refs, 1);
	core_bytes_unref(piece);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, encoder_set_up, encoder_tear_down)

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
			TEST(what_is_asked_is_the_newest),
			cmocka_unit_test_setup_teardown(
					the_cache_forgets_what_is_long_unused,
					encoder_set_up_single,
					encoder_tear_down),
			TEST(what_is_overtaken_leaves_the_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
