/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/refine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define THIN 7000 /* bytes a second: 56 kbit/s */
#define LAN 100000000

static void pixels_are_bounded(void **state)
{
	struct vnc_refine refine;

	(void)state;
	vnc_refine_init(&refine);
	for (unsigned i = 0; i < 20; i++) {
		vnc_refine_next_px(&refine, 0);
		vnc_refine_note_sent(&refine, VNC_REFINE_MAX_PX, 1000);
		vnc_refine_note_read(&refine, 0);
	}
	assert_int_equal(vnc_refine_next_px(&refine, 0), VNC_REFINE_MAX_PX);
}

/* 50 ms of the link, if it is noise; at least a cell, or it never ends. */
static void the_first_step_fits_the_link(void **state)
{
	struct vnc_refine refine;

	(void)state;
	vnc_refine_init(&refine);
	assert_int_equal(vnc_refine_next_px(&refine, 1200000), 20000);
	vnc_refine_init(&refine);
	assert_in_range(vnc_refine_next_px(&refine, THIN), 256, 350);
	vnc_refine_init(&refine);
	assert_in_range(vnc_refine_next_px(&refine, 0), 5000, 6000);
}

/* Whatever was thought of the link: its answers tell the truth. */
static void steps_find_the_link(void **state)
{
	static const uint64_t rates[] = {THIN, 100000, 2000000, 100000000};

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct vnc_refine refine;
		uint64_t pixels = 0;

		vnc_refine_init(&refine);
		for (unsigned j = 0; j < 30; j++) {
			pixels = vnc_refine_next_px(&refine, rates[3 - i]);
			vnc_refine_note_sent(&refine, pixels, pixels * 3);
			vnc_refine_note_read(
					&refine, pixels * 3000000 / rates[i]);
		}
		if (rates[i] == THIN)
			assert_in_range(pixels, 256, 350);
		else if (rates[i] == 100000000)
			assert_int_equal(pixels, VNC_REFINE_MAX_PX);
		else /* 25 to 50 ms of it */
			assert_in_range(pixels * 3000 / rates[i], 24, 50);
	}
}

static void pixels_that_pack_well_make_larger_steps(void **state)
{
	struct vnc_refine refine;
	uint64_t before, now;

	(void)state;
	vnc_refine_init(&refine);
	now = vnc_refine_next_px(&refine, 1200000);
	for (unsigned i = 0; i < 2; i++) { /* by and by */
		before = now;
		vnc_refine_note_sent(&refine, before, before / 10);
		now = vnc_refine_next_px(&refine, 0);
		assert_in_range(now, before + 1, before * 2);
	}
	for (unsigned i = 0; i < 20; i++)
		vnc_refine_note_sent(&refine, 1000, 1000);
	assert_in_range(vnc_refine_next_px(&refine, 0), 59000, 60000);
	vnc_refine_note_sent(&refine, 1000, 3000); /* noise: at once */
	assert_int_equal(vnc_refine_next_px(&refine, 0), 20000);
}

static void who_gave_way_takes_smaller_steps(void **state)
{
	struct vnc_refine refine;

	(void)state;
	vnc_refine_init(&refine);
	vnc_refine_note_dropped(&refine);
	assert_int_equal(vnc_refine_next_px(&refine, LAN),
			VNC_REFINE_MAX_PX / 2);
	for (unsigned i = 0; i < 40; i++)
		vnc_refine_note_dropped(&refine);
	assert_int_equal(vnc_refine_next_px(&refine, LAN), VNC_REFINE_MIN_PX);
	for (unsigned i = 0; i < 40; i++)
		vnc_refine_note_sent(&refine, 256, 256);
	assert_int_equal(vnc_refine_next_px(&refine, LAN), VNC_REFINE_MAX_PX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(pixels_are_bounded),
			cmocka_unit_test(the_first_step_fits_the_link),
			cmocka_unit_test(steps_find_the_link),
			cmocka_unit_test(
					pixels_that_pack_well_make_larger_steps),
			cmocka_unit_test(who_gave_way_takes_smaller_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
