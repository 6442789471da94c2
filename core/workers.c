/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/workers.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/log.h"

/*
 * Below the loop: what it waits for, a key say, is seen to at once although
 * all cores encode.
 */
#define WORKER_NICE 5

struct job_list {
	struct core_job *first;
	struct core_job **last;
};

struct core_workers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job_list waiting;  /* under lock */
	struct job_list finished; /* under lock */
	bool stopping;            /* under lock */
	int finished_fd;          /* eventfd: `finished` became non-empty */
	sd_event_source *finished_source;
	unsigned threads_n;
	pthread_t threads[CORE_WORKERS_MAX];
};

static void job_list_init(struct job_list *list)
{
	list->first = NULL;
	list->last = &list->first;
}

static void job_list_append(struct job_list *list, struct core_job *job)
{
	job->next = NULL;
	*list->last = job;
	list->last = &job->next;
}

static struct core_job *job_list_take(struct job_list *list)
{
	struct core_job *job = list->first;

	if (!job)
		return NULL;
	list->first = job->next;
	if (!list->first)
		list->last = &list->first;
	return job;
}

static void job_list_finish(struct job_list *list)
{
	struct core_job *job;

	while ((job = job_list_take(list)))
		job->done(job);
}

static void *worker_main(void *argument)
{
	struct core_workers *workers = argument;
	const uint64_t one = 1;
	struct core_job *job;
	ssize_t written;

	/* Of this thread alone; where it is forbidden, keys only wait longer.
	 */
	(void)!nice(WORKER_NICE);
	pthread_mutex_lock(&workers->lock);
	for (;;) {
		while (!workers->waiting.first && !workers->stopping)
			pthread_cond_wait(&workers->wake, &workers->lock);
		if (workers->stopping)
			break;
		job = job_list_take(&workers->waiting);
		pthread_mutex_unlock(&workers->lock);
		job->run(job);
		pthread_mutex_lock(&workers->lock);
		job_list_append(&workers->finished, job);
		written = write(workers->finished_fd, &one, sizeof(one));
		(void)written; /* full means: already announced */
	}
	pthread_mutex_unlock(&workers->lock);
	return NULL;
}

static int on_finished(sd_event_source *source, int fd, uint32_t revents,
		void *userdata)
{
	struct core_workers *workers = userdata;
	struct job_list finished;
	uint64_t count;
	ssize_t got = read(fd, &count, sizeof(count));

	(void)source;
	(void)revents;
	(void)got; /* the list says what there is */
	job_list_init(&finished);
	pthread_mutex_lock(&workers->lock);
	if (workers->finished.first) {
		finished.first = workers->finished.first;
		finished.last = workers->finished.last;
		job_list_init(&workers->finished);
	}
	pthread_mutex_unlock(&workers->lock);
	job_list_finish(&finished);
	return 0;
}

/* Signals belong to the loop, so workers are born with all of them blocked. */
static int start_threads(struct core_workers *workers, unsigned threads)
{
	sigset_t all, saved;
	int error = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	while (workers->threads_n < threads && error == 0) {
		error = pthread_create(&workers->threads[workers->threads_n],
				NULL, worker_main, workers);
		if (error == 0)
			workers->threads_n++;
	}
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (error != 0)
		log_error_errno(-error,
				"cannot start a thread; TasksMax= of the unit or the user's limit of processes may be too low");
	return -error;
}

/* That we may run on: an administrator may have kept some for others. */
static unsigned count_cores(void)
{
	cpu_set_t allowed;
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
		return (unsigned)CPU_COUNT(&allowed);
	return online < 1 ? 1 : (unsigned)online;
}

int core_workers_create(
		struct core_workers **out, sd_event *event, unsigned threads)
{
	struct core_workers *workers = calloc(1, sizeof(*workers));
	int rc;

	*out = NULL;
	if (!workers)
		return -ENOMEM;
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->wake, NULL);
	job_list_init(&workers->waiting);
	job_list_init(&workers->finished);
	if (threads == 0)
		threads = count_cores();
	if (threads > CORE_WORKERS_MAX)
		threads = CORE_WORKERS_MAX;

	workers->finished_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (workers->finished_fd == -1) {
		rc = -errno;
		goto fail;
	}
	rc = sd_event_add_io(event, &workers->finished_source,
			workers->finished_fd, EPOLLIN, on_finished, workers);
	if (rc < 0)
		goto fail;
	rc = start_threads(workers, threads);
	if (rc < 0)
		goto fail;
	*out = workers;
	return 0;

fail:
	core_workers_destroy(workers);
	return rc;
}

unsigned core_workers_count(const struct core_workers *workers)
{
	return workers->threads_n;
}

void core_workers_destroy(struct core_workers *workers)
{
	if (!workers)
		return;
	pthread_mutex_lock(&workers->lock);
	workers->stopping = true;
	pthread_cond_broadcast(&workers->wake);
	pthread_mutex_unlock(&workers->lock);
	for (unsigned i = 0; i < workers->threads_n; i++)
		pthread_join(workers->threads[i], NULL);
	job_list_finish(&workers->finished);
	job_list_finish(&workers->waiting);
	sd_event_source_disable_unref(workers->finished_source);
	if (workers->finished_fd != -1)
		close(workers->finished_fd);
	pthread_cond_destroy(&workers->wake);
	pthread_mutex_destroy(&workers->lock);
	free(workers);
}

void core_workers_submit(struct core_workers *workers, struct core_job *job)
{
	pthread_mutex_lock(&workers->lock);
	job_list_append(&workers->waiting, job);
	pthread_cond_signal(&workers->wake);
	pthread_mutex_unlock(&workers->lock);
}
