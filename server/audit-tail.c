/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/audit-log.h"

/* Of a file that somebody else made larger, only the end. */
#define FILE_MAX_BYTES (2 * SERVER_AUDIT_FILE_MAX_BYTES)

struct search {
	const struct server_audit_tail *tail;
	json_t *lines;
	bool new_enough; /* a line of this file was */
	char event[SERVER_AUDIT_EVENT_MAX_BYTES + 16]; /* as lines have it */
	struct stat last; /* the file that was searched before */
};

struct text {
	char *bytes;
	size_t size;
};

static int read_end(int fd, const struct stat *status, struct text *text)
{
	off_t size = status->st_size;
	off_t begin = size > (off_t)FILE_MAX_BYTES
			? size - (off_t)FILE_MAX_BYTES
			: 0;

	text->size = 0;
	text->bytes = malloc((size_t)(size - begin) + 1);
	if (!text->bytes)
		return -ENOMEM;
	while (begin + (off_t)text->size < size) {
		ssize_t got = pread(fd, text->bytes + text->size,
				(size_t)(size - begin) - text->size,
				begin + (off_t)text->size);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -errno;
		if (got == 0)
			break;
		text->size += (size_t)got;
	}
	return 0;
}

/* ---- lines ----------------------------------------------------------------
 */

/* Looked for as text, since most lines are not wanted. */
static bool is_new_enough(
		const struct search *search, const char *line, size_t size)
{
	static const char member[] = "\"time\":\"";
	const char *since = search->tail->since;
	const char *time = memmem(line, size, member, sizeof(member) - 1);

	if (!time)
		return false;
	time += sizeof(member) - 1;
	return size - (size_t)(time - line) >= strlen(since) &&
			strncmp(time, since, strlen(since)) >= 0;
}

static int take_line(struct search *search, const char *line, size_t size)
{
	json_t *object;

	if (!is_new_enough(search, line, size))
		return 0;
	search->new_enough = true;
	if (search->tail->event[0] != '\0' &&
			!memmem(line, size, search->event,
					strlen(search->event)))
		return 0;
	object = server_audit_line_parse(line, size);
	if (!object)
		return 0;
	return json_array_insert_new(search->lines, 0, object) == 0 ? 0
								    : -ENOMEM;
}

static bool is_full(const struct search *search)
{
	return json_array_size(search->lines) >= search->tail->limit;
}

/* What has no newline at its end is not whole. */
static int take_lines(struct search *search, const struct text *text)
{
	const char *end = memrchr(text->bytes, '\n', text->size);
	int rc = 0;

	while (rc == 0 && end && !is_full(search)) {
		size_t before = (size_t)(end - text->bytes);
		const char *previous = memrchr(text->bytes, '\n', before);
		const char *line = previous ? previous + 1 : text->bytes;

		rc = take_line(search, line, (size_t)(end - line));
		end = previous;
	}
	return rc;
}

/* ---- files ----------------------------------------------------------------
 */

static bool is_last(const struct search *search, const struct stat *status)
{
	return search->last.st_dev == status->st_dev &&
			search->last.st_ino == status->st_ino;
}

/* A file that moved on meanwhile is met twice. */
static int search_open(struct search *search, int fd)
{
	struct text text = {NULL, 0};
	struct stat status;
	int rc;

	if (fstat(fd, &status) == -1)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (is_last(search, &status))
		return 0;
	search->last = status;
	search->new_enough = false;
	rc = read_end(fd, &status, &text);
	if (rc == 0)
		rc = take_lines(search, &text);
	free(text.bytes);
	return rc;
}

/* -ENOENT: there is none. */
static int search_file(struct search *search, const char *base, unsigned n)
{
	char path[SERVER_AUDIT_PATH_BYTES];
	int fd;
	int rc;

	server_audit_log_format_path(path, base, n);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	rc = search_open(search, fd);
	close(fd);
	return rc;
}

int server_audit_tail_read(json_t **lines, const char *base,
		const struct server_audit_tail *tail)
{
	struct search search = {.tail = tail, .lines = json_array()};
	int rc = search.lines ? 0 : -ENOMEM;

	*lines = NULL;
	snprintf(search.event, sizeof(search.event), "\"event\":\"%s\"",
			tail->event);
	search.new_enough = true;
	for (unsigned n = 0; rc == 0 && n <= SERVER_AUDIT_FILES_KEPT &&
			!is_full(&search) && search.new_enough;
			n++)
		rc = search_file(&search, base, n);
	if (rc < 0 && rc != -ENOENT) {
		json_decref(search.lines);
		return rc;
	}
	*lines = search.lines;
	return 0;
}
