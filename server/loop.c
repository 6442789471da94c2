/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/loop.h"

#include <time.h>

#include "core/clock.h"
#include "core/log.h"

#define LOG_PAUSE_US (60 * CLOCK_US_PER_S)

/* What others took of the core does not count. */
static uint64_t cpu_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * CLOCK_US_PER_S +
			(uint64_t)now.tv_nsec / 1000;
}

static void complain(struct server_loop *loop, uint64_t now_us,
		uint64_t hold_us, uint64_t cpu_us)
{
	if (now_us < loop->quiet_until_us) {
		loop->unlogged++;
		return;
	}
	log_warning("one turn of the loop took %llu ms, %llu ms of it computing, and everybody waited",
			(unsigned long long)(hold_us / CLOCK_US_PER_MS),
			(unsigned long long)(cpu_us / CLOCK_US_PER_MS));
	if (loop->unlogged > 0)
		log_warning("%u times more since the last such line",
				loop->unlogged);
	loop->unlogged = 0;
	loop->quiet_until_us = now_us + LOG_PAUSE_US;
}

static int dispatch(struct server_loop *loop, sd_event *event)
{
	uint64_t began_us = clock_now_us(), cpu_began_us = cpu_now_us();
	int rc = sd_event_dispatch(event);
	uint64_t cpu_us = cpu_now_us() - cpu_began_us;
	uint64_t now_us = clock_now_us();
	uint64_t hold_us = now_us - began_us;

	core_histogram_add(&loop->hold, hold_us);
	core_histogram_add(&loop->cpu, cpu_us);
	if (hold_us > SERVER_LOOP_HOLD_MAX_US)
		complain(loop, now_us, hold_us, cpu_us);
	return rc;
}

static int turn(struct server_loop *loop, sd_event *event)
{
	int rc = sd_event_prepare(event);

	if (rc == 0)
		rc = sd_event_wait(event, UINT64_MAX);
	return rc > 0 ? dispatch(loop, event) : rc;
}

int server_loop_run(struct server_loop *loop, sd_event *event)
{
	int rc = 0;

	loop->since_us = clock_now_us();
	while (rc >= 0 && sd_event_get_state(event) != SD_EVENT_FINISHED)
		rc = turn(loop, event);
	if (rc >= 0)
		sd_event_get_exit_code(event, &rc);
	return rc;
}
