/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw-frames KIND LAYOUT COUNT > FILE: the first pictures of one kind of
 * content, one after the other without anything between them, for whatever
 * can be fed with raw frames.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/content.h"

static int find(const char *wanted, const char *(*name)(int), int count)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(wanted, name(i)) == 0)
			return i;
	}
	fprintf(stderr, "%s: one of", wanted);
	for (int i = 0; i < count; i++)
		fprintf(stderr, " %s", name(i));
	fprintf(stderr, "\n");
	exit(2);
}

static const char *kind_name(int kind)
{
	return content_name((enum content_kind)kind);
}

static const char *layout_name(int layout)
{
	return content_layout_name((enum content_layout)layout);
}

static int write_frames(struct content *content, enum content_layout layout,
		uint32_t count)
{
	const size_t bytes = content_layout_bytes(layout);
	uint8_t *frame = malloc(bytes);
	int status = EXIT_FAILURE;

	if (!frame)
		return status;
	for (uint32_t i = 0; i < count; i++) {
		content_store(content_draw(content, i), layout, frame);
		if (fwrite(frame, 1, bytes, stdout) != bytes)
			goto done;
	}
	if (fflush(stdout) == 0)
		status = EXIT_SUCCESS;

done:
	free(frame);
	if (status != EXIT_SUCCESS)
		perror("cannot write the frames");
	return status;
}

int main(int argc, char **argv)
{
	struct content *content;
	enum content_layout layout;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: %s KIND LAYOUT COUNT > FILE\n",
				argv[0]);
		return 2;
	}
	layout = (enum content_layout)find(
			argv[2], layout_name, CONTENT_LAYOUTS);
	if (content_create(&content,
			    (enum content_kind)find(
					    argv[1], kind_name, CONTENT_KINDS)))
		return EXIT_FAILURE;
	status = write_frames(
			content, layout, (uint32_t)strtoul(argv[3], NULL, 10));
	content_destroy(content);
	return status;
}
