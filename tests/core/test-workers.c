/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/workers.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#define JOBS 200

struct counted_job {
	struct core_job job; /* first */
	pthread_t worker;
	int nice;
	bool ran;
	unsigned *done_n;
	unsigned done_as; /* its place in the order of coming back */
};

static void run_counted(struct core_job *job)
{
	struct counted_job *counted = (struct counted_job *)job;

	counted->worker = pthread_self();
	counted->nice = getpriority(PRIO_PROCESS, 0);
	counted->ran = true;
}

static void done_counted(struct core_job *job)
{
	struct counted_job *counted = (struct counted_job *)job;

	counted->done_as = (*counted->done_n)++;
}

static void submit_all(struct core_workers *workers, struct counted_job *jobs,
		unsigned *done_n)
{
	for (size_t i = 0; i < JOBS; i++) {
		jobs[i] = (struct counted_job){
				.job = {.run = run_counted,
						.done = done_counted},
				.done_n = done_n,
		};
		core_workers_submit(workers, &jobs[i].job);
	}
}

/* Every job through a pool of `threads`. */
static void run_all(struct counted_job *jobs, unsigned threads)
{
	struct core_workers *workers;
	unsigned done_n = 0;
	sd_event *event;

	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(core_workers_create(&workers, event, threads), 0);
	submit_all(workers, jobs, &done_n);
	while (done_n < JOBS)
		assert_true(sd_event_run(event, UINT64_MAX) >= 0);
	core_workers_destroy(workers);
	sd_event_unref(event);
}

static void runs_off_the_loop_and_comes_back_to_it(void **state)
{
	static struct counted_job jobs[JOBS];

	(void)state;
	run_all(jobs, 0);
	for (size_t i = 0; i < JOBS; i++) {
		assert_true(jobs[i].ran);
		assert_false(pthread_equal(jobs[i].worker, pthread_self()));
	}
}

/* Unless the process itself runs as low as can be. */
static void runs_below_the_loop(void **state)
{
	static struct counted_job jobs[JOBS];
	int own = getpriority(PRIO_PROCESS, 0);

	(void)state;
	run_all(jobs, 2);
	for (size_t i = 0; i < JOBS; i++)
		assert_true(jobs[i].nice > own || own == 19);
	assert_int_equal(getpriority(PRIO_PROCESS, 0), own);
}

static void one_thread_keeps_the_order(void **state)
{
	static struct counted_job jobs[JOBS];

	(void)state;
	run_all(jobs, 1);
	for (unsigned i = 0; i < JOBS; i++)
		assert_int_equal(jobs[i].done_as, i);
}

/* Whoever owns a job gets it back even if the pool goes first. */
static void gives_every_job_back_when_destroyed(void **state)
{
	static struct counted_job jobs[JOBS];
	struct core_workers *workers;
	unsigned done_n = 0;
	sd_event *event;

	(void)state;
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(core_workers_create(&workers, event, 2), 0);
	submit_all(workers, jobs, &done_n);
	core_workers_destroy(workers);
	assert_int_equal(done_n, JOBS);
	sd_event_unref(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					runs_off_the_loop_and_comes_back_to_it),
			cmocka_unit_test(runs_below_the_loop),
			cmocka_unit_test(one_thread_keeps_the_order),
			cmocka_unit_test(gives_every_job_back_when_destroyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
