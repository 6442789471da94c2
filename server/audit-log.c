/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/audit-log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"

/* The last line is looked for here first; only then in all of the file. */
#define WINDOW_BYTES ((off_t)64 << 10)

struct server_audit_log {
	char *path;
	size_t limit_bytes;
	int fd;           /* -1 until the next line */
	struct stat file; /* as we left it */
	bool rotated;     /* the next file is to be a new one */
	int failure;      /* of the last line; complained of already */
	uint64_t number;  /* of the last event, be there a line or not */
	uint64_t lost;    /* events since the last line */
	bool chained;     /* `hash` is of a line, else of none */
	char hash[SERVER_AUDIT_HASH_BYTES];
};

/* What a file ends with. */
struct tail {
	bool found;      /* a line: */
	uint64_t number; /* of it */
	char hash[SERVER_AUDIT_HASH_BYTES];
	bool unended;   /* the last newline is missing, and counted below */
	size_t damaged; /* bytes after that line */
	char damaged_hash[SERVER_AUDIT_HASH_BYTES];
};

void server_audit_log_format_path(char path[SERVER_AUDIT_PATH_BYTES],
		const char *base, unsigned n)
{
	snprintf(path, SERVER_AUDIT_PATH_BYTES, n > 0 ? "%s.%u" : "%s", base,
			n);
}

/* ---- how a file ends ------------------------------------------------------
 */

/* `bytes` ends with a newline. `whole`: it begins where a line does. */
static void find_line(struct tail *tail, const char *bytes, size_t size_bytes,
		bool whole)
{
	size_t end = size_bytes;

	while (end > 0 && !tail->found) {
		const char *before = memrchr(bytes, '\n', end - 1);
		size_t start = before ? (size_t)(before - bytes) + 1 : 0;
		json_t *line = NULL;

		if (before || whole)
			line = server_audit_line_parse(
					bytes + start, end - 1 - start);
		if (line) {
			tail->found = true;
			tail->number = server_audit_line_number(line, "number");
			server_audit_line_hash(
					bytes + start, end - start, tail->hash);
		} else {
			end = start;
		}
		json_decref(line);
	}
	tail->damaged = size_bytes - end;
	server_audit_line_hash(bytes + end, tail->damaged, tail->damaged_hash);
}

static int read_window(struct tail *tail, int fd, off_t size, off_t window)
{
	char *bytes = malloc((size_t)window + 1); /* a newline more */
	ssize_t got;

	if (!bytes)
		return -ENOMEM;
	got = pread(fd, bytes, (size_t)window, size - window);
	if (got < 0) {
		free(bytes);
		return -EIO;
	}
	if (got > 0 && bytes[got - 1] != '\n') {
		tail->unended = true;
		bytes[got++] = '\n';
	}
	find_line(tail, bytes, (size_t)got, window == size);
	free(bytes);
	return 0;
}

/* -EFBIG: it is none of ours, or somebody else wrote to it. */
static int read_tail(struct tail *tail, int fd, off_t size, off_t max)
{
	int rc;

	*tail = (struct tail){.found = false};
	if (size > WINDOW_BYTES) {
		rc = read_window(tail, fd, size, WINDOW_BYTES);
		if (rc < 0 || tail->found)
			return rc;
		if (size > max)
			return -EFBIG;
		*tail = (struct tail){.found = false};
	}
	return read_window(tail, fd, size, size);
}

/* ---- the file -------------------------------------------------------------
 */

static off_t max_size(const struct server_audit_log *log)
{
	return 2 * (off_t)log->limit_bytes;
}

static void close_file(struct server_audit_log *log)
{
	if (log->fd != -1)
		close(log->fd);
	log->fd = -1;
}

/* Still the one that we wrote to, and nobody else did. */
static bool is_untouched(const struct server_audit_log *log)
{
	struct stat now;

	return log->fd != -1 && lstat(log->path, &now) == 0 &&
			now.st_dev == log->file.st_dev &&
			now.st_ino == log->file.st_ino &&
			now.st_size == log->file.st_size;
}

static int append(struct server_audit_log *log, const char *bytes, size_t size)
{
	ssize_t written = write(log->fd, bytes, size);
	int rc;

	if (written == (ssize_t)size) {
		log->file.st_size += written;
		return 0;
	}
	rc = written < 0 ? -errno : -ENOSPC;
	/* Half a line is none; if it has to stay, it is damage. */
	if (written > 0 && ftruncate(log->fd, log->file.st_size) == -1)
		close_file(log);
	return rc;
}

static int open_file(struct server_audit_log *log, struct tail *tail)
{
	int rc;

	close_file(log);
	log->fd = open(log->path,
			O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
					O_CLOEXEC,
			0600);
	if (log->fd == -1)
		return -errno;
	rc = fstat(log->fd, &log->file) == -1 ? -errno : 0;
	if (rc == 0 && !S_ISREG(log->file.st_mode))
		rc = -EINVAL;
	if (rc == 0)
		rc = read_tail(tail, log->fd, log->file.st_size, max_size(log));
	if (rc == 0 && tail->unended)
		rc = append(log, "\n", 1);
	if (rc < 0)
		close_file(log);
	return rc;
}

/* The oldest makes room. A gap in the row is left where it is. */
static int rotate(struct server_audit_log *log)
{
	char from[SERVER_AUDIT_PATH_BYTES], to[SERVER_AUDIT_PATH_BYTES];
	struct tail tail;

	for (unsigned n = SERVER_AUDIT_FILES_KEPT; n > 0; n--) {
		server_audit_log_format_path(from, log->path, n - 1);
		server_audit_log_format_path(to, log->path, n);
		if (rename(from, to) == -1 && errno != ENOENT)
			return -errno;
	}
	log->rotated = true;
	return open_file(log, &tail);
}

/* Once for each cause. */
static void complain(struct server_audit_log *log, int rc)
{
	if (rc < 0 && rc != log->failure)
		log_warning_errno(rc,
				"audit: %s cannot be written; what happens is in this log only",
				log->path);
	if (rc == 0 && log->failure < 0)
		log_info("audit: %s can be written again", log->path);
	log->failure = rc;
}

/* ---- lines ----------------------------------------------------------------
 */

static int append_line(struct server_audit_log *log, const char *line,
		size_t size_bytes)
{
	size_t size = (size_t)log->file.st_size;
	int rc = 0;

	if (size > 0 && size + size_bytes > log->limit_bytes)
		rc = rotate(log);
	if (rc == 0)
		rc = append(log, line, size_bytes);
	return rc;
}

static void put(struct server_audit_log *log,
		const struct server_audit_entry *entry)
{
	char line[SERVER_AUDIT_LINE_MAX_BYTES];
	size_t size_bytes;
	int rc;

	log->lost += entry->lost;
	log->number += entry->lost + 1;
	server_audit_line_compose(line, entry, log->number, log->lost, NULL);
	log_info("audit: %s", line);
	if (log->fd == -1) {
		log->lost++;
		return;
	}
	size_bytes = server_audit_line_compose(
			line, entry, log->number, log->lost, log->hash);
	rc = append_line(log, line, size_bytes);
	complain(log, rc);
	if (rc < 0) {
		log->lost++;
		return;
	}
	server_audit_line_hash(line, size_bytes, log->hash);
	log->chained = true;
	log->rotated = false;
	log->lost = 0;
}

/* Takes `details`. At the time of the entry that made it known. */
static void put_own(struct server_audit_log *log,
		const struct server_audit_entry *cause, const char *event,
		json_t *details)
{
	struct server_audit_entry entry;

	server_audit_entry_init(&entry, event, details);
	entry.time_us = cause->time_us;
	entry.monotonic_us = cause->monotonic_us;
	json_decref(details);
	put(log, &entry);
}

/* ---- where the chain goes on ----------------------------------------------
 */

static void adopt(struct server_audit_log *log, const struct tail *tail)
{
	if (log->number < tail->number + log->lost)
		log->number = tail->number + log->lost;
	memcpy(log->hash, tail->hash, sizeof(log->hash));
	log->chained = true;
}

static bool adopt_rotated(struct server_audit_log *log)
{
	char path[SERVER_AUDIT_PATH_BYTES];
	struct stat file;
	struct tail tail = {.found = false};
	int fd;

	server_audit_log_format_path(path, log->path, 1);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return false;
	if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode))
		(void)read_tail(&tail, fd, file.st_size, max_size(log));
	close(fd);
	if (tail.found)
		adopt(log, &tail);
	return tail.found;
}

/*
 * The file was opened: what has to be said about it before anything else?
 * Damage first, since that line is to stand right behind it.
 */
static void go_on(struct server_audit_log *log, const struct tail *tail,
		const struct server_audit_entry *cause)
{
	bool was_chained = log->chained;
	bool same = was_chained && tail->found &&
			strcmp(tail->hash, log->hash) == 0;
	bool empty = !tail->found && tail->damaged == 0;
	bool rotated_away = !was_chained && !tail->found && adopt_rotated(log);

	if (!was_chained && tail->found)
		adopt(log, tail);
	if (tail->damaged > 0)
		put_own(log, cause, "log-damaged",
				json_pack("{s:s, s:I, s:s}", "reason",
						"these bytes are no line",
						"bytes",
						(json_int_t)tail->damaged,
						"hash", tail->damaged_hash));
	if (was_chained ? !same && !(empty && log->rotated) : rotated_away)
		put_own(log, cause, "log-missing",
				json_pack("{s:s}", "reason",
						empty ? "there was no file"
						      : "the file is another"));
	else if (!was_chained && !tail->found)
		put_own(log, cause, "log-begun", NULL);
}

void server_audit_log_write(struct server_audit_log *log,
		const struct server_audit_entry *entry)
{
	if (!is_untouched(log)) {
		struct tail tail;
		int rc = open_file(log, &tail);

		complain(log, rc);
		if (rc == 0)
			go_on(log, &tail, entry);
	}
	put(log, entry);
}

void server_audit_log_sync(struct server_audit_log *log)
{
	if (log->fd != -1 && fdatasync(log->fd) == -1)
		complain(log, -errno);
}

/* ---- life -----------------------------------------------------------------
 */

int server_audit_log_create(struct server_audit_log **out, const char *path,
		size_t limit_bytes)
{
	struct server_audit_log *log = calloc(1, sizeof(*log));

	*out = NULL;
	if (!log)
		return -ENOMEM;
	log->fd = -1;
	log->limit_bytes = limit_bytes ? limit_bytes
				       : SERVER_AUDIT_FILE_MAX_BYTES;
	memcpy(log->hash, SERVER_AUDIT_NO_HASH, sizeof(log->hash));
	log->path = strdup(path);
	if (!log->path)
		goto fail;
	*out = log;
	return 0;

fail:
	server_audit_log_destroy(log);
	return -ENOMEM;
}

void server_audit_log_destroy(struct server_audit_log *log)
{
	if (!log)
		return;
	close_file(log);
	free(log->path);
	free(log);
}
