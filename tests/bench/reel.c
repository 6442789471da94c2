/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/reel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many as show what the kind does, and no more: counting is slow. */
static const struct {
	uint32_t first;
	uint32_t count;
} spans[CONTENT_KINDS] = {
		[CONTENT_TEXT240] = {0, 11},
		[CONTENT_TEXT80] = {0, 9},
		[CONTENT_LOGIN] = {15, 31}, /* the cursor turns on once */
		[CONTENT_BIOS] = {0, 13},   /* three moves */
		[CONTENT_DESKTOP] = {0, 17},
		[CONTENT_NOISE] = {0, 6},
};

uint32_t reel_first(enum content_kind kind)
{
	return spans[kind].first;
}

uint32_t reel_count(enum content_kind kind)
{
	return spans[kind].count;
}

static int write_all(FILE *file, struct content *content,
		enum content_kind kind, enum content_layout layout)
{
	const size_t bytes = content_layout_bytes(layout);
	uint8_t *frame = malloc(bytes);
	int rc = frame ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < spans[kind].count && rc == 0; i++) {
		content_store(content_draw(content, spans[kind].first + i),
				layout, frame);
		if (fwrite(frame, 1, bytes, file) != bytes)
			rc = -EIO;
	}
	free(frame);
	return rc;
}

int reel_draw(enum content_kind kind, enum content_layout layout,
		const char *path)
{
	struct content *content;
	FILE *file;
	int rc = content_create(&content, kind);

	if (rc < 0)
		return rc;
	file = fopen(path, "we");
	rc = file ? write_all(file, content, kind, layout) : -errno;
	if (file && fclose(file) != 0 && rc == 0)
		rc = -errno;
	content_destroy(content);
	return rc;
}

static void keep(struct video_frame *frame)
{
	(void)frame;
}

static void lay_out(struct reel *reel, enum content_layout layout)
{
	const size_t bytes = content_layout_bytes(layout);

	for (size_t i = 0; i < reel->frames_n; i++) {
		struct video_frame *frame = &reel->frames[i];

		frame->layout = content_layout_describe(layout);
		frame->plane[0] = (const uint8_t *)reel->memory + i * bytes;
		frame->captured_us = i + 1;
		frame->refs = 1;
		frame->release = keep;
	}
}

int reel_open(struct reel *reel, enum content_layout layout, const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	int rc = 0;

	*reel = (struct reel){0};
	if (fd == -1)
		return -errno;
	if (fstat(fd, &status) == -1)
		rc = -errno;
	else if (status.st_size == 0 ||
			(size_t)status.st_size % content_layout_bytes(layout))
		rc = -EINVAL;
	if (rc < 0)
		goto done;
	reel->memory_bytes = (size_t)status.st_size;
	reel->memory = mmap(NULL, reel->memory_bytes, PROT_READ,
			MAP_PRIVATE | MAP_POPULATE, fd, 0);
	reel->frames_n = reel->memory_bytes / content_layout_bytes(layout);
	reel->frames = calloc(reel->frames_n, sizeof(reel->frames[0]));
	if (reel->memory == MAP_FAILED || !reel->frames) {
		rc = -ENOMEM;
		reel->memory = NULL;
		reel_close(reel);
		goto done;
	}
	lay_out(reel, layout);

done:
	close(fd);
	return rc;
}

void reel_close(struct reel *reel)
{
	if (reel->memory)
		munmap(reel->memory, reel->memory_bytes);
	free(reel->frames);
	*reel = (struct reel){0};
}
