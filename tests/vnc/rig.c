/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/rig.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/log.h"
#include "tests/vnc/picture.h"

/* Long enough for any machine; only a broken test waits for it. */
#define TOO_LONG_US (30 * CLOCK_US_PER_S)

struct rig_gate {
	struct core_job job;
	sem_t open;
	bool passed;
};

/* ---- the handler ------------------------------------------------------------
 */

static void note(struct rig *rig, const struct rig_event *event)
{
	if (event->kind == RIG_LEFT)
		rig->lefts++;
	if (rig->events_n < RIG_EVENTS_MAX)
		rig->events[rig->events_n++] = *event;
}

static void on_watched(void *context, bool watched)
{
	note(context,
			&(struct rig_event){.kind = watched ? RIG_WATCHED
							    : RIG_UNWATCHED});
}

static void on_key(
		void *context, vnc_viewer_id viewer, const struct vnc_key *key)
{
	note(context,
			&(struct rig_event){.kind = RIG_KEY,
					.viewer = viewer,
					.key = *key});
}

static void on_pointer(void *context, vnc_viewer_id viewer,
		const struct vnc_pointer *pointer)
{
	note(context,
			&(struct rig_event){.kind = RIG_POINTER,
					.viewer = viewer,
					.pointer = *pointer});
}

static void on_left(void *context, vnc_viewer_id viewer, const char *why)
{
	(void)why;
	note(context, &(struct rig_event){.kind = RIG_LEFT, .viewer = viewer});
}

static const struct vnc_server_handler handler = {
		.watched = on_watched,
		.key = on_key,
		.pointer = on_pointer,
		.left = on_left,
};

/* ---- life -------------------------------------------------------------------
 */

void rig_start(struct rig *rig)
{
	assert_int_equal(
			vnc_server_create(&rig->server, rig->event,
					rig->workers, rig->library, rig->screen,
					&rig->options, &rig->handler, rig),
			0);
}

void rig_stop(struct rig *rig)
{
	vnc_server_destroy(rig->server);
	rig->server = NULL;
}

int rig_set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct sockaddr_in *in =
			(struct sockaddr_in *)&rig->options.listen.storage;

	assert_non_null(rig);
	log_set_level(LOG_LEVEL_ERROR);
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(core_workers_create(&rig->workers, rig->event, 1), 0);
	assert_int_equal(core_workers_create(&rig->library, rig->event, 1), 0);
	assert_int_equal(
			video_screen_create(&rig->screen, core_simd_best()), 0);
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	rig->options.listen.length = sizeof(*in);
	rig->options.listen_fd = -1;
	rig->options.name = "rack1";
	rig->handler = handler;
	rig->options.viewers_max = 16;
	rig->options.security = VNC_SECURITY_NONE;
	rig->options.refusal_us = 10 * CLOCK_US_PER_MS;
	rig_show(rig,
			picture_create(RIG_WIDTH_PX, RIG_HEIGHT_PX,
					PICTURE_FILL, 1));
	rig_start(rig);
	*state = rig;
	return 0;
}

int rig_tear_down(void **state)
{
	struct rig *rig = *state;

	rig_open_gate(rig);
	rig_stop(rig);
	rig_finish_tls(rig);
	core_workers_destroy(rig->workers);
	core_workers_destroy(rig->library);
	free(rig->gates[0]);
	free(rig->gates[1]);
	video_screen_destroy(rig->screen);
	video_frame_unref(rig->frame);
	sd_event_unref(rig->event);
	free(rig);
	assert_int_equal(picture_alive(), 0);
	return 0;
}

/* ---- time -------------------------------------------------------------------
 */

void rig_run(struct rig *rig)
{
	assert_true(sd_event_run(rig->event, 20 * CLOCK_US_PER_MS) >= 0);
}

void rig_run_until(struct rig *rig, bool (*is_so)(void *context), void *context)
{
	uint64_t end_us = clock_now_us() + TOO_LONG_US;

	while (!is_so(context)) {
		assert_true(clock_now_us() < end_us);
		rig_run(rig);
	}
}

struct heard {
	const struct rig *rig;
	size_t events_n;
};

static bool is_heard(void *context)
{
	const struct heard *heard = context;

	return heard->rig->events_n >= heard->events_n;
}

void rig_run_until_heard(struct rig *rig, size_t events_n)
{
	struct heard heard = {rig, events_n};

	rig_run_until(rig, is_heard, &heard);
}

struct marker {
	struct core_job job;
	bool done;
};

static void marker_run(struct core_job *job)
{
	(void)job;
}

static void marker_done(struct core_job *job)
{
	((struct marker *)job)->done = true;
}

static bool marker_is_done(void *context)
{
	return ((struct marker *)context)->done;
}

static void run_jobs_of(struct rig *rig, struct core_workers *workers)
{
	struct marker marker = {{marker_run, marker_done, NULL}, false};

	core_workers_submit(workers, &marker.job);
	rig_run_until(rig, marker_is_done, &marker);
}

/* Twice: what has come back may have led to more. */
void rig_run_jobs(struct rig *rig)
{
	for (unsigned i = 0; i < 2; i++) {
		run_jobs_of(rig, rig->workers);
		run_jobs_of(rig, rig->library);
	}
}

/* ---- pictures ---------------------------------------------------------------
 */

void rig_show(struct rig *rig, struct video_frame *frame)
{
	bool changed;

	video_frame_unref(rig->frame);
	rig->frame = frame;
	assert_int_equal(video_screen_show(rig->screen, frame, &changed), 0);
	if (rig->server)
		vnc_server_screen_changed(rig->server);
}

void rig_show_noise(struct rig *rig, uint32_t width_px, uint32_t height_px,
		uint32_t seed)
{
	rig_show(rig, picture_create(width_px, height_px, PICTURE_NOISE, seed));
}

void rig_touch(struct rig *rig, uint32_t x_px, uint32_t y_px)
{
	rig_show(rig, picture_change(rig->frame, x_px, y_px));
}

/* ---- the gate ---------------------------------------------------------------
 */

static void gate_run(struct core_job *job)
{
	struct rig_gate *gate = (struct rig_gate *)job;

	while (sem_wait(&gate->open) == -1)
		continue;
}

static void gate_done(struct core_job *job)
{
	struct rig_gate *gate = (struct rig_gate *)job;

	gate->passed = true;
	sem_destroy(&gate->open);
}

static struct rig_gate *gate_create(struct core_workers *workers)
{
	struct rig_gate *gate = calloc(1, sizeof(*gate));

	assert_non_null(gate);
	gate->job.run = gate_run;
	gate->job.done = gate_done;
	sem_init(&gate->open, 0, 0);
	core_workers_submit(workers, &gate->job);
	return gate;
}

void rig_close_gate(struct rig *rig)
{
	assert_null(rig->gates[0]);
	rig->gates[0] = gate_create(rig->workers);
	rig->gates[1] = gate_create(rig->library);
}

void rig_open_gate(struct rig *rig)
{
	for (size_t i = 0; i < 2; i++)
		if (rig->gates[i] && !rig->gates[i]->passed)
			sem_post(&rig->gates[i]->open);
}

unsigned rig_open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}
