/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/inline-workers.h"

#include <errno.h>
#include <stdlib.h>

struct core_workers {
	struct core_job *first; /* that ran */
	struct core_job **last;
};

int core_workers_create(
		struct core_workers **out, sd_event *event, unsigned threads)
{
	struct core_workers *workers = calloc(1, sizeof(*workers));

	(void)event;
	(void)threads;
	*out = workers;
	if (!workers)
		return -ENOMEM;
	workers->last = &workers->first;
	return 0;
}

unsigned core_workers_count(const struct core_workers *workers)
{
	(void)workers;
	return 1;
}

void core_workers_destroy(struct core_workers *workers)
{
	if (!workers)
		return;
	while (inline_workers_turn(workers))
		continue;
	free(workers);
}

void core_workers_submit(struct core_workers *workers, struct core_job *job)
{
	job->run(job);
	job->next = NULL;
	*workers->last = job;
	workers->last = &job->next;
}

bool inline_workers_turn(struct core_workers *workers)
{
	struct core_job *job = workers->first;

	if (!job)
		return false;
	workers->first = job->next;
	if (!workers->first)
		workers->last = &workers->first;
	job->done(job);
	return true;
}
