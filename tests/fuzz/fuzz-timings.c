/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "capture/v4l2-signal.h"
#include "tests/fuzz/fuzz.h"
#include "video/frame.h"

/*
 * Two timings as a receiver may report them, judged: what counts as good has a
 * size and a speed that the rest of the program can live with.
 */
static void judge(struct capture_signal *signal, struct fuzz_input *input)
{
	struct v4l2_dv_timings timings = {.type = V4L2_DV_BT_656_1120};

	fuzz_take_over(input, &timings, sizeof(timings));
	capture_signal_judge(signal, &timings);
	FUZZ_CHECK(memchr(signal->detail, 0, sizeof(signal->detail)));
	if (signal->state != CAPTURE_STATE_OK) {
		FUZZ_CHECK(signal->state == CAPTURE_STATE_UNSUPPORTED);
		FUZZ_CHECK(signal->detail[0] && !signal->timed);
		return;
	}
	FUZZ_CHECK(signal->timed && !signal->detail[0]);
	FUZZ_CHECK(signal->timings.bt.width > 0 &&
			signal->timings.bt.width <= VIDEO_WIDTH_MAX_PX);
	FUZZ_CHECK(signal->timings.bt.height > 0 &&
			signal->timings.bt.height <= VIDEO_HEIGHT_MAX_PX);
	FUZZ_CHECK(signal->refresh_millihz > 0 &&
			signal->refresh_millihz < 1000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	struct capture_signal one, other;

	judge(&one, &input);
	judge(&other, &input);
	FUZZ_CHECK(capture_signal_equal_mode(&one, &one));
	FUZZ_CHECK(capture_signal_equal_mode(&other, &other));
	capture_signal_equal_mode(&one, &other);
	return 0;
}
