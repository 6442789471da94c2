/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/v4l2-signal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct v4l2_dv_timings timings_1080p60(void)
{
	struct v4l2_dv_timings timings = {.type = V4L2_DV_BT_656_1120};

	timings.bt = (struct v4l2_bt_timings){
			.width = 1920,
			.height = 1080,
			.pixelclock = 148500000,
			.hfrontporch = 88,
			.hsync = 44,
			.hbackporch = 148,
			.vfrontporch = 4,
			.vsync = 5,
			.vbackporch = 36,
	};
	return timings;
}

static void a_good_mode_is_ok(void **state)
{
	struct v4l2_dv_timings timings = timings_1080p60();
	struct capture_signal signal;

	(void)state;
	capture_signal_judge(&signal, &timings);
	assert_int_equal(signal.state, CAPTURE_STATE_OK);
	assert_int_equal(signal.refresh_millihz, 60000);
	timings.bt.pixelclock = 148351648;
	capture_signal_judge(&signal, &timings);
	assert_int_equal(signal.refresh_millihz, 59940);
}

/* Each: the field at an offset of the timings, and what a receiver said. */
struct garbage {
	size_t offset;
	uint64_t value;
	bool wide; /* 64 bits */
};

#define FIELD(name) offsetof(struct v4l2_bt_timings, name)

static void garbage_is_an_unsupported_mode(void **state)
{
	static const struct garbage table[] = {
			{FIELD(width), 0, false},
			{FIELD(height), 0, false},
			{FIELD(width), 65535, false},
			{FIELD(height), 65535, false},
			{FIELD(width), UINT32_MAX, false},
			{FIELD(height), UINT32_MAX, false},
			{FIELD(width), VIDEO_WIDTH_MAX_PX + 1, false},
			{FIELD(height), VIDEO_HEIGHT_MAX_PX + 1, false},
			{FIELD(interlaced), V4L2_DV_INTERLACED, false},
			{FIELD(interlaced), 7, false},
			{FIELD(pixelclock), 0, true},
			{FIELD(pixelclock), 1, true},
			{FIELD(pixelclock), UINT64_MAX, true},
			{FIELD(hsync), UINT32_MAX, false},
			{FIELD(vsync), UINT32_MAX, false},
			{FIELD(vbackporch), UINT32_MAX - 1084, false},
			{FIELD(hfrontporch), 0x7fffffff, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct v4l2_dv_timings timings = timings_1080p60();
		uint8_t *field = (uint8_t *)&timings.bt + table[i].offset;
		uint32_t narrow = (uint32_t)table[i].value;
		struct capture_signal signal;

		memcpy(field,
				table[i].wide ? (const void *)&table[i].value
					      : (const void *)&narrow,
				table[i].wide ? 8 : 4);
		capture_signal_judge(&signal, &timings);
		assert_int_equal(signal.state, CAPTURE_STATE_UNSUPPORTED);
		assert_true(signal.detail[0] != '\0');
		assert_false(signal.timed);
	}
}

/* Whatever passes can be captured, and nothing traps on the way. */
static void random_timings_are_judged_safely(void **state)
{
	unsigned rounds = getenv("RACKHAND_TEST_FULL") ? 20000000 : 200000;
	unsigned seed = 4711;
	unsigned passed = 0;

	(void)state;
	for (unsigned i = 0; i < rounds; i++) {
		struct v4l2_dv_timings timings = timings_1080p60();
		uint8_t *bytes = (uint8_t *)&timings.bt;
		struct capture_signal signal;

		for (unsigned n = 0; n < 1 + i % 6; n++)
			bytes[(unsigned)rand_r(&seed) % 48] =
					(uint8_t)(rand_r(&seed) >> 4);
		capture_signal_judge(&signal, &timings);
		if (signal.state != CAPTURE_STATE_OK)
			continue;
		passed++;
		assert_in_range(signal.timings.bt.width, 1, VIDEO_WIDTH_MAX_PX);
		assert_in_range(signal.timings.bt.height, 1,
				VIDEO_HEIGHT_MAX_PX);
		assert_in_range(signal.refresh_millihz, 1, 1000000);
		assert_true(capture_signal_equal_mode(&signal, &signal));
	}
	assert_true(passed > 0);
}

static void jitter_of_the_clock_is_the_same_mode(void **state)
{
	struct v4l2_dv_timings timings = timings_1080p60();
	struct capture_signal one, two;

	(void)state;
	capture_signal_judge(&one, &timings);
	timings.bt.pixelclock = 148351648;
	capture_signal_judge(&two, &timings);
	assert_true(capture_signal_equal_mode(&one, &two));
	timings.bt.pixelclock = 74250000;
	capture_signal_judge(&two, &timings);
	assert_false(capture_signal_equal_mode(&one, &two));
	timings = timings_1080p60();
	timings.bt.width = 1918;
	timings.bt.hfrontporch += 2;
	capture_signal_judge(&two, &timings);
	assert_false(capture_signal_equal_mode(&one, &two));
}

static void each_state_has_its_words(void **state)
{
	static const char *const names[CAPTURE_STATES] = {"no-device",
			"no-cable", "no-lock", "unsupported-mode", "ok"};
	static const char *const texts[CAPTURE_STATES] = {"no device",
			"no cable or target off", "no lock", "unsupported mode",
			"ok"};

	(void)state;
	for (unsigned i = 0; i < CAPTURE_STATES; i++) {
		assert_string_equal(capture_state_name(i), names[i]);
		assert_string_equal(capture_state_text(i), texts[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_good_mode_is_ok),
			cmocka_unit_test(garbage_is_an_unsupported_mode),
			cmocka_unit_test(random_timings_are_judged_safely),
			cmocka_unit_test(jitter_of_the_clock_is_the_same_mode),
			cmocka_unit_test(each_state_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
