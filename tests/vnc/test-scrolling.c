/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "tests/vnc/client.h"
#include "tests/vnc/picture.h"
#include "tests/vnc/tight-decode.h"
#include "vnc/figures.h"

#define WIDTH_PX 240
#define HEIGHT_PX 168 /* 10 cells and a half */
#define LINE_PX 16
#define MOVED_PX 144 /* so many rows are there after a line */

/* A viewer that has the whole picture and has listed these encodings. */
#define WATCH(rig, ...)                                                        \
	watch(rig, (const int32_t[]){__VA_ARGS__},                             \
			sizeof((const int32_t[]){__VA_ARGS__}) /               \
					sizeof(int32_t))

static struct client *watch(
		struct rig *rig, const int32_t *encodings, size_t encodings_n)
{
	struct client_message message;
	struct client *client;

	rig_show_noise(rig, WIDTH_PX, HEIGHT_PX, 1);
	client = client_join(rig);
	client_set_encodings(client, encodings, encodings_n);
	client_request_all(client, false);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	return client;
}

static uint8_t *row_of(struct video_frame *frame, uint32_t y_px)
{
	return video_frame_pixels(frame) + frame->layout.stride_bytes[0] * y_px;
}

static struct video_frame *copy_of(const struct video_frame *frame)
{
	struct video_frame *copy;

	assert_int_equal(video_frame_copy(&copy, frame), 0);
	return copy;
}

/* All rows go up by some, and new ones come in below. */
static void scroll_by(struct rig *rig, uint32_t rows, uint32_t seed)
{
	struct video_frame *frame = copy_of(rig->frame);
	struct video_frame *made = picture_create(
			WIDTH_PX, HEIGHT_PX, PICTURE_NOISE, seed);
	struct video_frame *noise = copy_of(made);

	for (uint32_t y = 0; y < HEIGHT_PX; y++)
		memcpy(row_of(frame, y),
				y + rows < HEIGHT_PX ? row_of(frame, y + rows)
						     : row_of(noise, y),
				4 * WIDTH_PX);
	video_frame_unref(made);
	video_frame_unref(noise);
	rig_show(rig, frame);
}

static void expect_copy(const struct client_message *message,
		uint32_t height_px, uint32_t from_y_px)
{
	const struct client_rect *rect = &message->rects[0];
	const uint8_t from[4] = {0, 0, 0, (uint8_t)from_y_px};

	assert_int_equal(rect->encoding, COPY_RECT);
	assert_int_equal(rect->x_px, 0);
	assert_int_equal(rect->y_px, 0);
	assert_int_equal(rect->width_px, WIDTH_PX);
	assert_int_equal(rect->height_px, height_px);
	assert_memory_equal(rect->data, from, sizeof(from));
}

static void a_line_is_a_copy_and_what_is_new(void **state)
{
	static const int32_t encodings[] = {TIGHT, RAW};
	struct client_message message;

	for (size_t i = 0; i < 2; i++) {
		struct client *client = WATCH(*state, encodings[i], COPY_RECT);

		client_request_all(client, true);
		scroll_by(*state, LINE_PX, 2);
		client_next_update(client, &message);
		expect_copy(&message, MOVED_PX, LINE_PX);
		for (size_t j = 1; j < message.rects_n; j++) {
			assert_int_equal(message.rects[j].encoding,
					encodings[i]);
			assert_true(message.rects[j].y_px >= MOVED_PX);
		}
		client_expect_picture(client);
		client_close(client);
	}
}

static void copies_are_counted(void **state)
{
	struct rig *rig = *state;
	struct client *client = WATCH(rig, TIGHT, COPY_RECT);
	struct client_message message;

	for (uint32_t i = 1; i <= 3; i++) {
		client_request_all(client, true);
		scroll_by(rig, LINE_PX, i);
		client_next_update(client, &message);
		assert_int_equal(
				vnc_server_get_figures(rig->server)->copy_rects,
				i);
	}
	client_close(client);
}

static void where_nothing_is_new_a_copy_is_all(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT);
	struct client_message message;
	struct video_frame *frame = copy_of(client->rig->frame);

	for (uint32_t y = MOVED_PX; y < HEIGHT_PX; y++)
		memcpy(row_of(frame, y), row_of(frame, MOVED_PX - 8),
				4 * WIDTH_PX);
	rig_show(*state, frame);
	client_request_all(client, true);
	client_next_update(client, &message);
	frame = copy_of(client->rig->frame);
	for (uint32_t y = 0; y < MOVED_PX; y++)
		memcpy(row_of(frame, y), row_of(frame, y + LINE_PX),
				4 * WIDTH_PX);
	rig_show(*state, frame);
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_int_equal(message.rects_n, 1);
	expect_copy(&message, MOVED_PX, LINE_PX);
	client_expect_picture(client);
	rig_touch(*state, 5, 5);
	client_expect_silence(client); /* the request has been answered */
	client_close(client);
}

static void two_lines_come_as_one_copy(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT);
	struct client_message message;

	scroll_by(*state, LINE_PX, 2);
	scroll_by(*state, LINE_PX, 3);
	client_request_all(client, true);
	client_next_update(client, &message);
	expect_copy(&message, MOVED_PX - LINE_PX, 2 * LINE_PX);
	client_expect_picture(client);
	client_close(client);
}

static void who_does_not_list_it_gets_no_copy(void **state)
{
	struct client *client = WATCH(*state, TIGHT);
	struct client_message message;

	client_request_all(client, true);
	scroll_by(*state, LINE_PX, 2);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	client_expect_picture(client);
	client_close(client);
}

/* libvncserver does not know what moved; what it encodes must be all. */
static void the_fallback_gets_no_copy(void **state)
{
	static const uint8_t bgr233[16] = {
			8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6};
	struct client *client = WATCH(*state, RAW, COPY_RECT);
	struct client_message message;

	client_set_pixel_format(client, bgr233);
	client_request_all(client, true);
	scroll_by(*state, LINE_PX, 2);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	client_close(client);
}

static void who_watches_a_part_copies_within_it(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT);
	struct client_message message;

	scroll_by(*state, LINE_PX, 2);
	client_request(client, true, 0, 0, WIDTH_PX, 96);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	for (uint32_t i = 0; i < 96 * WIDTH_PX; i++)
		assert_int_equal(client->canvas[i],
				picture_pixel(client->rig->frame, i % WIDTH_PX,
						i / WIDTH_PX));
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	client_expect_picture(client);
	client_close(client);
}

/* It was encoded before, so the copy comes after it. */
static void what_moves_meanwhile_comes_after(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT);
	struct client_message message;

	rig_close_gate(*state);
	rig_touch(*state, 100, 100);
	client_request_all(client, true);
	client_sync(client);
	scroll_by(*state, LINE_PX, 2);
	client_request_all(client, true);
	client_sync(client);
	rig_open_gate(*state);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	client_next_update(client, &message);
	expect_copy(&message, MOVED_PX, LINE_PX);
	client_expect_picture(client);
	client_close(client);
}

/* An update with a copy is begun, something more moves, and it is dropped. */
static void drop_an_update(struct client *client)
{
	rig_close_gate(client->rig);
	client_request_all(client, true);
	client_sync(client);
	scroll_by(client->rig, LINE_PX, 2);
	scroll_by(client->rig, LINE_PX, 3);
}

static void a_dropped_update_takes_its_copy_back(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT);
	struct client_message message;

	drop_an_update(client);
	CLIENT_SET(client, TIGHT, COPY_RECT);
	client_sync(client);
	rig_open_gate(*state);
	client_next_update(client, &message);
	expect_copy(&message, MOVED_PX - LINE_PX, 2 * LINE_PX);
	client_expect_picture(client);
	client_close(client);
}

static void who_lists_it_no_more_gets_no_copy(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT);
	struct client_message message;

	drop_an_update(client);
	CLIENT_SET(client, TIGHT);
	client_sync(client);
	rig_open_gate(*state);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	client_expect_picture(client);
	client_close(client);
}

/* So long that whatever a timer was to begin has begun. */
static void wait_a_while(struct rig *rig)
{
	uint64_t end_us = clock_now_us() + 500 * CLOCK_US_PER_MS;

	while (clock_now_us() < end_us)
		rig_run(rig);
}

static void show_photo(struct rig *rig)
{
	rig_show(rig, picture_create(WIDTH_PX, HEIGHT_PX, PICTURE_PHOTO, 1));
}

/* All rows go up by a line, and below it becomes black. */
static void scroll_to_black(struct rig *rig)
{
	struct video_frame *frame = copy_of(rig->frame);

	for (uint32_t y = 0; y < HEIGHT_PX; y++)
		if (y < MOVED_PX)
			memcpy(row_of(frame, y), row_of(frame, y + LINE_PX),
					4 * WIDTH_PX);
		else
			memset(row_of(frame, y), 0, 4 * WIDTH_PX);
	rig_show(rig, frame);
}

/* It had settled, and no update since has anything lossy in it. */
static void what_moved_with_loss_becomes_exact(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT, QUALITY_6);
	struct client_message message;

	show_photo(*state);
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_int_equal(client->tight->kind, TIGHT_JPEG);
	wait_a_while(*state);
	scroll_to_black(*state);
	client_request_all(client, true);
	client_next_update(client, &message);
	expect_copy(&message, MOVED_PX, LINE_PX);
	assert_false(client_has_picture(client));
	while (!client_has_picture(client)) {
		client_request_all(client, true);
		client_next_update(client, &message);
		assert_int_not_equal(client->tight->kind, TIGHT_JPEG);
	}
	client_close(client);
}

static void a_new_size_forgets_what_moved(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT, DESKTOP_SIZE);
	struct client_message message;

	scroll_by(*state, LINE_PX, 2);
	rig_show_noise(*state, WIDTH_PX / 2, HEIGHT_PX / 2, 1);
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_non_null(client_find(&message, DESKTOP_SIZE));
	client_request_all(client, true);
	client_next_update(client, &message);
	assert_null(client_find(&message, COPY_RECT));
	client_expect_picture(client);
	client_close(client);
}

/* Copies of copies, with other changes and dropped updates between them. */
static void any_walk_ends_with_the_picture(void **state)
{
	struct client *client = WATCH(*state, TIGHT, COPY_RECT);
	struct client_message message;
	uint32_t random = 1;
	unsigned copies = 0;

	for (unsigned i = 0; i < 200; i++) {
		for (unsigned j = picture_random(&random) % 4; j > 0; j--)
			scroll_by(*state, 1 + picture_random(&random) % 40,
					2 + i);
		if (picture_random(&random) % 4 == 0)
			CLIENT_SET(client, TIGHT, COPY_RECT);
		client_request_all(client, true);
		if (picture_random(&random) % 4 == 0)
			client_sync(client);
		rig_touch(*state, picture_random(&random) % WIDTH_PX,
				picture_random(&random) % HEIGHT_PX);
		if (picture_random(&random) % 4 == 0)
			CLIENT_SET(client, TIGHT, COPY_RECT);
		client_next_update(client, &message);
		copies += client_find(&message, COPY_RECT) != NULL;
		client_request_all(client, true);
		rig_touch(*state, 5, 5);
		client_next_update(client, &message);
		client_expect_picture(client);
	}
	assert_true(copies > 50);
	client_close(client);
}

int main(void)
{
#define test(name)                                                             \
	cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
			test(a_line_is_a_copy_and_what_is_new),
			test(copies_are_counted),
			test(where_nothing_is_new_a_copy_is_all),
			test(two_lines_come_as_one_copy),
			test(who_does_not_list_it_gets_no_copy),
			test(the_fallback_gets_no_copy),
			test(who_watches_a_part_copies_within_it),
			test(what_moves_meanwhile_comes_after),
			test(a_dropped_update_takes_its_copy_back),
			test(who_lists_it_no_more_gets_no_copy),
			test(what_moved_with_loss_becomes_exact),
			test(a_new_size_forgets_what_moved),
			test(any_walk_ends_with_the_picture),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
