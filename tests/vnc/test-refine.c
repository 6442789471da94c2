/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vnc/refine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define THIN 7000 /* 56 kbit/s */

static void steps_are_bounded_without_a_rate(void **state)
{
	struct vnc_refine refine;

	(void)state;
	vnc_refine_init(&refine);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(vnc_refine_get_step_px(&refine, 0),
				VNC_REFINE_MAX_PX);
		vnc_refine_note_sent(&refine, VNC_REFINE_MAX_PX, 1000);
	}
	assert_int_equal(vnc_refine_get_step_px(&refine, UINT64_C(100000000)),
			VNC_REFINE_MAX_PX);
}

/* 50 ms of the link, if it is noise; at least a cell, or it never ends. */
static void a_step_fits_the_link(void **state)
{
	struct vnc_refine refine;

	(void)state;
	vnc_refine_init(&refine);
	assert_int_equal(vnc_refine_get_step_px(&refine, 1200000), 20000);
	assert_int_equal(vnc_refine_get_step_px(&refine, THIN),
			VNC_REFINE_MIN_PX);
}

static void pixels_that_pack_well_make_larger_steps(void **state)
{
	struct vnc_refine refine;
	uint64_t before, now;

	(void)state;
	vnc_refine_init(&refine);
	now = vnc_refine_get_step_px(&refine, 1200000);
	for (unsigned i = 0; i < 2; i++) { /* by and by */
		before = now;
		vnc_refine_note_sent(&refine, before, before / 10);
		now = vnc_refine_get_step_px(&refine, 1200000);
		assert_in_range(now, before + 1, before * 2);
	}
	for (unsigned i = 0; i < 20; i++)
		vnc_refine_note_sent(&refine, 1000, 100);
	assert_in_range(vnc_refine_get_step_px(&refine, 100000), 45000, 52000);
	vnc_refine_note_sent(&refine, 1000, 3000); /* noise: at once */
	assert_in_range(vnc_refine_get_step_px(&refine, 100000), 1600, 1700);
}

static void who_gave_way_takes_smaller_steps(void **state)
{
	struct vnc_refine refine;

	(void)state;
	vnc_refine_init(&refine);
	vnc_refine_note_dropped(&refine);
	assert_int_equal(vnc_refine_get_step_px(&refine, 0),
			VNC_REFINE_MAX_PX / 2);
	for (unsigned i = 0; i < 40; i++)
		vnc_refine_note_dropped(&refine);
	assert_int_equal(vnc_refine_get_step_px(&refine, 0), VNC_REFINE_MIN_PX);
	for (unsigned i = 0; i < 40; i++)
		vnc_refine_note_sent(&refine, 256, 256);
	assert_int_equal(vnc_refine_get_step_px(&refine, 0), VNC_REFINE_MAX_PX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(steps_are_bounded_without_a_rate),
			cmocka_unit_test(a_step_fits_the_link),
			cmocka_unit_test(
					pixels_that_pack_well_make_larger_steps),
			cmocka_unit_test(who_gave_way_takes_smaller_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
