/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/fallback-rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/vnc/picture.h"

int fallback_set_up(void **state)
{
	struct fallback_rig *rig = calloc(1, sizeof(*rig));

	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(core_workers_create(&rig->library, rig->event, 1), 0);
	assert_int_equal(vnc_fallback_create(&rig->fallback, rig->library,
					 "rack1", &rig->figures),
			0);
	*state = rig;
	return 0;
}

int fallback_tear_down(void **state)
{
	struct fallback_rig *rig = *state;

	vnc_update_destroy(rig->update);
	vnc_fallback_destroy(rig->fallback);
	core_workers_destroy(rig->library);
	sd_event_unref(rig->event);
	free(rig);
	assert_int_equal(picture_alive(), 0);
	return 0;
}

static void on_ready(void *context, struct vnc_update *update)
{
	struct fallback_rig *rig = context;

	assert_ptr_equal(update, rig->update);
	rig->ready++;
}

int fallback_request(struct fallback_rig *rig, struct video_frame *frame,
		const struct video_rect *rects, size_t rects_n)
{
	rig->ready = 0;
	return vnc_fallback_request(rig->fallback, frame, rects, rects_n,
			on_ready, rig, &rig->update);
}

void fallback_wait(struct fallback_rig *rig)
{
	while (!rig->ready)
		assert_true(sd_event_run(rig->event, UINT64_MAX) > 0);
	assert_int_equal(rig->ready, 1);
}

void fallback_drop(struct fallback_rig *rig)
{
	vnc_update_destroy(rig->update);
	rig->update = NULL;
}
