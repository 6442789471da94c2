/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "server/audit-line.h"
#include "server/audit-log.h"

/* Events that are counted, for figures. */
static const char *const counted[] = {"login", "login-failed"};
#define COUNTED (sizeof(counted) / sizeof(counted[0]))

struct line {
	struct line *next;
	struct server_audit_entry entry;
};

struct lines {
	struct line *first;
	struct line **last;
};

struct server_audit {
	char *path;
	struct core_workers *workers; /* one thread */
	struct core_job job;
	bool writing;                 /* the job is out, with: */
	struct server_audit_log *log; /* the worker's while writing */
	struct line *batch;           /* the same */
	struct lines waiting;
	size_t waiting_n;
	uint64_t lost; /* since the last that waits */
	uint64_t counts[COUNTED];
	bool closing;
};

static void lines_init(struct lines *lines)
{
	lines->first = NULL;
	lines->last = &lines->first;
}

static struct server_audit *audit_of(struct core_job *job)
{
	return (struct server_audit *)((char *)job -
			offsetof(struct server_audit, job));
}

/* One sync for all that came meanwhile, so that a crowd costs little more. */
static void write_batch(struct core_job *job)
{
	struct server_audit *audit = audit_of(job);

	if (!audit->batch)
		return;
	while (audit->batch) {
		struct line *line = audit->batch;

		audit->batch = line->next;
		server_audit_log_write(audit->log, &line->entry);
		free(line);
	}
	server_audit_log_sync(audit->log);
}

static void take_waiting(struct server_audit *audit)
{
	audit->batch = audit->waiting.first;
	lines_init(&audit->waiting);
	audit->waiting_n = 0;
}

static void write_waiting(struct server_audit *audit)
{
	take_waiting(audit);
	audit->writing = true;
	core_workers_submit(audit->workers, &audit->job);
}

static void written(struct core_job *job)
{
	struct server_audit *audit = audit_of(job);

	audit->writing = false;
	if (audit->waiting.first && !audit->closing)
		write_waiting(audit);
}

/* COUNTED: it is not. */
static size_t find_counted(const char *event)
{
	size_t i = 0;

	while (i < COUNTED && strcmp(counted[i], event) != 0)
		i++;
	return i;
}

uint64_t server_audit_count(const struct server_audit *audit, const char *event)
{
	size_t i = find_counted(event);

	assert(i < COUNTED);
	return audit->counts[i];
}

void server_audit_write(
		struct server_audit *audit, const char *event, json_t *details)
{
	size_t i = find_counted(event);
	struct line *line = NULL;

	if (i < COUNTED)
		audit->counts[i]++;
	if (audit->waiting_n < SERVER_AUDIT_WAITING_MAX)
		line = malloc(sizeof(*line));
	if (!line) {
		audit->lost++;
		json_decref(details);
		return;
	}
	server_audit_entry_init(&line->entry, event, details);
	json_decref(details);
	line->entry.lost = audit->lost;
	audit->lost = 0;
	line->next = NULL;
	*audit->waiting.last = line;
	audit->waiting.last = &line->next;
	audit->waiting_n++;
	if (!audit->writing)
		write_waiting(audit);
}

const char *server_audit_get_path(const struct server_audit *audit)
{
	return audit->path;
}

struct core_workers *server_audit_get_disk(const struct server_audit *audit)
{
	return audit->workers;
}

/* Of the character that begins like this, if it is one. */
static size_t character_length(unsigned char lead)
{
	if (lead < 0xc0)
		return 1;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

json_t *server_audit_text(const char *text)
{
	/* A little more than a line takes, so that it is seen to be cut. */
	char escaped[SERVER_AUDIT_TEXT_MAX_BYTES + 8];
	size_t used = 0;

	while (*text && used <= SERVER_AUDIT_TEXT_MAX_BYTES) {
		size_t length = character_length((unsigned char)*text);
		json_t *character = NULL;

		if (strnlen(text, length) == length)
			character = json_stringn(text, length);
		if (character) {
			memcpy(escaped + used, text, length);
			used += length;
			text += length;
		} else {
			used += (size_t)snprintf(escaped + used,
					sizeof(escaped) - used, "\\x%02x",
					(unsigned char)*text++);
		}
		json_decref(character);
	}
	return json_stringn(escaped, used);
}

int server_audit_create(
		struct server_audit **out, sd_event *event, const char *path)
{
	struct server_audit *audit = calloc(1, sizeof(*audit));
	int rc = -ENOMEM;

	*out = NULL;
	if (!audit)
		goto fail;
	lines_init(&audit->waiting);
	audit->job = (struct core_job){.run = write_batch, .done = written};
	audit->path = strdup(path);
	if (!audit->path)
		goto fail;
	rc = server_audit_log_create(&audit->log, path, 0);
	if (rc == 0)
		rc = core_workers_create(&audit->workers, event, 1);
	if (rc < 0)
		goto fail;
	*out = audit;
	return 0;

fail:
	log_error_errno(rc, "audit: %s", path);
	server_audit_destroy(audit);
	return rc;
}

/* No line comes any more that could tell of them. */
static void tell_lost(struct server_audit *audit)
{
	struct server_audit_entry entry;

	if (audit->lost == 0)
		return;
	server_audit_entry_init(&entry, "log-lost", NULL);
	entry.lost = audit->lost;
	server_audit_log_write(audit->log, &entry);
}

void server_audit_destroy(struct server_audit *audit)
{
	if (!audit)
		return;
	audit->closing = true;
	core_workers_destroy(audit->workers);
	if (audit->log) {
		write_batch(&audit->job); /* that no worker came to */
		take_waiting(audit);
		write_batch(&audit->job);
		tell_lost(audit);
	}
	server_audit_log_destroy(audit->log);
	free(audit->path);
	free(audit);
}
