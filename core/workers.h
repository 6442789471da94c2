/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-event.h>

/*
 * Threads that take work off the loop. A job is embedded in the caller's own
 * struct, carries references to its inputs and room for its result, runs on
 * some worker and comes back to the loop. Jobs start in the order in which
 * they were submitted; a pool of one thread also finishes them in that order.
 *
 * Threads: all calls from the loop thread; `run` is called on a worker and may
 *          touch nothing but its job's inputs and outputs; `done` on the loop.
 * Errors:  -errno at creation, logged if a thread cannot be had; submitting
 *          cannot fail.
 */
struct core_workers;

struct core_job {
	void (*run)(struct core_job *job);
	void (*done)(struct core_job *job); /* owns the job again */
	struct core_job *next;              /* of the pool */
};

#define CORE_WORKERS_MAX 4

/* `threads` 0: one per core that may be used, at most CORE_WORKERS_MAX. */
int core_workers_create(
		struct core_workers **out, sd_event *event, unsigned threads);

unsigned core_workers_count(const struct core_workers *workers);

/*
 * Waits for the jobs that run, then calls `done` of every job that is left,
 * run or not, so that each owner can let go of it. NULL is allowed.
 */
void core_workers_destroy(struct core_workers *workers);

void core_workers_submit(struct core_workers *workers, struct core_job *job);
